import assert from 'node:assert/strict';
import type { Imported } from '../../server/src/simulation';
import { describeReference, importText, scenarios } from '../../server/src/simulation';
import { placeInJson } from '../../server/src/simulation/import/jsonPlace';
import type { MachineDescription, Trace } from '../../server/src/wire';
import { Random } from '../support/random';
import { demoDriver, scenarioTrace, without } from '../support/scenarioTrace';
import { seedFrom } from '../support/seed';

const protocol = describeReference(['STOP_COPY', 'P2P', 'PRE_COPY'], '7.1');
const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 16_384, bandwidth: 1_000_000_000 };

/** What was imported; fails when it is a problem. */
function read(text: string, machine: MachineDescription = protocol, inPlace = false): Imported {
  const imported = importText(text, { name: 'a file', machine, inPlace });
  assert.ok(!('problem' in imported), 'problem' in imported ? `${imported.line}: ${imported.problem}` : '');
  return imported;
}

/** "12: what is wrong", or "read". */
function problemOf(text: string): string {
  const imported = importText(text, { name: 'a file', machine: protocol });
  return 'problem' in imported ? `${imported.line ?? 'file'}: ${imported.problem}` : 'read';
}

/** The states that a device was in, one after the other. */
function states({ recorder }: Imported, device = 0): readonly string[] {
  const all = recorder.steps.map(({ after }) => after.devices[device]?.state ?? 'none');
  return ['RUNNING', ...all].filter((state, index, list) => state !== list[index - 1]);
}

describe('import of saved traces', () => {
  it('every scenario comes back as it was saved', () => {
    for (const { description } of scenarios) {
      const given = Object.fromEntries(
        Object.entries(small).filter(([name]) => description.parameters.some((each) => each.name === name)),
      );
      const trace = scenarioTrace(description.name, given);
      const imported = read(JSON.stringify(trace, null, 1));
      assert.deepEqual(imported.recorder.steps, trace.steps, description.name);
      assert.deepEqual(imported.recorder.scene.devices, trace.devices);
      assert.deepEqual(
        [imported.impossible, imported.scenario, imported.verdict],
        [null, trace.scenario, trace.verdict],
      );
    }
  });

  it('on a driver without one of its arcs, the first step that it can not make is told', () => {
    const trace = scenarioTrace('precopy', small);
    const driver = without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY');
    const imported = read(JSON.stringify(trace), driver, true);
    const step = trace.steps.findIndex(({ rows }) =>
      rows.some(({ text }) => text.startsWith('PRE_COPY_P2P -> STOP_COPY')),
    );
    assert.deepEqual(imported.impossible, {
      step,
      why: 'in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, the driver has no such arc',
    });
    assert.equal(imported.verdict, null, 'what was said of the run before does not hold');
  });

  it('a trace that was changed by hand does not pass as one that the machine made', () => {
    const trace = scenarioTrace('stop-copy', small);
    const at = trace.steps.findIndex(({ effects }) => effects.some((effect) => effect.kind === 'feature'));
    const changed = structuredClone(trace);
    Object.assign(changed.steps[at]?.effects.at(-1) ?? {}, { errno: 'EBUSY' });
    assert.deepEqual(read(JSON.stringify(changed)).impossible, {
      step: at,
      why: 'in the file it fails with -EBUSY; here it succeeds',
    });
    const moved = structuredClone(trace);
    Object.assign(moved.steps[at]?.after.devices[0] ?? {}, { state: 'ERROR' });
    assert.match(read(JSON.stringify(moved)).impossible?.why ?? '', /^in the file source is then in ERROR; here in /);
  });

  it('what can not be read is told with its line', () => {
    const lines = (trace: object) => JSON.stringify(trace, null, 1);
    const good = scenarioTrace('stop-copy', small);
    const change = (edit: (trace: { [key: string]: unknown } & Trace) => void): string => {
      const copy = structuredClone({ ...good } as { [key: string]: unknown } & Trace);
      edit(copy);
      return lines(copy);
    };
    const text = lines(good);
    const lineWith = (needle: string, from = text) => from.slice(0, from.indexOf(needle)).split('\n').length;
    const cases: readonly (readonly [string, RegExp])[] = [
      ['{', /^1: not JSON: expected a name or text in "; the file ends$/],
      ['{\n"a": [1,\n 2 3]}', /^3: not JSON: expected a comma or \]; there is "3\]\}"$/],
      ['{"schema": "other/1"}', /^1: schema: expected "vfio-arcs\/trace"$/],
      [change((trace) => Object.assign(trace, { version: 2 })), /^3: version: version 2 of vfio-arcs\/trace is newer/],
      [change((trace) => Object.assign(trace, { version: 0 })), /^3: version: expected version 1$/],
      [change((trace) => Object.assign(trace, { devices: [] })), /^5: devices: expected 1 to 32 devices$/],
      [
        change((trace) => Object.assign(trace.devices[1] ?? {}, { name: 'source' })),
        /^\d+: devices\[1\]\.name: another device has this name$/,
      ],
      [
        change((trace) => Object.assign(trace.devices[0]?.machine.traits ?? {}, { poll: 'maybe' })),
        /^\d+: devices\[0\]\.machine\.traits: expected all traits of a device$/,
      ],
      [
        change((trace) => Object.assign(trace.devices[0]?.machine.arcs[2]?.outcome ?? {}, { kind: 'magic' })),
        /^\d+: devices\[0\]\.machine\.arcs\[2\]: expected an arc with outcome/,
      ],
      [change((trace) => Object.assign(trace.link, { bandwidth: 0 })), /^\d+: link: expected a bandwidth/],
      [
        change((trace) => Object.assign(trace.steps[2]?.event ?? {}, { kind: 'explode' })),
        /^\d+: steps\[2\]\.event: expected an event of the simulated device/,
      ],
    ];
    for (const [broken, expected] of cases) {
      assert.match(problemOf(broken), expected);
    }
    const third = change((trace) => Object.assign(trace.steps[2] ?? {}, { at: -1 }));
    assert.equal(problemOf(third), `${lineWith('"at": -1', third)}: steps[2].at: expected a time in µs`);
  });
});

describe('import of debugfs samples', () => {
  it('a source is followed through its migration, with the times of the samples', () => {
    const imported = read(
      [
        '# while true; do echo "$(date +%s.%N) $(cat migration/state)"; done',
        '1700000000.000000000 RUNNING',
        '1700000000.250000000 PRE_COPY',
        '',
        '1700000001.000000000 PRE_COPY',
        '1700000001.500000000 STOP_COPY',
        '1700000002.000000000 STOP',
      ].join('\r\n'),
    );
    assert.equal(imported.format, 'debugfs');
    assert.deepEqual(states(imported), ['RUNNING', 'PRE_COPY', 'STOP_COPY', 'STOP']);
    const sets = imported.recorder.steps.filter(({ event }) => event.kind === 'feature');
    assert.deepEqual(
      sets.map(({ at }) => at),
      [250_000, 1_500_000, 2_000_000],
    );
    assert.equal(imported.impossible, null);
  });

  it('a target is given a whole stream, so that it can leave RESUMING', () => {
    const imported = read('RUNNING\nRESUMING\nRUNNING_P2P\nRUNNING\n');
    assert.deepEqual(states(imported), ['RUNNING', 'RESUMING', 'RUNNING_P2P', 'RUNNING']);
    assert.equal(imported.impossible, null);
  });

  it('a device that broke down and was reset', () => {
    const imported = read('RUNNING\nSTOP\nERROR\nRUNNING\nSTOP\n');
    assert.deepEqual(states(imported), ['RUNNING', 'STOP', 'ERROR', 'RUNNING', 'STOP']);
    assert.deepEqual(
      imported.recorder.steps.filter(({ event }) => event.kind !== 'feature').map(({ event }) => event.kind),
      ['breakDown', 'reset'],
    );
  });

  it('several devices, told apart by the name of the file before the state', () => {
    const file = (device: string, state: string) => `/sys/kernel/debug/vfio/${device}/migration/state:${state}`;
    const imported = read(
      [file('0000:3b:02.1', 'STOP'), file('0000:3b:02.2', 'RUNNING'), file('0000:3b:02.2', 'RUNNING_P2P')].join('\n'),
    );
    assert.deepEqual(
      imported.recorder.scene.devices.map(({ name }) => name),
      ['0000:3b:02.1', '0000:3b:02.2'],
    );
    assert.deepEqual(states(imported, 1), ['RUNNING', 'RUNNING_P2P']);
  });

  it('times in the forms that tools write', () => {
    for (const [first, second] of [
      ['2026-11-26T12:00:01.25Z', '2026-11-26T12:00:03.75Z'],
      ['2026-11-26 14:00:01,250+0200', '2026-11-26 12:00:03,75Z'],
      ['[   12.500000]', '[   15.000000]'],
      ['Nov 30 23:59:59', 'Nov 31 00:00:01.5'],
      ['12:00:01.25', '12:00:03.75'],
      ['1700000001', '1700000003.5'],
    ]) {
      const { recorder } = read(`${first} RUNNING\n${second} STOP\n`);
      assert.equal(recorder.steps.find(({ event }) => event.kind === 'feature')?.at, 2_500_000, first);
    }
  });

  it('the first state that the protocol or the driver does not come to', () => {
    const plain = read('RUNNING\nPRE_COPY\n', describeReference(['STOP_COPY'], '7.1'));
    assert.deepEqual(plain.impossible, {
      step: 0,
      why: 'in the file it succeeds; here no way from RUNNING to PRE_COPY',
    });
    const driver = read('RUNNING\nPRE_COPY\nSTOP_COPY\nSTOP\n', without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY'));
    assert.deepEqual(driver.impossible, {
      step: 1,
      why: 'in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, the driver has no such arc',
    });
    assert.match(read('RUNNING\nInvalid\n').impossible?.why ?? '', /^in line 2 the kernel printed "Invalid"/);
  });

  it('what is no sample is told with its line', () => {
    assert.equal(problemOf('RUNNING\nSTOPP\n'), '2: "STOPP" does not end with a device state - did you mean STOP?');
    assert.match(
      problemOf('RUNNING\n\u001b[31m\n'),
      /^2: "\\u001b\[31m" does not end with a device state \(ERROR, STOP, /,
    );
    assert.equal(problemOf('# nothing\n\n'), 'file: there is no device state in it');
    assert.equal(problemOf('cat: migration/state: Invalid argument\n'), 'file: there is no device state in it');
    assert.equal(problemOf(''), 'file: there is no device state in it');
  });
});

describe('import of anything', () => {
  const seed = seedFrom('IMPORT_SEED');
  const random = new Random(seed);
  /** A few places of the text changed, as bad disks, editors and adversaries do it. */
  function mutated(text: string): string {
    let changed = text;
    for (let count = 1 + random.below(3); count > 0; count--) {
      const at = random.below(changed.length + 1);
      const length = random.below(12);
      const piece = random.pick([
        '',
        '"',
        '{',
        ']',
        ',',
        '\n',
        '\u0000',
        '-1',
        '1e999',
        'null',
        '9007199254740993',
        '\\u00',
        '__proto__',
        'STOP',
        ' ',
      ]);
      changed = changed.slice(0, at) + piece + changed.slice(at + length);
    }
    return changed;
  }
  /** The trace with one of its values replaced: still JSON, so that the guards have to see it. */
  function withOtherValue(text: string): string {
    const target = random.below(4000);
    let seen = 0;
    const other = random.pick([null, -1, 0, 1.5, 2 ** 60, '', 'STOP', [], {}, true, 'ENOMSG', { kind: 'read' }]);
    return JSON.stringify(JSON.parse(text, (_key, value) => (seen++ === target ? other : value)));
  }

  it(`random changes of files are read or refused, never thrown (IMPORT_SEED=${seed})`, function () {
    this.timeout(120_000);
    const samples = '1.000000 RUNNING\n2.000000 PRE_COPY\n3.5 STOP_COPY\n4.5 STOP\n5.5 ERROR\n6.5 RUNNING\n';
    const traces = ['precopy', 'p2p-group', 'resume'].map((name) =>
      JSON.stringify(scenarioTrace(name, { ...sizes(name) }), null, 1),
    );
    let readable = 0;
    const tries = 600;
    for (let count = 0; count < tries; count++) {
      const trace = traces[count % traces.length] ?? '';
      for (const text of [mutated(samples), mutated(trace), withOtherValue(trace)]) {
        const imported = importText(text, { name: 'x', machine: protocol });
        if ('problem' in imported) {
          assert.ok(imported.line === null || (imported.line >= 1 && imported.line <= text.split('\n').length));
          assert.doesNotMatch(imported.problem, /\p{Cc}/u);
        } else {
          readable++;
        }
      }
    }
    console.log(`      ${3 * tries} changed files, ${readable} of them still readable`);
    assert.ok(readable > tries / 10);
  });

  it('what JSON.parse refuses has a place, and nothing else has', () => {
    const text = JSON.stringify({ a: [1, -2.5e3, true, null, 'x\\y"\u0007ü'], b: { c: {}, d: [] }, '': 0 }, null, 1);
    for (let count = 0; count < 20_000; count++) {
      const changed = mutated(text);
      const isJson = (() => {
        try {
          JSON.parse(changed);
          return true;
        } catch {
          return false;
        }
      })();
      assert.equal(placeInJson(changed, []).kind === 'value', isJson, JSON.stringify(changed));
    }
  });

  it('a nest that is too deep is refused, not followed', () => {
    assert.match(problemOf('{"a":'.repeat(1_000_000)), /^1: not JSON: expected less than 500 levels; /);
  });
});

/** Parameters that keep a scenario short. */
function sizes(name: string): Readonly<Record<string, number>> {
  const { description } = scenarios.find((each) => each.description.name === name) ?? assert.fail(name);
  return Object.fromEntries(
    Object.entries({ ...small, chunk: 65_536 }).filter(([key]) =>
      description.parameters.some((each) => each.name === key),
    ),
  );
}
