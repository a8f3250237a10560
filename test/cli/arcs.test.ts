import assert from 'node:assert/strict';
import Ajv from 'ajv';
import { exampleDriver } from '../../server/src/rules/example';
import { flagNames, profileIds, stateNames } from '../../server/src/uapi';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';
import { inProcess } from '../support/cliInProcess';

const members = '\tbool can_save;\n';
const conditional = `	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY && demo->can_save)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
`;
const arm = '\tif (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)\n\t\treturn NULL;\n';

describe('vfio-arcs arcs', function () {
  this.timeout(spawning);
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('draws the table, from rows to columns', () => {
    folder.write({ 'main.c': exampleDriver({ members, arms: arm, saving: conditional, closing: '' }) });
    const run = vfioArcs(folder.path, 'arcs', 'main.c', '--profile', '6.0');
    assert.equal(run.code, 0);
    assert.equal(run.stderr, '');
    assert.equal(
      run.stdout,
      `demo_migration_ops main.c:74
  set_state  demo_set_state() main.c:43
  flags      STOP_COPY
  profile    6.0: chosen by configuration

  from \\ to    STOP     RUNNING  STOP_COPY  RESUMING  RUNNING_P2P
  STOP                  NULL     file*      file      .
  RUNNING      NULL              .          (NULL)    .
  STOP_COPY    MISSING  .                   .         .
  RESUMING     MISSING  .        .                    .
  RUNNING_P2P  .        .        .          .

  NULL required and handled: returns NULL · file returns a new data fd · MISSING required and rejected · * only under a condition · (...) handled, never asked for · . rejected, never asked for

  missing      STOP_COPY -> STOP: required by STOP_COPY; breaks STOP_COPY -> STOP, STOP_COPY -> RUNNING, STOP_COPY -> RESUMING
  missing      RESUMING -> STOP: required by STOP_COPY; breaks RESUMING -> STOP, RESUMING -> RUNNING, RESUMING -> STOP_COPY; no live migration is possible
  conditional  STOP -> STOP_COPY: only if demo->can_save; otherwise breaks STOP -> STOP_COPY, RUNNING -> STOP_COPY, RESUMING -> STOP_COPY; no live migration is possible main.c:36
  superfluous  RUNNING -> RESUMING main.c:30
  3 of 6 required arcs handled

`,
    );
  });

  it('has colours on a terminal only, and not with NO_COLOR', async () => {
    folder.write({ 'main.c': exampleDriver({ saving: '' }) });
    const print = async (isTerminal: boolean, env = {}) =>
      (await inProcess(folder.path, ['arcs', 'main.c'], { isTerminal, env })).stdout;
    const plain = await print(false);
    assert.match(await print(true), new RegExp(`${String.fromCharCode(27)}\\[31mMISSING`));
    assert.equal(await print(true, { NO_COLOR: '1' }), plain);
    assert.equal(await print(true, { TERM: 'dumb' }), plain);
  });

  it('--format json keeps the contract vfio-arcs.arcs/1', async () => {
    folder.write({ 'm/main.c': exampleDriver({ members, arms: arm, saving: conditional, closing: '' }) });
    const run = vfioArcs(folder.path, 'arcs', 'm', '--format', 'json');
    const document = JSON.parse(run.stdout);
    const validate = new Ajv({ allErrors: true }).compile<unknown>(contract);
    const valid: boolean = validate(document);
    assert.ok(valid, JSON.stringify(validate.errors, null, 2));
    const [driver] = document.drivers;
    assert.equal(driver.arcs.length, 7 * 6);
    assert.deepEqual(driver.ops, { file: 'm/main.c', line: 74 });
    assert.deepEqual(driver.setState, { name: 'demo_set_state', file: 'm/main.c', line: 43 });
    assert.deepEqual(driver.flagSets, [{ flags: ['STOP_COPY'], when: null }]);
    assert.deepEqual(driver.superfluous, [{ from: 'RUNNING', to: 'RESUMING' }]);
    assert.deepEqual(
      driver.missing.map((each: { from: string; to: string }) => `${each.from} -> ${each.to}`),
      ['STOP_COPY -> STOP', 'RESUMING -> STOP'],
    );
    assert.deepEqual(driver.missing[0], {
      from: 'STOP_COPY',
      to: 'STOP',
      requiredBy: ['STOP_COPY'],
      flagSets: [0],
      breaks: [
        { from: 'STOP_COPY', to: 'STOP' },
        { from: 'STOP_COPY', to: 'RUNNING' },
        { from: 'STOP_COPY', to: 'RESUMING' },
      ],
      stopsMigration: false,
    });
    const arcOf = (from: string, to: string) =>
      driver.arcs.find((each: { from: string; to: string }) => each.from === from && each.to === to);
    const { evidence, ...saving } = arcOf('STOP', 'STOP_COPY');
    assert.deepEqual(saving, {
      from: 'STOP',
      to: 'STOP_COPY',
      status: 'conditional',
      required: true,
      returns: ['new-file', 'error'],
      condition: 'demo->can_save',
    });
    assert.ok(evidence.some((step: { line: number; file: string }) => step.file === 'm/main.c' && step.line === 36));
    assert.deepEqual(arcOf('RUNNING', 'STOP').returns, ['null', 'error']);
    assert.equal(arcOf('RUNNING', 'STOP_COPY').status, 'rejected');
  });

  it('gives an empty document for a file without a driver, and says so', () => {
    folder.write({ 'a.c': 'int x;\n' });
    const run = vfioArcs(folder.path, 'arcs', 'a.c', '--format', 'json');
    assert.deepEqual(run, {
      code: 0,
      stdout: '{\n  "schema": "vfio-arcs.arcs/1",\n  "drivers": []\n}\n',
      stderr: 'vfio-arcs: a.c: no migration driver here\n',
    });
  });
});

const object = (properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const list = (items: unknown) => ({ type: 'array', items });
const text = { type: 'string', minLength: 1 };
const line = { type: 'integer', minimum: 1 };
const states = { from: { enum: stateNames }, to: { enum: stateNames } };

/** The contract as a JSON schema; `additionalProperties` is off, because version 1 is this and nothing else. */
const contract = object({
  schema: { const: 'vfio-arcs.arcs/1' },
  drivers: list(
    object({
      ops: object({ file: text, line }),
      setState: object({ name: text, file: text, line }),
      profile: object({ id: { enum: profileIds }, reason: text }),
      flagSets: list(object({ flags: list({ enum: flagNames }), when: { anyOf: [{ type: 'null' }, text] } })),
      arcs: list(
        object(
          {
            ...states,
            status: { enum: ['handled', 'conditional', 'rejected', 'undecided'] },
            required: { type: 'boolean' },
            returns: { ...list({ enum: ['null', 'new-file', 'session-file', 'error'] }), uniqueItems: true },
            condition: text,
            evidence: list(object({ file: text, line, column: line, what: text })),
          },
          ['condition'],
        ),
      ),
      missing: list(
        object({
          ...states,
          requiredBy: list({ enum: flagNames }),
          flagSets: list({ type: 'integer', minimum: 0 }),
          breaks: list(object(states)),
          stopsMigration: { type: 'boolean' },
        }),
      ),
      superfluous: list(object(states)),
    }),
  ),
});
