import { lex } from '../c/lex';
import { isCode } from './words';

/**
 * The first place for new definitions at or behind an offset: a blank line between others, else the end of the text. What is
 * unfinished there, as a function while it is typed, has no such line.
 */
export function placeForDefinitions(text: string, offset: number): number {
  const { tokens } = lex(text);
  let depth = 0;
  let next = 0;
  let isBetween = true;
  for (const blank of text.matchAll(/^[ \t]*\r?$/gm)) {
    const line = blank.index;
    for (; next < tokens.count && (tokens.start[next] ?? 0) < line; next++) {
      const token = text.slice(tokens.start[next], tokens.end[next]);
      if (/^[([{]$/.test(token)) depth++;
      else if (/^[)\]}]$/.test(token)) depth = Math.max(0, depth - 1);
      isBetween = depth === 0 && (token === ';' || token === '}');
    }
    if (line + blank[0].length >= offset && line < text.length && isBetween && isCode(text, line)) return line;
  }
  return text.length;
}

/** Definitions as they are put there: a blank line is between them and what is above. */
export function asOwnDefinitions(text: string, offset: number, definitions: string): string {
  const before = text.slice(0, offset);
  if (before.trim() === '' || /\n[ \t]*\r?\n$/.test(before)) return definitions;
  return `${before.endsWith('\n') ? '\n' : '\n\n'}${definitions}`;
}
