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

/** The #include lines at the head of some definitions, apart from these. */
export interface Apart {
  /** Where a text has its own: behind the last that no #if is around. */
  readonly offset: number;
  /** Those that the text lacks; empty where it has them all. */
  readonly includes: string;
  readonly rest: string;
}

/** Takes the #include lines off definitions that come into a text; null where that has none of its own to put them behind. */
export function includesApart(text: string, definitions: string): Apart | null {
  const there = inclusionsOf(text);
  const last = there.findLast(({ depth }) => depth === 0);
  const [head = ''] = /^(?:#include .*\n)*\n?/.exec(definitions) ?? [];
  if (last === undefined) return null;
  const names = new Set(there.map(({ name }) => name));
  const lacking = inclusionsOf(head).filter(({ name }) => !names.has(name));
  const includes = lacking.map(({ name }) => `\n#include ${name}`).join('');
  return { offset: last.end, includes, rest: definitions.slice(head.length) };
}

/** The #include lines of a text, each with the number of #if that are around it. */
function inclusionsOf(
  text: string,
): readonly { readonly name: string; readonly end: number; readonly depth: number }[] {
  const found: { name: string; end: number; depth: number }[] = [];
  let depth = 0;
  for (const line of text.matchAll(/^[ \t]*#[ \t]*(if|endif|include)(?:[ \t]*([<"][^>"\n]+[>"]))?[^\r\n]*/gm)) {
    const [all, directive, name] = line;
    if (!isCode(text, line.index)) continue;
    if (directive === 'if') depth++;
    else if (directive === 'endif') depth--;
    else if (name !== undefined) found.push({ name, end: line.index + all.length, depth });
  }
  return found;
}
