import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { ruleInfos } from '../../server/src/check';
import { exampleDriver } from '../../server/src/rules/example';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder } from '../support/cli';
import { inProcess } from '../support/cliInProcess';

const arm = '\tif (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)\n\t\treturn NULL;\n';
const allowed = '\t/* vfio-arcs: allow blocked-arc -- a test */\n';
const blocked = '\tif (cur == VFIO_DEVICE_STATE_STOP_COPY && new == VFIO_DEVICE_STATE_PRE_COPY)\n\t\treturn NULL;\n';
const driver = exampleDriver({ arms: arm + allowed + blocked, saving: '' });

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly locations: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly unknown[];
}

interface Sarif {
  readonly runs: readonly {
    readonly columnKind: string;
    readonly tool: {
      readonly driver: {
        readonly rules: readonly { readonly id: string; readonly help: { readonly markdown: string } }[];
      };
    };
    readonly results: readonly SarifResult[];
  }[];
}

describe('the formats of check', function () {
  this.timeout(spawning);

  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder({ 'drivers/demo one/main.c': driver });
  });
  afterEach(() => folder.remove());

  const checkAs = async (format: string, cwd = folder.path) => {
    const run = await inProcess(cwd, ['check', '.', '--format', format]);
    assert.equal(run.code, 1, run.stderr);
    return run.stdout;
  };
  const sarif = async (cwd?: string): Promise<Sarif['runs'][number]> => {
    const log: Sarif = JSON.parse(await checkAs('sarif', cwd));
    const [run] = log.runs;
    assert.ok(run);
    return run;
  };

  it('json says what text says, with every place', async () => {
    const document = JSON.parse(await checkAs('json'));
    assert.equal(document.schema, 'vfio-arcs.check/1');
    assert.deepEqual(
      document.drivers.map(({ name, missing }: { name: string; missing: unknown }) => ({ name, missing })),
      [{ name: 'demo_migration_ops', missing: ['STOP -> STOP_COPY'] }],
    );
    const [first, second] = document.findings;
    assert.deepEqual(
      [first.rule, first.severity, first.file, first.line, first.tags],
      ['superfluous-arc', 'hint', 'drivers/demo one/main.c', 29, ['unnecessary']],
    );
    assert.deepEqual([second.rule, second.severity, second.key], ['missing-arc', 'error', 'STOP->STOP_COPY']);
    assert.deepEqual(
      second.related.map(({ message }: { message: string }) => message),
      ['VFIO_MIGRATION_STOP_COPY is declared here'],
    );
    assert.deepEqual(
      document.suppressed.map(({ rule, reason }: { rule: string; reason: string }) => ({ rule, reason })),
      [{ rule: 'blocked-arc', reason: 'a test' }],
    );
  });

  it('github is one command a finding', async () => {
    const [first, second, end] = (await checkAs('github')).split('\n');
    assert.match(
      first ?? '',
      /^::notice file=drivers\/demo one\/main\.c,line=29,endLine=29,col=6,endColumn=\d+,title=superfluous-arc::RUNNING -> RESUMING is handled/,
    );
    assert.match(second ?? '', /^::error file=.*,title=missing-arc::STOP -> STOP_COPY is not handled/);
    assert.equal(end, '');
  });

  it('checkpatch has its types, places and totals', async () => {
    const text = await checkAs('checkpatch');
    assert.match(
      text,
      /^CHECK:SUPERFLUOUS_ARC: RUNNING -> RESUMING .*\n#29: FILE: drivers\/demo one\/main\.c:29:\n\+\tif \(cur == /,
    );
    assert.match(text, /\n\nERROR:MISSING_ARC: STOP -> STOP_COPY .*\n#\d+: FILE: /);
    assert.match(text, /\n\ntotal: 1 errors, 0 warnings, 1 checks\n$/);
  });

  it('sarif is valid by the official schema', async () => {
    const log = JSON.parse(await checkAs('sarif'));
    const validate = sarifValidator();
    assert.ok(validate(log), JSON.stringify(validate.errors, null, 2));
    assert.ok(!validate({ ...log, version: '2.0.0' }), 'the validator accepts everything');
  });

  it('sarif has what GitHub code scanning asks for', async () => {
    const run = await sarif();
    assert.equal(run.columnKind, 'utf16CodeUnits');
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      ruleInfos.map(({ id }) => id),
    );
    for (const { help } of run.tool.driver.rules) {
      assert.match(help.markdown, /## Why it matters\n[\s\S]*## Fixed\n\n```diff\n[\s\S]*^[+-]/m);
    }
    assert.deepEqual(
      run.results.map(({ ruleId, level }) => [ruleId, level]),
      [
        ['superfluous-arc', 'note'],
        ['missing-arc', 'error'],
        ['blocked-arc', 'warning'],
      ],
    );
    for (const { ruleId, ruleIndex, locations } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
      assert.match(JSON.stringify(locations), /"uri":"drivers\/demo%20one\/main.c","uriBaseId":"%SRCROOT%"/);
    }
    assert.deepEqual(run.results[2]?.suppressions, [{ kind: 'inSource', justification: 'a test' }]);
  });

  it('sarif fingerprints stay when lines move, and differ from each other', async () => {
    const prints = async () =>
      (await sarif()).results.map((result) => result.partialFingerprints['vfioArcsFinding/v1']);
    const before = await prints();
    folder.write({ 'drivers/demo one/main.c': `/* a\n * new\n * head */\n\n${driver}` });
    assert.deepEqual(await prints(), before);
    assert.equal(new Set(before).size, 3);
  });

  it('are empty documents, not empty output, where nothing is found', async () => {
    folder.write({ 'drivers/demo one/main.c': exampleDriver() });
    const run = async (format: string) =>
      JSON.parse((await inProcess(folder.path, ['check', '.', '--format', format])).stdout);
    assert.deepEqual((await run('json')).findings, []);
    const log = await run('sarif');
    assert.deepEqual(log.runs[0].results, []);
    assert.ok(sarifValidator()(log));
  });
});

/** The official schema is draft 4, of which it uses nothing that a later draft reads differently but the name of its id. */
function sarifValidator(): ReturnType<Ajv['compile']> {
  const path = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  ajv.addFormat('uri-reference', (text: string) => URL.canParse(text, 'file:///') && !/[\s\\]/.test(text));
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
  return ajv.compile(schema);
}
