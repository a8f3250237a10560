import type { ArcResult, ArcRow, WireLocation } from '../../server/src/wire';

/** An ordered pair of states. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** "RUNNING -> STOP" */
export function arcName({ from, to }: Pair): string {
  return `${from} -> ${to}`;
}

const resultWords: readonly (readonly [ArcResult, string])[] = [
  ['null', 'NULL'],
  ['new-file', 'new file'],
  ['session-file', 'session file'],
  ['unknown-file', 'a file or NULL'],
  ['unknown', 'undecided'],
  ['error', 'error'],
];

/** What can come out of an arc, in the words of the arc table: "new file or error". */
export function returnsText({ returns }: Pick<ArcRow, 'returns'>): string {
  return resultWords.flatMap(([result, word]) => (returns.includes(result) ? [word] : [])).join(' or ');
}

/** "main.c:12" */
export function placeName({ uri, range }: WireLocation): string {
  const file = uri.slice(uri.lastIndexOf('/') + 1);
  return `${decode(file)}:${range.start.line + 1}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
