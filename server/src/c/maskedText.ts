import type { Directive, Tokens } from './lex';

/** What stands in the place of a range of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all masks, comments and directives applied. */
export function renderMasked(tokens: Tokens, masks: readonly Edit[], directives: readonly Directive[]): string {
  const { text, count, start, end } = tokens;
  const edits = [...masks].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let at = 0;
  let edit = 0;
  // Everything between tokens becomes blank: that drops comments and directives without looking at them.
  const copy = (from: number, to: number): void => {
    if (from > at)
      parts.push(directives.length === 0 && isBlank(text, at, from) ? text.slice(at, from) : ' '.repeat(from - at));
    parts.push(text.slice(from, to));
    at = to;
  };
  for (let i = 0; i < count; i++) {
    const from = start[i] ?? 0;
    let next = edits[edit];
    if (next !== undefined && next.end <= from && next.start >= at) {
      parts.push(' '.repeat(next.start - at), next.text);
      at = next.end;
      next = edits[++edit];
    }
    if (next !== undefined && next.start <= from) {
      if (next.start > at) parts.push(' '.repeat(next.start - at));
      parts.push(next.text);
      at = next.end;
      edit++;
      while (i + 1 < count && (start[i + 1] ?? 0) < at) i++;
      continue;
    }
    copy(from, end[i] ?? from);
  }
  if (text.length > at) parts.push(' '.repeat(text.length - at));
  return parts.join('');
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}
