import type { Link, SavingView, StateName, TraceStep } from '../../../../server/src/wire';

/** What a run tells about its saving session over simulated time, for plots. Times are microseconds, sizes bytes. */
export interface Series {
  readonly amounts: readonly Amounts[];
  readonly rates: readonly Rates[];
  /** What the device was in, in order; together they cover the whole session. */
  readonly phases: readonly Phase[];
}

export interface Amounts {
  readonly time: number;
  /** What would have to be read if the device stopped now. */
  readonly remaining: number;
  readonly initialBytes: number;
  readonly dirtyBytes: number;
  /** How long the link needs for what remains: the downtime if the device stopped now. */
  readonly downtime: number;
}

/** Means over a span of time that ends at `time`, in bytes a second. */
export interface Rates {
  readonly time: number;
  readonly transfer: number;
  readonly dirty: number;
  /** How much the guest dirties for each byte that is sent; null while nothing is sent. */
  readonly ratio: number | null;
}

export interface Phase {
  readonly state: StateName;
  readonly from: number;
  readonly to: number;
}

/** Enough for any width of a plot. */
const mostAmounts = 600;
const spans = 48;
const microseconds = 1_000_000;

/** The series of the first saving session of that device; null when it has none. */
export function seriesOf(steps: readonly TraceStep[], device: string, link: Link): Series | null {
  const moments = sessionOf(steps, device);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) {
    return null;
  }
  return {
    amounts: thinned(moments, mostAmounts).map(({ time, session }) => ({
      time,
      remaining: session.remaining,
      initialBytes: session.initialBytes,
      dirtyBytes: session.dirtyBytes,
      downtime: (session.remaining * microseconds) / link.bandwidth + link.latency,
    })),
    rates: ratesOf(moments, first.time, last.time),
    phases: phasesOf(moments),
  };
}

interface Moment {
  readonly time: number;
  readonly state: StateName;
  readonly session: SavingView;
}

/**
 * The session as it was on arrival at each moment, before what is read then: what is read is on the link from then until the
 * next moment.
 */
function sessionOf(steps: readonly TraceStep[], device: string): readonly Moment[] {
  const moments: Moment[] = [];
  for (const { after } of steps) {
    const view = after.devices.find(({ name }) => name === device);
    if (view?.session?.side !== 'read') {
      if (moments.length > 0) {
        break;
      }
      continue;
    }
    const { state, session } = view;
    const last = moments.at(-1);
    if (last === undefined || last.time < after.now || last.state !== state) {
      moments.push({ time: after.now, state, session });
    }
  }
  return moments;
}

function ratesOf(moments: readonly Moment[], from: number, to: number): readonly Rates[] {
  if (to <= from) {
    return [];
  }
  const sent = interpolated(moments, ({ session }) => session.read);
  // What was dirtied has been read since, or remains.
  const made = interpolated(moments, ({ session }) => session.read + session.remaining);
  const edge = (index: number): number => from + ((to - from) * index) / spans;
  const seconds = (to - from) / spans / microseconds;
  return Array.from({ length: spans }, (_, index) => {
    const [before, time] = [edge(index), edge(index + 1)];
    const transfer = Math.max(0, sent(time) - sent(before)) / seconds;
    const dirty = Math.max(0, made(time) - made(before)) / seconds;
    return { time, transfer, dirty, ratio: transfer === 0 ? null : dirty / transfer };
  });
}

/** The quantity at any time, as if it changed evenly from one moment to the next. */
function interpolated(moments: readonly Moment[], quantity: (moment: Moment) => number): (time: number) => number {
  return (time) => {
    const index = lastBefore(moments, time);
    const [a, b] = [moments[index], moments[index + 1]];
    if (a === undefined) {
      return 0;
    }
    if (b === undefined || b.time === a.time) {
      return quantity(a);
    }
    return quantity(a) + ((quantity(b) - quantity(a)) * (time - a.time)) / (b.time - a.time);
  };
}

/** The index of the last moment that is not after `time`; 0 when there is none. */
function lastBefore(moments: readonly Moment[], time: number): number {
  let [low, high] = [0, moments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.time ?? 0) <= time) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

function phasesOf(moments: readonly Moment[]): readonly Phase[] {
  const phases: Phase[] = [];
  for (const { state, time } of moments) {
    const last = phases.at(-1);
    if (last !== undefined) {
      phases[phases.length - 1] = { ...last, to: time };
    }
    if (last?.state !== state) {
      phases.push({ state, from: time, to: time });
    }
  }
  return phases;
}

/** At most `most` of them, evenly spread, with the first and the last. */
function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) {
    return all;
  }
  return Array.from({ length: most }, (_, index) => all[Math.round((index * (all.length - 1)) / (most - 1))]).flatMap(
    (each) => (each === undefined ? [] : [each]),
  );
}
