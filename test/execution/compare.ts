import { basename } from 'node:path';
import type { ArcModel, DriverModel, ErrorOutcome, Outcome } from '../../server/src/analysis';
import { errnoName } from '../../server/src/analysis';
import type { CModule, Location } from '../../server/src/c';
import { LineIndex } from '../../server/src/check';
import { stateAfter } from '../support/stateAfter';
import type { Line, Run } from './runs';

/** What execution and analysis of one driver have to say of each other. */
export interface Comparison {
  readonly pairs: number;
  /** Pairs that some run could do. */
  readonly handled: number;
  /** Different runs that were compared, and those that gave nothing to compare. */
  readonly runs: number;
  readonly incomparable: number;
  /** Calls that failed in turn, on all arcs. */
  readonly callsFailed: number;
  /** Error sites on arcs that execution showed, and those of the analysis that it could not reach. */
  readonly sitesShown: number;
  readonly sitesNotShown: readonly string[];
  /** Runs whose result the analysis does not know; pairs that the one handles and the other does not. */
  readonly wrong: readonly string[];
  readonly undecided: readonly string[];
}

/** Holds every run against the outcomes of its arc, and every error site of the analysis against the runs. */
export function compare(
  module: CModule,
  driver: DriverModel,
  runs: readonly Run[],
  stubbed: ReadonlyMap<string, string>,
): Comparison {
  const places = new Places(module);
  const wrong: string[] = [];
  const shown = new Set<string>();
  const all = new Set<string>();
  const handled = new Set<string>();
  for (const arc of driver.arcs) {
    const own = runs.filter((run) => run.from === arc.from && run.to === arc.to);
    const pair = `${arc.from} -> ${arc.to}`;
    for (const outcome of arc.outcomes) if (outcome.kind === 'error') all.add(`${pair}: ${places.site(outcome)}`);
    for (const run of own) {
      if (run.result.k === 'none') continue;
      if (run.result.k === 'file') handled.add(pair);
      const matching = arc.outcomes.filter((outcome) => places.matches(outcome, run, stubbed));
      if (matching.length === 0) wrong.push(`execution: ${run.text}; the analysis knows ${describe(arc, places)}`);
      for (const outcome of matching) if (outcome.kind === 'error') shown.add(`${pair}: ${places.site(outcome)}`);
    }
    const said = arc.status === 'handled' || arc.status === 'conditional';
    if (said && !handled.has(pair)) wrong.push(`${pair} is ${arc.status} in the analysis; no run succeeds`);
  }
  return {
    pairs: driver.arcs.length,
    handled: handled.size,
    runs: runs.filter((run) => run.result.k !== 'none').length,
    incomparable: runs.filter((run) => run.result.k === 'none').length,
    callsFailed: runs.filter((run) => run.world === 'failing').length,
    sitesShown: shown.size,
    sitesNotShown: [...all].filter((site) => !shown.has(site)),
    wrong,
    undecided: driver.arcs.filter((arc) => arc.status === 'undecided').map((arc) => `${arc.from} -> ${arc.to}`),
  };
}

const describe = (arc: ArcModel, places: Places): string =>
  [
    ...new Set(
      arc.outcomes.map((o) =>
        o.kind === 'error' ? places.site(o) : o.kind === 'success' ? `${o.file} (${o.stateAfter})` : o.reason,
      ),
    ),
  ].join('; ');

/** Locations of the analysis as lines of files. */
class Places {
  private readonly indexes: ReadonlyMap<string, LineIndex>;

  constructor(module: CModule) {
    this.indexes = new Map(module.files.map((file) => [file.path, new LineIndex(file.text)]));
  }

  /** The first and last line of a location. */
  private lines({ file, span }: Location): readonly [number, number] {
    const index = this.indexes.get(file);
    return index ? [index.position(span.start).line, index.position(span.end).line] : [0, 0];
  }

  private holds(location: Location, { file, line }: Line): boolean {
    const [first, last] = this.lines(location);
    return basename(location.file) === file && first <= line && line <= last;
  }

  site({ failedCall, errno, at }: ErrorOutcome): string {
    const location = failedCall?.location ?? at;
    const what = failedCall ? `${failedCall.name}()` : (errno ?? 'an error');
    return `${what} at ${basename(location.file)}:${this.lines(location)[0]}`;
  }

  /** True when the run may be this outcome. */
  matches(outcome: Outcome, { result, after, from, to }: Run, stubbed: ReadonlyMap<string, string>): boolean {
    if (outcome.kind === 'unknown') return false;
    if (outcome.stateAfter !== 'unknown' && outcome.stateAfter !== stateAfter(after, { from, to })) return false;
    switch (result.k) {
      case 'file':
        return outcome.kind === 'success' && outcome.file === result.file;
      case 'failed':
        if (outcome.kind !== 'error') return false;
        if (stubbed.has(result.call)) return true;
        return outcome.failedCall?.name === result.call && this.holds(outcome.failedCall.location, result.at);
      case 'errno':
        return (
          outcome.kind === 'error' &&
          outcome.errno === errnoName(BigInt(result.errno)) &&
          this.holds(outcome.at, result.at)
        );
      case 'none':
        return false;
    }
  }
}
