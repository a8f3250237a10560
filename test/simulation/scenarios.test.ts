import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Scenario } from '../../server/src/simulation';
import {
  describeReference,
  fillParameters,
  Recorder,
  runScenario,
  ScenarioError,
  scenarioNamed,
  scenarios,
  sceneOf,
} from '../../server/src/simulation';
import type { FlagSet } from '../../server/src/uapi';
import { validFlagSets } from '../../server/src/uapi';
import type { MachineDescription, ParameterValues, Verdict } from '../../server/src/wire';

const all: FlagSet = ['STOP_COPY', 'P2P', 'PRE_COPY'];
const mebi = 1024 * 1024;

function named(name: string): Scenario {
  const scenario = scenarioNamed(name);
  assert.ok(scenario, name);
  return scenario;
}

function run(
  name: string,
  given: ParameterValues = {},
  machine: MachineDescription = describeReference(all, '7.1'),
): { readonly verdict: Verdict; readonly recorder: Recorder } {
  const scenario = named(name);
  const values = fillParameters(scenario.description, given);
  const recorder = new Recorder(sceneOf(scenario, values, { source: machine }));
  return { verdict: runScenario(scenario, values, recorder), recorder };
}

/** The states of a device after each step, without repetition. */
function states({ steps }: Recorder, name: string): readonly string[] {
  const each = steps.map(({ after }) => after.devices.find((device) => device.name === name)?.state ?? 'none');
  return each.filter((state, index) => state !== each[index - 1]);
}

function without(from: string, to: string): MachineDescription {
  const reference = describeReference(all, '7.1');
  return {
    ...reference,
    arcs: reference.arcs.map((arc) =>
      arc.from === from && arc.to === to ? { ...arc, outcome: { kind: 'missing', errno: 'EINVAL' } } : arc,
    ),
  };
}

describe('scenarios on the reference machine', () => {
  const endings: Readonly<Record<string, Verdict['outcome']>> = {
    precopy: 'migrated',
    'stop-copy': 'migrated',
    'cancel-precopy': 'cancelled',
    'cancel-stop-copy': 'cancelled',
    recovery: 'failed',
    resume: 'completed',
    'bad-data': 'completed',
    reset: 'completed',
    close: 'completed',
    'second-migration': 'migrated',
    'p2p-group': 'migrated',
    'never-converges': 'never-converges',
    reinit: 'migrated',
  };

  it('each of them has an expected end', () => {
    assert.deepEqual(
      scenarios.map(({ description }) => description.name),
      Object.keys(endings),
    );
  });

  for (const [name, outcome] of Object.entries(endings)) {
    it(`${name}: ${outcome}`, () => {
      const { verdict, recorder } = run(name);
      assert.equal(verdict.outcome, outcome, verdict.reason);
      assert.ok(recorder.steps.length > 5);
      assert.equal(verdict.total, recorder.world.now);
      assert.ok(recorder.world.fds.length === 0, `${recorder.world.fds.length} fds are left open`);
    });
  }

  it('run with every flag set of every generation', () => {
    for (const profile of ['6.0', '6.2', '7.1'] as const) {
      for (const flags of validFlagSets(profile)) {
        for (const { description } of scenarios) {
          const { verdict } = run(description.name, {}, describeReference(flags, profile));
          const expected = description.name === 'p2p-group' && !flags.includes('P2P') ? 'failed' : null;
          if (expected !== null) assert.equal(verdict.outcome, expected, `${description.name} ${flags} ${profile}`);
          assert.ok(verdict.reason.length > 10);
        }
      }
    }
  });

  it('a migration takes source and target through the states that QEMU asks for', () => {
    const { recorder } = run('precopy');
    assert.deepEqual(states(recorder, 'source'), ['RUNNING', 'PRE_COPY', 'PRE_COPY_P2P', 'STOP_COPY', 'STOP']);
    assert.deepEqual(states(recorder, 'target'), ['RUNNING', 'RESUMING', 'RUNNING_P2P', 'RUNNING']);
  });

  it('a truncated, damaged, foreign or reordered stream is refused', () => {
    for (const fault of ['truncated', 'corrupted', 'foreign', 'reordered']) {
      assert.equal(run('bad-data', { fault }).verdict.outcome, 'completed', fault);
    }
  });

  it('DMA reaches a stopped device when the group is not quiesced first', () => {
    const good = run('p2p-group', { order: 'p2p-first' });
    assert.equal(good.verdict.outcome, 'migrated');
    assert.ok(good.recorder.steps.some(({ effects }) => effects.some(({ kind }) => kind === 'waited')));
    const bad = run('p2p-group', { order: 'one-by-one' });
    assert.equal(bad.verdict.outcome, 'failed');
    assert.match(bad.verdict.reason, /DMA from source 3 reached source 1, which was in STOP_COPY/);
  });
});

describe('when a call fails', () => {
  it('the source goes on, and the verdict names the call', () => {
    const { verdict, recorder } = run('precopy', {}, without('PRE_COPY_P2P', 'STOP_COPY'));
    assert.equal(verdict.outcome, 'failed');
    assert.match(
      verdict.reason,
      /source: SET STOP_COPY answered -EINVAL; the device was reset; the guest runs on without what source held/,
    );
    const step = recorder.steps[verdict.step ?? -1];
    assert.ok(step?.rows.some(({ kind, text }) => kind === 'failure' && text.startsWith('PRE_COPY_P2P -> STOP_COPY')));
    assert.equal(states(recorder, 'source').at(-1), 'RUNNING');
  });

  it('a source that can not enter PRE_COPY is still running', () => {
    const { verdict, recorder } = run('precopy', {}, without('RUNNING', 'PRE_COPY'));
    assert.equal(verdict.outcome, 'failed');
    assert.deepEqual(states(recorder, 'source'), ['RUNNING']);
    assert.match(verdict.reason, /the guest runs on at the source/);
  });

  it('an arc that nobody asks for fails nothing', () => {
    assert.equal(run('recovery', { arc: 'PRE_COPY -> RUNNING' }).verdict.outcome, 'migrated');
  });
});

describe('figures of a migration', () => {
  /** What one read or the rounding of one packet can change. */
  const slack = (chunk: number, bandwidth: number, packets: number) => (chunk * 1e6) / bandwidth + packets + 1;

  it('stop and copy: the guest stands still as long as the link needs', () => {
    const size = fc.integer({ min: 1, max: 256 * mebi });
    const rate = fc.integer({ min: 10_000_000, max: 2_000_000_000 });
    fc.assert(
      fc.property(size, size, rate, fc.nat(10_000), (initial, final, bandwidth, latency) => {
        const { verdict } = run('stop-copy', { initial, final, bandwidth, latency });
        assert.equal(verdict.outcome, 'migrated');
        assert.deepEqual(verdict.bytes, { precopy: 0, stopCopy: initial + final });
        const expected = ((initial + final) * 1e6) / bandwidth + latency;
        const packets = Math.ceil((initial + final) / mebi);
        assert.ok(Math.abs((verdict.downtime ?? 0) - expected) <= packets + 1, `${verdict.downtime} for ${expected}`);
      }),
      { numRuns: 60 },
    );
  });

  it('pre-copy with a constant dirty rate below the bandwidth: when it switches over and how long the guest stands still', () => {
    const bandwidth = fc.integer({ min: 100_000_000, max: 2_000_000_000 });
    const share = fc.integer({ min: 0, max: 90 });
    const size = fc.integer({ min: 8 * mebi, max: 256 * mebi });
    const limit = fc.integer({ min: 5_000, max: 300_000 });
    fc.assert(
      fc.property(bandwidth, share, size, limit, (link, percent, initial, downtimeLimit) => {
        const dirtyRate = Math.floor((link * percent) / 100);
        const final = Math.floor((link * downtimeLimit) / 1e6 / 4);
        const chunk = mebi;
        const dirtyable = 2 ** 40;
        const given = { initial, final, dirtyable, dirtyRate, bandwidth: link, latency: 0, downtimeLimit, chunk };
        const { verdict, recorder } = run('precopy', { ...given, patience: 3_600_000_000 });
        assert.equal(verdict.outcome, 'migrated', verdict.reason);
        const threshold = (link * downtimeLimit) / 1e6 - final;
        const initialDone = (initial * 1e6) / link;
        const small = ((initial - threshold) * 1e6) / (link - dirtyRate);
        const switchover = Math.max(initialDone, small);
        const left = Math.max(0, initial - ((link - dirtyRate) * switchover) / 1e6);
        const expected = ((left + final) * 1e6) / link;
        const stopped = recorder.steps.find(({ event }) => event.kind === 'feature' && event.request === 7)?.at ?? 0;
        const packets = recorder.steps.length;
        // One read more or less, stretched by what the guest dirties meanwhile.
        const loose = slack(chunk, link, packets) * (1 + link / (link - dirtyRate));
        assert.ok(Math.abs(stopped - switchover) <= loose, `switch-over at ${stopped}, by the formula ${switchover}`);
        assert.ok(
          Math.abs((verdict.downtime ?? 0) - expected) <= loose,
          `${verdict.downtime}, by the formula ${expected}`,
        );
        assert.ok((verdict.downtime ?? 0) <= downtimeLimit + loose, 'the limit holds');
      }),
      // The last read brings a single byte: nothing is left to wait for.
      { numRuns: 60, examples: [[211_470_425, 0, 8 * mebi + 1, 5_000]] },
    );
  });

  it('does not converge when the guest dirties as fast as the link carries', () => {
    const { verdict } = run('precopy', {
      dirtyRate: 2_000_000_000,
      dirtyable: 2 ** 40,
      chunk: 16 * mebi,
      initial: 256 * mebi,
      downtimeLimit: 50_000,
      patience: 1_000_000,
    });
    assert.equal(verdict.outcome, 'never-converges');
  });

  it('are the same each time', () => {
    const text = () => JSON.stringify(run('p2p-group').recorder.steps);
    assert.equal(text(), text());
  });
});

describe('parameters', () => {
  const { description } = named('precopy');

  it('have defaults, titles and bounds', () => {
    for (const { description: each } of scenarios) {
      const values = fillParameters(each, {});
      assert.deepEqual(
        Object.keys(values),
        each.parameters.map(({ name }) => name),
      );
      for (const { title, summary } of each.parameters) assert.ok(title.length > 2 && summary.endsWith('.'));
      assert.ok(each.summary.endsWith('.'));
    }
  });

  it('that are wrong are refused with what would be right', () => {
    const refused = (given: ParameterValues) => {
      try {
        fillParameters(description, given);
      } catch (error) {
        return error instanceof ScenarioError ? error.message : 'another error';
      }
      return 'accepted';
    };
    assert.match(refused({ bandwith: 1 }), /^precopy has no parameter "bandwith"; it has initial, final/);
    assert.equal(refused({ bandwidth: 0 }), 'bandwidth is from 1 to 1000000000000, not 0');
    assert.equal(refused({ bandwidth: 'fast' }), 'bandwidth is a number, not "fast"');
    assert.equal(refused({ bandwidth: Number.NaN }), 'bandwidth is a number, not "NaN"');
    assert.equal(
      refused({ toString: 1 }),
      'precopy has no parameter "toString"; it has initial, final, dirtyable, bandwidth, latency, dirtyRate, downtimeLimit, chunk, switchoverAck, patience',
    );
  });
});
