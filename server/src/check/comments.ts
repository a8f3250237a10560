import type { Span } from '../c/ir';

/** The comments of a C text, delimiters included; what looks like one inside a string is none. */
export function commentsOf(text: string): readonly Span[] {
  const comments: Span[] = [];
  // One alternative per token that can hide a comment's start from us; an open one runs to the end of line or text.
  const token = /\/\*[\s\S]*?(?:\*\/|$)|\/\/(?:\\\r?\n|[^\n])*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0].startsWith('/')) {
      comments.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return comments;
}
