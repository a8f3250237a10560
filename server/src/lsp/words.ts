import type { Span } from '../c/ir';

/** An identifier of the code. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** What is no code: comments, strings, characters. A string that is not closed ends with its line, as compilers take it. */
const notCode =
  /\/\/(?:\\\r?\n|\\\r|[^\r\n])*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\\r\n|\\[\s\S]|[^"\\\r\n])*"?|'(?:\\\r\n|\\[\s\S]|[^'\\\r\n])*'?/g;

/**
 * The identifier at an offset, or that ends there, or whose sign is there, as in `-EINVAL`, where a finding begins; null in
 * comments and strings, and where there is none.
 */
export function wordAt(text: string, offset: number): Word | null {
  const isPart = (at: number) => at >= 0 && at < text.length && /[A-Za-z0-9_]/.test(text.charAt(at));
  let start = offset;
  while (isPart(start - 1)) start--;
  if (start === offset && /^[-!~&*][A-Za-z_]/.test(text.slice(offset, offset + 2))) start++;
  let end = Math.max(start, offset);
  while (isPart(end)) end++;
  if (start === end || /[0-9]/.test(text.charAt(start))) return null;
  return isCode(text, start) ? { text: text.slice(start, end), span: { start, end } } : null;
}

/** True when the offset is in no comment, string or character constant. */
export function isCode(text: string, offset: number): boolean {
  notCode.lastIndex = 0;
  for (let match = notCode.exec(text); match !== null && match.index <= offset; match = notCode.exec(text)) {
    if (offset < match.index + match[0].length) return false;
  }
  return true;
}

/** All identifiers of the code in order, in time that grows with the text. */
export function* wordsOf(text: string): Generator<Word> {
  const pattern = new RegExp(`${notCode.source}|(?<!\\w)[A-Za-z_]\\w*`, 'g');
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [found] = match;
    if (/^[A-Za-z_]/.test(found)) yield { text: found, span: { start: match.index, end: match.index + found.length } };
  }
}

/** The identifiers that begin between two offsets. */
export function wordsBetween(text: string, start: number, end: number): readonly Word[] {
  const found: Word[] = [];
  for (const word of wordsOf(text)) {
    if (word.span.start >= end) break;
    if (word.span.start >= start) found.push(word);
  }
  return found;
}
