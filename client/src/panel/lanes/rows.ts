import type { ComparedStep, TraceRow, TraceStep } from '../../../../server/src/wire';
import type { Detail, RowPlace } from '../model';

/** A row of the lanes: what one of those who act did in a step. */
export interface LaneRow extends RowPlace {
  readonly told: TraceRow;
  /** Of the step, in microseconds. */
  readonly at: number;
  /** What it has to do with a comparison; null outside one, and for what the runs have in common. */
  readonly mark: RowMark | null;
}

/**
 * `differs`: the step ended otherwise in the other run; `difference`: says in what; `only-here` and `only-there`: the other
 * run, or the one that is shown, has no such step.
 */
export type RowMark = 'differs' | 'difference' | 'only-here' | 'only-there';

/** What the run is held against. */
export interface Against {
  /** The steps of the other run. */
  readonly steps: readonly TraceStep[];
  /** The other run is `a`. */
  readonly pairs: readonly ComparedStep[];
}

const known: Readonly<Record<Detail, WeakMap<readonly TraceStep[], readonly LaneRow[]>>> = {
  all: new WeakMap(),
  states: new WeakMap(),
};

/** The rows of a run's steps that are shown, in order. The same array for the same steps. */
export function rowsOf(steps: readonly TraceStep[], detail: Detail): readonly LaneRow[] {
  const before = known[detail].get(steps);
  if (before !== undefined) return before;
  const rows = steps.flatMap((step, index) =>
    detail === 'all' || isAboutStates(step) ? ownRows(step, index, null) : [],
  );
  known[detail].set(steps, rows);
  return rows;
}

const compared = new WeakMap<readonly ComparedStep[], Readonly<Record<Detail, readonly LaneRow[]>>>();

/** The rows of two runs side by side: those of the one that is shown, and between them what the other has instead. */
export function comparedRows(steps: readonly TraceStep[], against: Against, detail: Detail): readonly LaneRow[] {
  const before = compared.get(against.pairs);
  if (before !== undefined) return before[detail];
  const all = {
    all: mergedRows(steps, against, () => true),
    states: mergedRows(steps, against, isAboutStates),
  };
  compared.set(against.pairs, all);
  return all[detail];
}

/** Rows that are not the run's own are counted from here, so that places stay in order. */
const behindOwn = 10_000;

function mergedRows(
  steps: readonly TraceStep[],
  { steps: others, pairs }: Against,
  isShown: (step: TraceStep) => boolean,
): readonly LaneRow[] {
  let last = -1;
  let extra = 0;
  return pairs.flatMap(({ a, b, differences }): readonly LaneRow[] => {
    const own = b === null ? undefined : steps[b];
    const other = a === null ? undefined : others[a];
    if (own !== undefined && b !== null) {
      last = b;
      extra = 0;
      if (differences.length === 0) return isShown(own) ? ownRows(own, b, null) : [];
      if (other === undefined) return ownRows(own, b, 'only-here');
      return [
        ...ownRows(own, b, 'differs'),
        ...differences.map((text) => ({
          step: b,
          row: behindOwn + extra++,
          told: { ...silent, device: own.rows[0]?.device ?? null, text },
          at: own.at,
          mark: 'difference' as const,
        })),
      ];
    }
    if (other === undefined) return [];
    return other.rows.map((told) => ({
      step: last,
      row: behindOwn + extra++,
      told,
      at: other.at,
      mark: 'only-there' as const,
    }));
  });
}

const silent: Omit<TraceRow, 'device' | 'text'> = {
  lane: 'vmm',
  kind: 'world',
  errno: null,
  arc: null,
  fd: null,
  bytes: null,
  location: null,
};

function ownRows({ rows, at }: TraceStep, step: number, mark: RowMark | null): readonly LaneRow[] {
  return rows.map((told, row) => ({ step, row, told, at, mark }));
}

/** True for steps in which a state is asked for or changes, or something goes wrong. */
function isAboutStates({ event, rows }: TraceStep): boolean {
  switch (event.kind) {
    case 'feature':
      return event.ops.includes('SET');
    case 'reset':
    case 'closeDevice':
    case 'openDevice':
    case 'fault':
    case 'breakDown':
      return true;
    default:
      return rows.some(({ kind }) => kind === 'error' || kind === 'violation' || kind === 'failure');
  }
}

/** The next row after one that a line of C brought about; from the top again after the last. Null: none did. */
export function rowAtPlace(
  steps: readonly TraceStep[],
  uri: string,
  line: number,
  after: RowPlace | null,
): RowPlace | null {
  const there = rowsOf(steps, 'all').filter(({ told: { location } }) => {
    if (location === null || location.uri !== uri) return false;
    return location.range.start.line <= line && line <= location.range.end.line;
  });
  const next = there.find((row) => after === null || isAfter(row, after));
  const found = next ?? there[0];
  return found === undefined ? null : { step: found.step, row: found.row };
}

/** The index of the last row that is not after a place; -1 when all are. */
export function indexAt(rows: readonly LaneRow[], place: RowPlace): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = rows[middle];
    if (found === undefined || isAfter(found, place)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

function isAfter(row: RowPlace, place: RowPlace): boolean {
  return row.step > place.step || (row.step === place.step && row.row > place.row);
}
