import type { Span } from '../c/ir';
import type { Wording } from '../mend';
import { worded } from '../mend';
import { commentsOf } from './comments';

/** Text to put at an offset. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** Why a reason can not be written into a comment, as a sentence; null when it can. */
export function reasonFault(reason: string): Wording | null {
  if (reason.trim() === '') return worded('A finding is only allowed with a reason.');
  if (/[\r\n\u2028\u2029]/.test(reason)) return worded('The reason has to be one line.');
  if (reason.includes('*/')) return worded('The reason can not have "*/" in it, which ends the comment.');
  return null;
}

/**
 * The comment that allows a rule's finding at an offset (without a reason it allows nothing yet): on a line of its own above, in the same indentation; behind a comment
 * there that allows another rule, since such a comment counts for the next line only; and before the finding's own text where a
 * line can not be put in between: in a macro's continued lines, or after a comment that ends in the finding's line.
 */
export function suppressionAt(text: string, offset: number, rule: string, reason: string): Insertion {
  const comment = `/* vfio-arcs: allow ${rule} -- ${reason.trim()}`.trimEnd().concat(' */');
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const comments = commentsOf(text);
  const above = allowingAbove(text, comments, lineStart);
  if (above !== null) return { offset: above.end, text: ` ${comment}` };
  const isContinued = /\\\r?\n$/.test(text.slice(0, lineStart));
  const isInComment = comments.some(({ start, end }) => start < lineStart && lineStart < end);
  if (isContinued || isInComment) return { offset, text: `${comment} ` };
  const indent = /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
  const lineEnd = /\r\n|\n/.exec(text)?.[0] ?? '\n';
  return { offset: lineStart, text: `${indent}${comment}${lineEnd}` };
}

/** A block comment that allows something and is the last thing before the line. */
function allowingAbove(text: string, comments: readonly Span[], lineStart: number): Span | null {
  const last = comments.filter(({ end }) => end < lineStart).at(-1);
  if (last === undefined || !/^[ \t]*\r?\n$/.test(text.slice(last.end, lineStart))) return null;
  return /^\/\*\s*vfio-arcs:\s*allow\b/.test(text.slice(last.start, last.end)) ? last : null;
}
