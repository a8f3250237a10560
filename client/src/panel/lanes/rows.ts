import type { TraceRow, TraceStep } from '../../../../server/src/wire';

/** A row of the lanes: what one of those who act did in a step. */
export interface LaneRow {
  readonly step: number;
  /** True for the first of its step. */
  readonly first: boolean;
  /** When its step happened, in microseconds. */
  readonly at: number;
  readonly row: TraceRow;
}

const known = new WeakMap<readonly TraceStep[], readonly LaneRow[]>();

/** All rows of a run's steps, in order. */
export function rowsOf(steps: readonly TraceStep[]): readonly LaneRow[] {
  const before = known.get(steps);
  if (before !== undefined) return before;
  const rows = steps.flatMap(({ at, rows: own }, step) =>
    own.map((row, index): LaneRow => ({ step, first: index === 0, at, row })),
  );
  known.set(steps, rows);
  return rows;
}

/** The next row after one that a line of C brought about; from the top again after the last. Null: none did. */
export function rowAtPlace(rows: readonly LaneRow[], uri: string, line: number, after: number): number | null {
  const isThere = ({ row }: LaneRow): boolean =>
    row.location !== null &&
    row.location.uri === uri &&
    row.location.range.start.line <= line &&
    line <= row.location.range.end.line;
  const next = rows.findIndex((row, index) => index > after && isThere(row));
  const found = next >= 0 ? next : rows.findIndex(isThere);
  return found >= 0 ? found : null;
}

/** The index of the first row of a step, or of the first after it when it has none. */
export function firstRowOf(rows: readonly LaneRow[], step: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.step ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
