/** Replaces the text between two offsets of a file: `start === end` inserts, an empty `text` removes. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What came of a way that was tried: the driver still answers as if it had not been written, or something else. */
export type Trial = 'unreached' | 'other';

/** Ways to mend something, the most fitting first, each as edits; told what came of the last one before giving the next. */
export type Ways = Generator<readonly Edit[], void, Trial | undefined>;

/**
 * The text of a file after its edits, whose offsets all count in the text before; edits must not overlap. Lines end as the
 * file's do.
 */
export function applied(text: string, edits: readonly Edit[]): string {
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, edit.start) + edit.text.replace(/\r?\n/g, newline);
    at = edit.end;
  }
  return result + text.slice(at);
}
