/**
 * The lexer: one pass over C text, by character code, into flat arrays. Comments and white space vanish, preprocessor
 * directives are set apart, everything else is a token. It never fails: a byte that C does not know is a token too.
 */

/** Token codes; a one-character punctuator has its own character code (33 and up) instead. */
export const IDENT = 1;
export const NUMBER = 2;
export const STRING = 3;
export const CHAR = 4;
/** A punctuator of two or three characters. */
export const OPERATOR = 5;

/** Tokens as parallel arrays: `code[i]`, and the half-open range `start[i]` to `end[i]` in the text. */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly code: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** A preprocessor line: from its `#` to before the line feed that ends it, continuation lines included. */
export interface Directive {
  readonly start: number;
  readonly end: number;
  /** `ifdef`, `define`, ...; empty for a lone `#`. */
  readonly name: string;
  /** Where the text after the name starts. */
  readonly rest: number;
  /** Index of the first token after the directive. */
  readonly token: number;
}

export interface Lexed {
  readonly tokens: Tokens;
  readonly directives: readonly Directive[];
}

const SPACE = 1;
const WORD = 2;
const DIGIT = 4;
const classes = characterClasses();

function characterClasses(): Uint8Array {
  const table = new Uint8Array(128);
  for (const c of ' \t\n\r\v\f') table[c.charCodeAt(0)] = SPACE;
  for (let c = 48; c <= 57; c++) table[c] = WORD | DIGIT;
  for (let c = 65; c <= 90; c++) table[c] = WORD;
  for (let c = 97; c <= 122; c++) table[c] = WORD;
  table[95] = WORD;
  table[36] = WORD;
  return table;
}

const classOf = (c: number): number => (c < 128 ? (classes[c] ?? 0) : WORD);

const LF = 10;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const EQUALS = 61;
const BACKSLASH = 92;

/** Lexes all of `text`. With `directives` false a `#` is a token like any other: macro bodies have no directives. */
export function lex(text: string, directives = true): Lexed {
  const length = text.length;
  let capacity = (length >> 2) + 64;
  let code = new Uint8Array(capacity);
  let start = new Int32Array(capacity);
  let end = new Int32Array(capacity);
  let count = 0;
  const found: Directive[] = [];
  let i = 0;
  let lineStart = true;

  while (i < length) {
    const c = text.charCodeAt(i);
    const cls = classOf(c);
    if (cls === SPACE) {
      if (c === LF) lineStart = true;
      i++;
      continue;
    }
    if (c === BACKSLASH && isLineEnd(text, i + 1)) {
      i = text.indexOf('\n', i) + 1;
      continue;
    }
    if (c === SLASH) {
      const after = skipComment(text, i);
      if (after > i) {
        i = after;
        continue;
      }
    }
    if (c === HASH && lineStart && directives) {
      const directive = readDirective(text, i, count);
      found.push(directive);
      i = directive.end;
      continue;
    }
    lineStart = false;
    const from = i;
    let kind: number;
    if ((cls & DIGIT) !== 0 || (c === DOT && (classOf(text.charCodeAt(i + 1)) & DIGIT) !== 0)) {
      i = skipNumber(text, i);
      kind = NUMBER;
    } else if (cls === WORD) {
      i++;
      while (i < length && (classOf(text.charCodeAt(i)) & WORD) !== 0) i++;
      kind = IDENT;
      // L"..." and u8"..." are one literal.
      if (i - from <= 2 && text.charCodeAt(i) === QUOTE && isStringPrefix(text, from, i)) {
        i = skipQuoted(text, i, QUOTE);
        kind = STRING;
      }
    } else if (c === QUOTE || c === APOSTROPHE) {
      i = skipQuoted(text, i, c);
      kind = c === QUOTE ? STRING : CHAR;
    } else {
      const size = operatorLength(text, i, c);
      i += size;
      kind = size > 1 ? OPERATOR : c;
    }
    if (count === capacity) {
      capacity *= 2;
      code = grow(code, new Uint8Array(capacity));
      start = grow(start, new Int32Array(capacity));
      end = grow(end, new Int32Array(capacity));
    }
    code[count] = kind;
    start[count] = from;
    end[count] = i;
    count++;
  }
  return { tokens: { text, count, code, start, end }, directives: found };
}

function grow<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function isLineEnd(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === LF || (c === 13 && text.charCodeAt(at + 1) === LF);
}

function isStringPrefix(text: string, from: number, to: number): boolean {
  const prefix = text.slice(from, to);
  return prefix === 'L' || prefix === 'u8' || prefix === 'u' || prefix === 'U';
}

/** The offset after the comment that starts at `i`, or `i` when none does. An unclosed comment reaches the end. */
function skipComment(text: string, i: number): number {
  const next = text.charCodeAt(i + 1);
  if (next === STAR) {
    const close = text.indexOf('*/', i + 2);
    return close < 0 ? text.length : close + 2;
  }
  if (next === SLASH) return lineEnd(text, i + 2);
  return i;
}

/** The offset of the line feed that ends the logical line at `i`, or the text's end. */
function lineEnd(text: string, i: number): number {
  let at = i;
  for (;;) {
    const lf = text.indexOf('\n', at);
    if (lf < 0) return text.length;
    const before = text.charCodeAt(lf - 1) === 13 ? lf - 2 : lf - 1;
    if (before < i || text.charCodeAt(before) !== BACKSLASH) return lf;
    at = lf + 1;
  }
}

/** The offset after a quoted literal; one that the line's end leaves open ends there. */
function skipQuoted(text: string, open: number, quote: number): number {
  let i = open + 1;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === LF) return i;
    i += c === BACKSLASH ? (text.charCodeAt(i + 1) === 13 ? 3 : 2) : 1;
  }
  return text.length;
}

/** A preprocessing number: digits, letters, dots, and signs after an exponent. */
function skipNumber(text: string, from: number): number {
  let i = from + 1;
  const hexadecimal = text.charCodeAt(from) === 48 && (text.charCodeAt(i) | 32) === 120;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    // `1 ... 3` is sometimes written without spaces.
    if (c === DOT && text.charCodeAt(i + 1) === DOT) return i;
    if ((classOf(c) & WORD) !== 0 || c === DOT) {
      i++;
      continue;
    }
    const before = text.charCodeAt(i - 1) | 32;
    const exponent = hexadecimal ? before === 112 : before === 101;
    if ((c !== PLUS && c !== MINUS) || !exponent) return i;
    i++;
  }
  return i;
}

/** How many characters the punctuator that starts with `c` has. */
function operatorLength(text: string, i: number, c: number): number {
  const d = text.charCodeAt(i + 1);
  if (d === EQUALS) return '=!<>+-*/%&|^'.includes(text.charAt(i)) ? 2 : 1;
  if (c === DOT) return d === DOT && text.charCodeAt(i + 2) === DOT ? 3 : 1;
  if (c === MINUS && d === 62) return 2;
  if (c !== d) return 1;
  switch (c) {
    case 43: // ++
    case 45: // --
    case 38: // &&
    case 124: // ||
    case HASH: // ##
      return 2;
    case 60: // << and <<=
    case 62: // >> and >>=
      return text.charCodeAt(i + 2) === EQUALS ? 3 : 2;
    default:
      return 1;
  }
}

function readDirective(text: string, hash: number, token: number): Directive {
  let i = hash + 1;
  while (i < text.length && (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9)) i++;
  const from = i;
  while (i < text.length && (classOf(text.charCodeAt(i)) & WORD) !== 0) i++;
  return { start: hash, end: directiveEnd(text, i), name: text.slice(from, i), rest: i, token };
}

/** Where a directive ends: at its logical line's end, but never inside a comment or a string. */
function directiveEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === LF) return i;
    if (c === BACKSLASH) {
      i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === LF ? 3 : 2;
    } else if (c === SLASH) {
      i = Math.max(i + 1, skipComment(text, i));
    } else if (c === QUOTE || c === APOSTROPHE) {
      i = skipQuoted(text, i, c);
    } else {
      i++;
    }
  }
  return text.length;
}

/** The text of token `i`. */
export function tokenText(tokens: Tokens, i: number): string {
  return tokens.text.slice(tokens.start[i] ?? 0, tokens.end[i] ?? 0);
}
