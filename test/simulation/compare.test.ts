import assert from 'node:assert/strict';
import fc from 'fast-check';
import { setState } from '../../server/src/device';
import { compareTraces, defaultLink, Recorder, record, scenarios, traceOf } from '../../server/src/simulation';
import type { MachineDescription, Trace, TraceComparison, TraceStep } from '../../server/src/wire';
import { anyEvent } from '../device/arbitrary';
import { demoDriver, scenarioTrace, without } from '../support/scenarioTrace';

const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };
const geometry = { initial: 400, final: 100, dirtyable: 200 };

function scene(machine: MachineDescription) {
  const devices = ['A', 'B'].map((name) => ({ name, machine, geometry, layout: 'demo' }));
  return { title: 'test', devices, link: defaultLink };
}

const anyTrace: fc.Arbitrary<Trace> = fc
  .tuple(
    fc.array(anyEvent, { maxLength: 40 }),
    fc.constantFrom(demoDriver(), without(demoDriver(), 'STOP', 'STOP_COPY')),
  )
  .map(([events, machine]) => traceOf(record(scene(machine), events), null, null));

/** The sentences of the first pair that differs. */
function first({ pairs, first: index }: TraceComparison): readonly string[] {
  return index === null ? [] : (pairs[index]?.differences ?? []);
}

describe('two runs side by side', () => {
  it('of a driver with a rejected arc: says what it answers and where it stays', () => {
    const events = [setState('A', 'PRE_COPY'), setState('A', 'STOP_COPY'), setState('A', 'RUNNING')];
    const good = traceOf(record(scene(demoDriver()), events), null, null);
    const bad = traceOf(record(scene(without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY')), events), null, null);
    const comparison = compareTraces(bad, good);
    assert.equal(comparison.first, 1);
    assert.deepEqual(first(comparison), [
      'errno: EINVAL in a, none in b',
      'way: PRE_COPY -> PRE_COPY_P2P in a, PRE_COPY -> PRE_COPY_P2P -> STOP_COPY in b',
      'refused arc: PRE_COPY_P2P -> STOP_COPY in a, none in b',
      'A: PRE_COPY_P2P in a, STOP_COPY in b',
    ]);
  });

  it('of scenarios that took other ways: aligns what both did, whatever the fds are called', () => {
    const a = scenarioTrace('precopy', small);
    const b = scenarioTrace('precopy', small, without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY'));
    const { pairs, first: index } = compareTraces(a, b);
    const pair = pairs[index ?? -1];
    assert.match(pair?.differences[0] ?? '', /^errno: none in a, EINVAL in b$/);
    assert.ok(
      pairs.some(
        ({ a: inA, differences }) => inA === null && /only in b: VFIO_DEVICE_RESET/.test(differences[0] ?? ''),
      ),
    );
    const c = scenarioTrace('precopy', small, without(demoDriver(), 'STOP', 'RESUMING'));
    assert.ok(compareTraces(a, c).pairs.length < a.steps.length + c.steps.length);
  });

  it('says a difference of state once for as long as it lasts', () => {
    const events = [setState('A', 'STOP'), setState('B', 'STOP'), setState('B', 'RUNNING'), setState('A', 'RUNNING')];
    const a = traceOf(record(scene(demoDriver()), events), null, null);
    const b = traceOf(record(scene(without(demoDriver(), 'RUNNING_P2P', 'STOP')), [...events]), null, null);
    const said = compareTraces(a, b).pairs.flatMap(({ differences }) =>
      differences.filter((text) => text.startsWith('A:')),
    );
    assert.deepEqual(said, ['A: STOP in a, RUNNING_P2P in b']);
  });

  it('of the same run: no difference', () => {
    for (const { description } of scenarios) {
      const trace = scenarioTrace(description.name, small);
      const { first: index, differences, pairs } = compareTraces(trace, structuredClone(trace));
      assert.deepEqual([index, differences, pairs.length], [null, 0, trace.steps.length], description.name);
    }
  });

  it('does not depend on which is named first', () => {
    fc.assert(
      fc.property(anyTrace, anyTrace, (a, b) => {
        const there = compareTraces(a, b);
        const back = compareTraces(b, a);
        const exchanged = (text: string) =>
          text
            .replace(/^only in a/, 'only in A')
            .replace(/^only in b/, 'only in a')
            .replace('only in A', 'only in b')
            .replace(/^([^:]+): (.*) in a, (.*) in b$/, '$1: $3 in a, $2 in b');
        assert.deepEqual([back.first, back.differences], [there.first, there.differences]);
        const said = (comparison: TraceComparison) => comparison.pairs.flatMap(({ differences }) => differences).sort();
        assert.deepEqual(said(back), there.pairs.flatMap(({ differences }) => differences.map(exchanged)).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('keeps both runs whole and in order', () => {
    fc.assert(
      fc.property(anyTrace, anyTrace, (a, b) => {
        const { pairs } = compareTraces(a, b);
        assert.deepEqual(
          pairs.flatMap((pair) => pair.a ?? []),
          [...a.steps.keys()],
        );
        assert.deepEqual(
          pairs.flatMap((pair) => pair.b ?? []),
          [...b.steps.keys()],
        );
      }),
      { numRuns: 60 },
    );
  });

  it('finds a single changed answer', () => {
    const trace = scenarioTrace('recovery', small);
    trace.steps.forEach((step, index) => {
      const changed: TraceStep = {
        ...step,
        effects: step.effects.map((each) => ('errno' in each ? { ...each, errno: 'EPROTO' } : each)),
      };
      if (step.effects.every((each) => !('errno' in each))) return;
      const b = { ...trace, steps: trace.steps.with(index, changed) };
      const comparison = compareTraces(trace, b);
      assert.deepEqual([comparison.first, comparison.differences], [index, 1]);
    });
  });

  it('of long runs that have nothing in common ends soon, and loses nothing', () => {
    const reads = (length: number): Trace => {
      const recorder = new Recorder(scene(demoDriver()));
      for (let index = 0; index < 10_000; index++) recorder.send({ kind: 'read', fd: 3, length: length + index });
      return traceOf(recorder, null, null);
    };
    const { pairs, first: index } = compareTraces(reads(1), reads(100_000));
    assert.equal(pairs.length, 20_000);
    assert.equal(index, 0);
  });
});
