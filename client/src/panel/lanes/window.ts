/** Which rows of a long list are drawn, so that ten thousand cost no more than fifty. */
export interface RowWindow {
  readonly first: number;
  /** The index after the last. */
  readonly end: number;
}

/** Rows above and below what is seen, so that nothing is blank while the list moves. */
const spare = 12;

/** The rows to draw for a place of the scroll bar; all lengths are pixels. */
export function windowOf(count: number, rowHeight: number, scrollTop: number, height: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { first: Math.min(first, end), end };
}

/** Where to scroll so that a row is seen; null when it is already. */
export function scrollFor(row: number, rowHeight: number, scrollTop: number, height: number): number | null {
  const top = row * rowHeight;
  const isSeen = top >= scrollTop && top + rowHeight <= scrollTop + height;
  return isSeen ? null : Math.max(0, top - (height - rowHeight) / 2);
}
