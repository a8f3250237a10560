import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forecast } from '../../client/src/panel/lab/formula';
import { seriesOf } from '../../client/src/panel/lab/series';
import type { LabValues } from '../../client/src/panel/lab/sliders';
import {
  labDefaults,
  parametersOf,
  positionOf,
  positions,
  requestFor,
  sliders,
  valueAt,
  withValue,
} from '../../client/src/panel/lab/sliders';
import { describeReference } from '../../server/src/simulation';
import { demoDriver, scenarioTrace } from '../support/scenarioTrace';

const mebi = 1024 ** 2;

function run(values: Partial<LabValues> = {}) {
  const all = { ...labDefaults, ...values };
  const trace = scenarioTrace('precopy', requestFor(all).parameters);
  const series = seriesOf(trace.steps, 'source', trace.link);
  assert.ok(series !== null && trace.verdict !== null);
  return { trace, series, verdict: trace.verdict, forecast: forecast(parametersOf(all), demoDriver()) };
}

describe('plots of the precopy lab', () => {
  // 64 MiB at 1.25 GB/s are through after 53.7 ms; meanwhile 200 MB/s dirty 10.7 MB, which with 4 MiB fit into 20 ms.
  const { series, trace, verdict } = run();

  it('begin with everything and end with nothing', () => {
    const [first] = series.amounts;
    assert.deepEqual(first, {
      time: 0,
      remaining: 68 * mebi,
      initialBytes: 64 * mebi,
      dirtyBytes: 0,
      downtime: (68 * mebi) / 1250 + 100,
    });
    assert.equal(series.amounts.at(-1)?.remaining, 0);
  });

  it('show the rates that were asked for while the guest runs, and their ratio', () => {
    const stop = series.phases.find(({ state }) => state === 'STOP_COPY')?.from ?? 0;
    const running = series.rates.filter(({ time }) => time < stop);
    assert.ok(running.length > 10);
    for (const { transfer, dirty, ratio } of running) {
      assert.ok(Math.abs(transfer / 1.25e9 - 1) < 0.01, `${transfer}`);
      assert.ok(Math.abs(dirty / 2e8 - 1) < 0.01, `${dirty}`);
      assert.ok(Math.abs((ratio ?? 0) - 0.16) < 0.005, `${ratio}`);
    }
  });

  it('show no dirt after the stop', () => {
    const stop = series.phases.find(({ state }) => state === 'STOP_COPY')?.from ?? 0;
    const [, ...stopped] = series.rates.filter(({ time }) => time > stop);
    assert.ok(stopped.length > 2);
    assert.deepEqual(
      stopped.map(({ dirty }) => dirty),
      stopped.map(() => 0),
    );
  });

  it('add up to the bytes of the verdict', () => {
    const seconds = (series.rates.at(-1)?.time ?? 0) / series.rates.length / 1e6;
    const sent = series.rates.reduce((sum, { transfer }) => sum + transfer * seconds, 0);
    const expected = verdict.bytes.precopy + verdict.bytes.stopCopy;
    assert.ok(Math.abs(sent / expected - 1) < 0.001, `${sent} of ${expected}`);
  });

  it('name the states in order, without gaps', () => {
    assert.deepEqual(
      series.phases.map(({ state }) => state),
      ['PRE_COPY', 'PRE_COPY_P2P', 'STOP_COPY'],
    );
    for (const [index, { from }] of series.phases.entries()) {
      assert.equal(from, index === 0 ? 0 : series.phases[index - 1]?.to);
    }
  });

  it('estimate the downtime that comes, at the moment of the stop', () => {
    const stop = series.phases.find(({ state }) => state === 'STOP_COPY')?.from ?? 0;
    const estimate = series.amounts.findLast(({ time }) => time <= stop)?.downtime ?? 0;
    // Each packet's time is rounded up.
    assert.ok(Math.abs(estimate - (verdict.downtime ?? 0)) < 300, `${estimate} and ${verdict.downtime}`);
    assert.ok(estimate <= 20_000);
  });

  it('are as even when there are many steps', () => {
    const { series: large } = run({ size: 2048 * mebi, initial: 2040 * mebi, downtimeLimit: 200_000 });
    assert.ok(large.amounts.length <= 600);
    assert.equal(large.amounts.at(-1)?.remaining, 0);
  });

  it('need a saving session', () => {
    assert.equal(seriesOf(trace.steps, 'target', trace.link), null);
    assert.equal(seriesOf([], 'source', trace.link), null);
  });
});

describe('the closed form of pre-copy', () => {
  it('says when it converges, as the run does', () => {
    const size = fc.integer({ min: 2 * mebi, max: 512 * mebi });
    const share = fc.integer({ min: 0, max: 100 });
    const rate = fc.integer({ min: 50_000_000, max: 5_000_000_000 });
    const limit = fc.integer({ min: 1000, max: 300_000 });
    let seen = 0;
    fc.assert(
      fc.property(size, share, share, rate, share, limit, (whole, part, work, bandwidth, dirt, downtimeLimit) => {
        const values = {
          size: whole,
          initial: Math.floor((whole * part) / 100),
          workingSet: Math.floor((whole * work) / 100),
          bandwidth,
          dirtyRate: Math.floor((bandwidth * dirt) / 75),
          downtimeLimit,
        };
        const { verdict, series, forecast: said } = run(values);
        assert.ok(said !== null);
        const chunk = Number(requestFor({ ...labDefaults, ...values }).parameters['chunk']);
        const reads = (3 * chunk * 1e6) / bandwidth;
        if (isClose(values, chunk)) return;
        seen++;
        assert.equal(verdict.outcome, said.converges ? 'migrated' : 'never-converges', verdict.reason);
        if (!said.converges) return;
        const stop = series.phases.find(({ state }) => state !== 'PRE_COPY')?.from ?? 0;
        const stretch = bandwidth / Math.max(1, bandwidth - values.dirtyRate);
        const loose = reads * (1 + Math.max(0, stretch)) + series.amounts.length * 2 + 200;
        assert.ok(Math.abs(stop - said.after) <= loose, `stopped at ${stop}, by the formula ${said.after} +- ${loose}`);
        assert.ok(Math.abs((verdict.downtime ?? 0) - said.downtime) <= loose, `${verdict.downtime}, ${said.downtime}`);
      }),
      { numRuns: 40 },
    );
    assert.ok(seen > 20, `${seen} looked at`);
  });

  it('says never with the reason', () => {
    const never = (values: Partial<LabValues>) => run(values).forecast;
    assert.deepEqual(never({ dirtyRate: 2e9, workingSet: 64 * mebi }), {
      converges: false,
      why: 'the guest dirties as fast as the link carries, and more than fits into the downtime limit',
    });
    assert.deepEqual(never({ initial: 0 }), {
      converges: false,
      why: 'what can only be sent after the stop takes longer than the downtime limit by itself',
    });
  });

  it('a device without PRE_COPY is stopped at once', () => {
    const machine = describeReference(['STOP_COPY', 'P2P'], '7.1');
    assert.deepEqual(forecast(parametersOf(labDefaults), machine), {
      converges: true,
      after: 0,
      downtime: (68 * mebi) / 1250 + 100,
    });
  });

  it('says nothing of drivers that tell other figures than it assumes', () => {
    const machine = demoDriver();
    const odd = { ...machine, traits: { ...machine.traits, dataSize: 'whole' as const } };
    assert.equal(forecast(parametersOf(labDefaults), odd), null);
  });
});

/** Near the limit a single read decides; the fluid has none. */
function isClose(
  { dirtyRate, bandwidth, downtimeLimit, size, initial, workingSet }: LabValues,
  chunk: number,
): boolean {
  const allowed = (bandwidth * downtimeLimit) / 1e6 - (size - initial);
  const dirt = Math.min(workingSet, (dirtyRate * initial) / bandwidth);
  return (
    Math.abs(dirtyRate / bandwidth - 1) < 0.15 ||
    [0, dirt, workingSet].some((edge) => Math.abs(allowed - edge) < 4 * chunk)
  );
}

describe('sliders of the lab', () => {
  for (const slider of sliders) {
    it(`${slider.title}: from end to end, and back to where it was`, () => {
      assert.equal(valueAt(slider, 0), slider.zero ? 0 : slider.least);
      assert.equal(valueAt(slider, positions), slider.most);
      for (let position = 0; position <= positions; position += 7) {
        const value = valueAt(slider, position);
        assert.ok(Math.abs(positionOf(slider, value) - position) <= 4, `${position}: ${value}`);
        assert.ok(Number.isSafeInteger(value));
      }
    });

    it(`${slider.title}: what it shows can be typed`, () => {
      const value = labDefaults[slider.field];
      assert.equal(slider.parse(slider.text(value)), value);
      assert.equal(slider.parse('much'), null);
    });
  }

  it('a part is never larger than the whole', () => {
    const small = withValue(labDefaults, 'size', mebi);
    assert.deepEqual([small.initial, small.workingSet], [mebi, mebi]);
    assert.equal(withValue(labDefaults, 'initial', 100 * mebi).size, 100 * mebi);
    assert.equal(withValue(labDefaults, 'dirtyRate', 5).dirtyRate, 5);
  });

  it('ask for as many reads as can be looked at, whatever the size', () => {
    for (const size of [mebi, 1024 ** 3, 256 * 1024 ** 3]) {
      const { chunk } = requestFor(
        withValue({ ...labDefaults, initial: size, workingSet: size / 4 }, 'size', size),
      ).parameters;
      assert.ok(size / Number(chunk) <= 1000);
    }
  });
});
