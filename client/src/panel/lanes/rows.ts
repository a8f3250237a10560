import type { TraceRow, TraceStep } from '../../../../server/src/wire';
import type { Detail, RowPlace } from '../model';

/** A row of the lanes: what one of those who act did in a step. */
export interface LaneRow extends RowPlace {
  readonly told: TraceRow;
  /** Of the step, in microseconds. */
  readonly at: number;
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
    detail === 'all' || isAboutStates(step)
      ? step.rows.map((told, row) => ({ step: index, row, told, at: step.at }))
      : [],
  );
  known[detail].set(steps, rows);
  return rows;
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
  const next = there.find(
    ({ step, row }) => after === null || step > after.step || (step === after.step && row > after.row),
  );
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
    const isAfter =
      found === undefined || found.step > place.step || (found.step === place.step && found.row > place.row);
    if (isAfter) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
