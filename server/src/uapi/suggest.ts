/** What containing the whole key counts as, in letters: worse than one slip of the finger, better than two. */
const containing = 1.5;
/** A shorter key is contained in too many spellings to say anything. */
const shortestPart = 3;

/**
 * The texts whose spelling is near to `key`, nearest first, equally near ones in the map's order, each text once.
 * Near: at most a third of the letters differ, or the key is a part of the spelling. `spellings` leads from what is
 * compared to what is shown.
 */
export function nearest(key: string, spellings: ReadonlyMap<string, string>, limit: number): string[] {
  const ranked = [...spellings].flatMap(([spelling, shown]) => {
    const edits = editDistance(key, spelling);
    const contains = key.length >= shortestPart && spelling.includes(key);
    const distance = contains ? Math.min(edits, containing) : edits;
    const near = contains || edits * 3 <= Math.max(key.length, spelling.length);
    return near ? [{ shown, distance, edits }] : [];
  });
  ranked.sort((a, b) => a.distance - b.distance || a.edits - b.edits);
  return [...new Set(ranked.map(({ shown }) => shown))].slice(0, Math.max(0, limit));
}

/** How many letters must be put in, left out, replaced or swapped with their neighbour to make `b` of `a`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + differs);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, at(beforeLast, column - 2) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
