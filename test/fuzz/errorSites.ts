import type { ArcModel, ErrorOutcome, Outcome } from '../../server/src/analysis';
import { errnoName } from '../../server/src/analysis';
import type { Location } from '../../server/src/c';
import { LineIndex } from '../../server/src/check';
import { stateAfter } from '../support/stateAfter';
import type { DriverCase } from './driverCase';
import type { Execution, Failing, Line, Result } from './execute';

/** One result that only the one of execution and analysis has. */
export interface SiteDifference {
  readonly about: string;
  readonly ran: string;
  readonly analysed: string;
}

/** Error sites of a driver: which call failed or which number was written, and where. */
export class ErrorSites {
  private readonly indexes: ReadonlyMap<string, LineIndex>;

  constructor(driver: DriverCase) {
    this.indexes = new Map(driver.files.map(({ path, text }) => [path, new LineIndex(text)]));
  }

  /**
   * What runs of an arc gave, also with each call failing in turn, and the outcomes of the analysis: every run must be an
   * outcome, with the same call or number at the same line, and every error must be a run.
   */
  compare(arc: ArcModel, executions: readonly Execution[]): SiteDifference[] {
    const about = `${arc.from}>${arc.to}: error sites`;
    const shown = new Set<Outcome>();
    const found: SiteDifference[] = [];
    for (const { pairs } of executions) {
      const ran = pairs.get(`${arc.from}>${arc.to}`);
      for (const run of ran ? [ran, ...ran.failing] : []) {
        const matching = arc.outcomes.filter((outcome) => this.matches(outcome, run, arc));
        for (const outcome of matching) shown.add(outcome);
        if (matching.length === 0) found.push({ about, ran: runText(run), analysed: this.told(arc) });
      }
    }
    const invented = arc.outcomes.filter((o): o is ErrorOutcome => o.kind === 'error' && !shown.has(o));
    found.push(...invented.map((o) => ({ about, ran: 'in no run', analysed: this.site(o) })));
    return found;
  }

  private matches(outcome: Outcome, run: Result | Failing, arc: ArcModel): boolean {
    if (outcome.kind === 'unknown') return false;
    if (outcome.stateAfter !== 'unknown' && outcome.stateAfter !== stateAfter(run.after, arc)) return false;
    if (!run.gave.startsWith('-') && run.gave !== 'failed')
      return outcome.kind === 'success' && outcome.file === run.gave;
    if (outcome.kind !== 'error') return false;
    if (run.gave === 'failed')
      return (
        'call' in run && outcome.failedCall?.name === run.call && this.holds(outcome.failedCall.location, run.calledAt)
      );
    return outcome.errno === errnoName(BigInt(run.gave.slice(1))) && run.at !== null && this.holds(outcome.at, run.at);
  }

  private holds(location: Location, { file, line }: Line): boolean {
    const [first, last] = this.lines(location);
    return location.file === file && first <= line && line <= last;
  }

  /** The first and the last line of a location, from 1. */
  private lines({ file, span }: Location): readonly [number, number] {
    const index = this.indexes.get(file);
    return index ? [index.position(span.start).line, index.position(span.end).line] : [0, 0];
  }

  site({ failedCall, errno, at }: ErrorOutcome): string {
    const location = failedCall?.location ?? at;
    return `${failedCall ? `${failedCall.name}()` : errno} at ${location.file}:${this.lines(location)[0]}`;
  }

  private told(arc: ArcModel): string {
    const texts = arc.outcomes.map((o) =>
      o.kind === 'error' ? this.site(o) : o.kind === 'success' ? `${o.file} (state ${o.stateAfter})` : o.reason,
    );
    return [...new Set(texts)].join('; ');
  }
}

const placeText = (at: Line | null): string => (at ? ` at ${at.file}:${at.line}` : '');

function runText(run: Result | Failing): string {
  const failing = 'call' in run ? `${run.call}()${placeText(run.calledAt)} failing: ` : '';
  return `${failing}${run.gave}${placeText(run.at)}, state ${run.after}`;
}
