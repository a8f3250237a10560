import { CALLED_ATTRIBUTES, KEYWORDS, RESERVED, TAG_WORDS } from './idioms';
import { IDENT, type Tokens, tokenText } from './lex';

/**
 * Splits a file into its top-level items by brackets alone, and finds back into step after broken text by the kernel's
 * habit of starting definitions at column 0. So an item is parsed and lowered by itself, an edit touches one item, and a
 * missing brace spoils one function only.
 */

export type ItemKind =
  | 'function'
  /** Types and variables. */
  | 'declaration'
  | 'prototype'
  /** A macro invocation by itself: MODULE_LICENSE("GPL"); */
  | 'macro'
  /** Text that is no C at the top level. */
  | 'stray';

export interface Item {
  readonly kind: ItemKind;
  /** Token range. */
  readonly first: number;
  readonly last: number;
  /** Token of a function's name, or of an invoked macro's; -1 when there is none. */
  readonly name: number;
  /** Tokens before this one are the head: all up to a body's brace or an initialiser's `=`. */
  readonly headEnd: number;
  readonly isStatic: boolean;
  /** The brackets do not match: what stands in it can not be trusted to be where it seems. */
  readonly damaged: boolean;
}

const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const SEMICOLON = 59;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COLON = 58;

/** More resynchronisations than this are not worth their time: the rest of the file is then one damaged item. */
const MAX_RESYNC = 64;
/** How many items before a stray brace may be pieces of one broken function. */
const MAX_ABSORBED = 100;
/** How far a function's head may reach, in tokens. */
const MAX_HEAD = 400;

/** The items of a token list, in order, without gaps between their tokens. */
export function splitItems(tokens: Tokens): Item[] {
  const items: Item[] = [];
  let at = 0;
  let resyncs = 0;
  while (at < tokens.count) {
    if (tokens.code[at] === CLOSE_BRACE) {
      absorbStray(tokens, items, at);
      at++;
      continue;
    }
    const item = readItem(tokens, at, resyncs < MAX_RESYNC);
    if (item.damaged) resyncs++;
    items.push(item);
    at = item.last;
  }
  return items;
}

/** A closing brace too many, or one whose opening is missing: the text back to the last definition's head belongs to it. */
function absorbStray(tokens: Tokens, items: Item[], brace: number): void {
  let from = items.length - 1;
  const limit = Math.max(0, items.length - MAX_ABSORBED);
  while (from >= limit && !startsDefinition(tokens, items[from]?.first ?? 0)) from--;
  if (from < limit) from = -1;
  const first = from >= 0 ? (items[from]?.first ?? brace) : brace;
  if (from >= 0) items.length = from;
  items.push(describe(tokens, first, brace + 1, true));
}

/** A word at column 0 that is no statement's: the kernel's way to start a definition. */
function startsDefinition(tokens: Tokens, first: number): boolean {
  return atColumn0(tokens, first) && !RESERVED.has(tokenText(tokens, first));
}

function atColumn0(tokens: Tokens, i: number): boolean {
  const start = tokens.start[i] ?? 0;
  return start === 0 || tokens.text.charCodeAt(start - 1) === 10;
}

/** Reads the item that starts at token `first`. */
function readItem(tokens: Tokens, first: number, resync: boolean): Item {
  const { code, count } = tokens;
  let parens = 0;
  const braces: number[] = [];
  let body: 'none' | 'function' | 'data' = 'none';
  let equals = false;
  let weakHead = -1;
  let unmatched = false;
  for (let i = first; i < count; i++) {
    const c = code[i];
    const inside = parens > 0 || braces.length > 0;
    if (inside && c === IDENT && i > first && atColumn0(tokens, i) && resync) {
      // What began before that head has begun where it first looks so.
      if (isFunctionHead(tokens, i)) return describe(tokens, first, weakHead > first ? weakHead : i, true);
      if (weakHead < 0 && isWeakHead(tokens, i)) weakHead = i;
    }
    switch (c) {
      case OPEN_PAREN:
      case OPEN_BRACKET:
        parens++;
        break;
      case CLOSE_PAREN:
      case CLOSE_BRACKET:
        if (parens > (braces.at(-1) ?? 0)) parens--;
        else unmatched = true;
        if (parens === 0 && braces.length === 0 && isLoneInvocation(tokens, first, i)) {
          return describe(tokens, first, i + 1, false);
        }
        break;
      case OPEN_BRACE:
        if (braces.length === 0 && body === 'none')
          body = equals || opensType(tokens, first, i) || parens > 0 ? 'data' : 'function';
        braces.push(parens);
        break;
      case CLOSE_BRACE: {
        const before = braces.pop();
        if (before === undefined) return describe(tokens, first, i, true);
        parens = before;
        if (braces.length > 0 || parens > 0) break;
        if (body === 'function') return describe(tokens, first, i + 1, unmatched);
        const next = code[i + 1];
        if (next !== SEMICOLON && i + 1 < count && next !== EQUALS && atColumn0(tokens, i + 1)) {
          return describe(tokens, first, i + 1, true);
        }
        break;
      }
      case EQUALS:
        if (!inside) equals = true;
        break;
      case SEMICOLON:
        if (braces.length > 0) break;
        if (parens === 0) return describe(tokens, first, i + 1, unmatched);
        if (i + 1 < count && atColumn0(tokens, i + 1)) return describe(tokens, first, i + 1, true);
        break;
      default:
    }
  }
  const end = weakHead > first ? weakHead : count;
  return describe(tokens, first, end, true);
}

/** `NAME(...)` with nothing after it on its line: a file-scope macro without semicolon. */
function isLoneInvocation(tokens: Tokens, first: number, close: number): boolean {
  if (tokens.code[first] !== IDENT || tokens.code[first + 1] !== OPEN_PAREN) return false;
  const next = close + 1;
  if (next >= tokens.count) return true;
  const c = tokens.code[next];
  if (c === SEMICOLON || c === OPEN_BRACE || c === EQUALS) return false;
  return (
    tokens.text.slice(tokens.end[close], tokens.start[next]).includes('\n') &&
    (tokens.code[first + 2] !== 42 || c === IDENT)
  );
}

/** True when the brace at `brace` opens the members of a struct, union or enum. */
function opensType(tokens: Tokens, first: number, brace: number): boolean {
  let i = brace - 1;
  // Attributes may stand between the name and the brace.
  while (i >= first && (tokens.code[i] === IDENT || tokens.code[i] === CLOSE_PAREN)) {
    if (tokens.code[i] === CLOSE_PAREN) {
      i = openingOf(tokens, i, first) - 1;
      if (tokens.code[i] !== IDENT || !CALLED_ATTRIBUTES.has(tokenText(tokens, i))) return false;
    } else if (TAG_WORDS.has(tokenText(tokens, i))) {
      return true;
    }
    i--;
  }
  return false;
}

function openingOf(tokens: Tokens, close: number, first: number): number {
  let depth = 0;
  for (let i = close; i >= first; i--) {
    if (tokens.code[i] === CLOSE_PAREN) depth++;
    else if (tokens.code[i] === OPEN_PAREN && --depth === 0) return i;
  }
  return first;
}

/** `type name(...)` and then `{` at column 0: nothing but a function definition looks like this. */
function isFunctionHead(tokens: Tokens, at: number): boolean {
  const { code, count } = tokens;
  let words = 0;
  let i = at;
  for (; i < count && i < at + 16; i++) {
    const c = code[i];
    if (c === IDENT) {
      if (KEYWORDS.has(tokenText(tokens, i))) return false;
      words++;
    } else if (c === OPEN_PAREN) {
      break;
    } else if (c !== 42) {
      return false;
    }
  }
  if (words < 2 || code[i] !== OPEN_PAREN) return false;
  let depth = 0;
  for (const limit = Math.min(count, at + MAX_HEAD); i < limit; i++) {
    const c = code[i];
    if (c === OPEN_PAREN) depth++;
    else if (c === CLOSE_PAREN) depth--;
    else if (c === OPEN_BRACE) return depth === 0 && atColumn0(tokens, i);
    else if (c === SEMICOLON || c === CLOSE_BRACE) return false;
  }
  return false;
}

/** A word at column 0 that may start a definition; a label does not. */
function isWeakHead(tokens: Tokens, i: number): boolean {
  if (tokens.code[i + 1] === COLON) return false;
  const next = tokens.code[i + 1];
  return !KEYWORDS.has(tokenText(tokens, i)) && (next === IDENT || next === OPEN_PAREN);
}

/** Says what the tokens from `first` to before `last` are. */
export function describe(tokens: Tokens, first: number, last: number, damaged: boolean): Item {
  const { code } = tokens;
  let depth = 0;
  let call = -1;
  let headEnd = last;
  let body = -1;
  let equals = false;
  let isStatic = false;
  let comma = false;
  for (let i = first; i < last; i++) {
    const c = code[i];
    if (depth === 0) {
      if (c === IDENT) {
        if (tokenText(tokens, i) === 'static') isStatic = true;
        if (code[i + 1] === OPEN_PAREN && call < 0 && i + 1 < last && !isAttributeCall(tokens, i)) call = i;
      } else if (c === EQUALS || c === OPEN_BRACE) {
        headEnd = i;
        equals = c === EQUALS;
        if (c === OPEN_BRACE) body = i;
        break;
      } else if (c === 44 && call < 0) {
        comma = true;
      }
    }
    if (c === OPEN_PAREN || c === OPEN_BRACKET) depth++;
    else if ((c === CLOSE_PAREN || c === CLOSE_BRACKET) && depth > 0) depth--;
  }
  const shape = { first, last, headEnd, isStatic, damaged };
  const firstWord = code[first] === IDENT ? tokenText(tokens, first) : '';
  // A semicolon too many declares nothing.
  if (last === first + 1 && code[first] === SEMICOLON) return { ...shape, kind: 'declaration', name: -1 };
  if (firstWord === '') return { ...shape, kind: 'stray', name: -1 };
  if (firstWord === 'typedef' || equals || (body >= 0 && opensType(tokens, first, body))) {
    return { ...shape, kind: 'declaration', name: -1 };
  }
  if (body >= 0) return { ...shape, kind: call < 0 ? 'stray' : 'function', name: call };
  if (damaged && call > first && code[last - 1] === CLOSE_BRACE) return { ...shape, kind: 'function', name: call };
  if (call === first) return { ...shape, kind: 'macro', name: call };
  if (call > first && !comma) return { ...shape, kind: 'prototype', name: call };
  return { ...shape, kind: 'declaration', name: -1 };
}

function isAttributeCall(tokens: Tokens, i: number): boolean {
  const word = tokenText(tokens, i);
  return CALLED_ATTRIBUTES.has(word) || KEYWORDS.has(word);
}
