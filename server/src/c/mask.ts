import {
  ATTRIBUTES,
  CALLED_ATTRIBUTES,
  INTEGER_TYPES,
  isTypeName,
  KEYWORDS,
  QUALIFIERS,
  TAG_WORDS,
  TYPE_WORDS,
} from './idioms';
import { type Directive, IDENT, NUMBER, OPERATOR, STRING, type Tokens, tokenText } from './lex';
import { type Edit, renderMasked } from './maskedText';

/**
 * Makes an item's text readable for a C grammar that knows no macros: same length, so every offset stays true. What a
 * mask hides is remembered by offset for lowering. Node text is always read from the unmasked text.
 */

export type Mask =
  /** The identifier here stands for a type. */
  | { readonly k: 'type'; readonly text: string }
  /** The `while` here is a foreign loop macro. */
  | { readonly k: 'loop'; readonly name: string }
  /** The `if` here is a macro whose body runs once. */
  | { readonly k: 'once'; readonly name: string; readonly failure: 'return' | 'goto' | null }
  /** The `~` here is another unary operator. */
  | { readonly k: 'operator'; readonly text: string }
  /** The `int` here is a macro that makes members. */
  | { readonly k: 'members' }
  /** The member here is a bit-field without a name. */
  | { readonly k: 'unnamed' }
  /** The `||` here is the `...` of a case range. */
  | { readonly k: 'range' };

export interface Masked {
  readonly text: string;
  readonly masks: ReadonlyMap<number, Mask>;
}

const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const STAR = 42;
const COLON = 58;
const BRACE = 123;

/** Masks `tokens` (all of an item's text) and its directives. Tokens before `code` are declarations, not code. */
export function maskItem(tokens: Tokens, directives: readonly Directive[], codeFrom: number): Masked {
  const masker = new Masker(tokens, codeFrom);
  masker.run();
  return { text: renderMasked(tokens, masker.edits, directives), masks: masker.masks };
}

/** Words after which the type itself is still to come. */
const NO_TYPE_YET: ReadonlySet<string> = new Set([
  ...QUALIFIERS,
  ...TAG_WORDS,
  'static',
  'extern',
  'inline',
  '__inline',
  '__inline__',
  'register',
  'typedef',
  'unsigned',
  'signed',
]);
/** What stands for a macro that makes members of a struct. */
const MEMBER = 'int _';
/** How far the end of a parenthesis is looked for, in tokens. */
const MAX_ARGUMENTS = 2_000;

class Masker {
  readonly masks = new Map<number, Mask>();
  readonly edits: Edit[] = [];

  constructor(
    private readonly tokens: Tokens,
    private readonly codeFrom: number,
  ) {}

  run(): void {
    const { code, count } = this.tokens;
    for (let i = 0; i < count; i++) {
      if (code[i] === OPERATOR) {
        if (this.word(i) === '...' && i >= this.codeFrom) this.caseRange(i);
        continue;
      }
      if (code[i] === COLON) i < this.codeFrom ? this.unnamedBits(i) : this.endLabel(i);
      if (code[i] !== IDENT) continue;
      const word = this.word(i);
      if (word.startsWith('__') || ATTRIBUTES.has(word)) {
        const after = this.attribute(i, word);
        if (after > i) {
          i = after - 1;
          continue;
        }
      }
      if (word.startsWith('typeof') || word.startsWith('__typeof')) {
        const after = this.typeOf(i, word);
        if (after > i) {
          i = after - 1;
          continue;
        }
      }
      if (i < this.codeFrom) {
        const after = this.memberMacro(i, word);
        if (after > i) i = after - 1;
        continue;
      }
      if (i > 0 && code[i - 1] === OPEN && this.redundantParentheses(i, word)) continue;
      if (code[i + 1] === OPEN) {
        // The grammar's own offsetof takes no nested member; as a call it may have anything.
        if (word === 'offsetof') this.replace(i, i, 'offset_f');
        else if (!KEYWORDS.has(word)) this.block(i, word);
        continue;
      }
      const before = i > 0 ? (code[i - 1] ?? 0) : 0;
      if (before === OPEN || before === COMMA) {
        const after = this.typeArgument(i, word);
        if (after > i) i = after - 1;
        else if (before === OPEN) this.cast(i, word);
      }
    }
  }

  private word(i: number): string {
    return tokenText(this.tokens, i);
  }

  private startOf(i: number): number {
    return this.tokens.start[i] ?? 0;
  }

  private endOf(i: number): number {
    return this.tokens.end[i] ?? 0;
  }

  private replace(first: number, last: number, text: string): void {
    const start = this.startOf(first);
    const end = this.endOf(last);
    this.edits.push({ start, end, text: text.padEnd(end - start).slice(0, end - start) });
  }

  private closing(open: number): number {
    const { code } = this.tokens;
    const limit = Math.min(this.tokens.count, open + MAX_ARGUMENTS);
    let depth = 0;
    for (let i = open; i < limit; i++) {
      const c = code[i];
      if (c === OPEN) depth++;
      else if (c === CLOSE && --depth === 0) return i;
      else if (c === 59 && depth === 0) return -1;
    }
    return -1;
  }

  /** Blanks an annotation; returns the token after it, or `i` when it is none. */
  private attribute(i: number, word: string): number {
    const { code } = this.tokens;
    const called = code[i + 1] === OPEN;
    if (called && CALLED_ATTRIBUTES.has(word)) {
      const close = this.closing(i + 1);
      if (close < 0) return i;
      this.replace(i, close, '');
      return close + 1;
    }
    if (!called && (ATTRIBUTES.has(word) || this.isAnnotation(i, code[i + 1]))) {
      this.replace(i, i, '');
      return i + 1;
    }
    return i;
  }

  /** `DECLARE_BITMAP(name, bits);` among members becomes one member; returns the token after it, or `i` when it is none. */
  private memberMacro(i: number, word: string): number {
    const { code } = this.tokens;
    if (code[i + 1] !== OPEN || code[i + 2] === STAR || KEYWORDS.has(word) || isTypeName(word)) return i;
    if (i === 0 || (code[i - 1] !== 59 && code[i - 1] !== BRACE)) return i;
    const close = this.closing(i + 1);
    if (close < 0 || code[close + 1] !== 59 || this.endOf(close) - this.startOf(i) < MEMBER.length) return i;
    this.replace(i, close, MEMBER);
    this.masks.set(this.startOf(i), { k: 'members' });
    return close + 1;
  }

  /** `u32 :8;` gets the name that the grammar wants. */
  private unnamedBits(colon: number): void {
    const { code } = this.tokens;
    let type = colon;
    while (code[type - 1] === IDENT) type--;
    const begins = code[type - 1] === 59 || code[type - 1] === BRACE;
    const isType = type + 1 === colon || (type < colon && isTypeName(this.word(colon - 1)));
    if (code[colon - 1] !== COMMA && (!begins || !isType)) return;
    let last = colon;
    while (last + 1 < this.codeFrom && code[last + 1] !== 59 && code[last + 1] !== COMMA) last++;
    if (last === colon) return;
    this.replace(colon, last, ' _');
    this.masks.set(this.startOf(colon) + 1, { k: 'unnamed' });
  }

  /** An unknown `__word` between a type and a name, or after a name: two names in a row are nothing else. */
  private isAnnotation(i: number, next: number | undefined): boolean {
    const { code } = this.tokens;
    const before = i > 0 ? this.word(i - 1) : '';
    if (code[i - 1] === STAR) return next === IDENT && !KEYWORDS.has(this.word(i + 1)) && i < this.codeFrom;
    if (code[i - 1] !== IDENT || KEYWORDS.has(before) || NO_TYPE_YET.has(before)) return false;
    // At the end of a declaration it is what is declared, unless another name with its type comes before.
    if (next === 59 || next === 61)
      return code[i - 2] === STAR || (code[i - 2] === IDENT && !NO_TYPE_YET.has(this.word(i - 2)));
    return next === IDENT || next === STAR || next === BRACE;
  }

  /** `typeof(x)` where a type is wanted becomes one type name. */
  private typeOf(i: number, word: string): number {
    if (!KEYWORDS.has(word) || this.tokens.code[i + 1] !== OPEN) return i;
    const close = this.closing(i + 1);
    if (close < 0) return i;
    const text = this.tokens.text.slice(this.startOf(i), this.endOf(close));
    this.replace(i, close, identifier(text));
    this.masks.set(this.startOf(i), { k: 'type', text });
    return close + 1;
  }

  /** A label at the end of a block, as C has it since 2023, gets the empty statement that the grammar wants. */
  private endLabel(colon: number): void {
    const end = this.endOf(colon);
    if (this.tokens.code[colon + 1] === 125 && this.startOf(colon + 1) > end)
      this.edits.push({ start: end, end: end + 1, text: ';' });
  }

  /** `case A ... B:` */
  private caseRange(i: number): void {
    for (let k = i - 1; k >= 0 && k > i - 40; k--) {
      const c = this.tokens.code[k];
      if (c === 59 || c === BRACE || c === 125 || c === 91) return;
      if (c !== IDENT || this.word(k) !== 'case') continue;
      this.replace(i, i, '|| ');
      this.masks.set(this.startOf(i), { k: 'range' });
      return;
    }
  }

  /** A type that is an argument of a call, from token `i`; returns the token after it, or `i` when it is none. */
  private typeArgument(i: number, word: string): number {
    const { code } = this.tokens;
    const tagged = TAG_WORDS.has(word);
    if (!tagged && !QUALIFIERS.has(word) && !TYPE_WORDS.has(word) && code[i + 1] !== STAR) return i;
    let k = i;
    let certain = false;
    for (; ; k++) {
      if (code[k] !== IDENT) break;
      const w = this.word(k);
      if (TAG_WORDS.has(w)) {
        if (code[k + 1] !== IDENT) return i;
        certain = true;
        k++;
      } else if (TYPE_WORDS.has(w)) certain = true;
      else if (!QUALIFIERS.has(w)) {
        if (certain) break;
        k++;
        break;
      }
    }
    const stars = k;
    while (code[k] === STAR || (k > stars && code[k] === IDENT && QUALIFIERS.has(this.word(k)))) k++;
    if (!certain && k === stars) return i;
    if (code[k] !== COMMA && code[k] !== CLOSE) return i;
    if (!this.isCall(this.enclosing(i))) return i;
    const text = this.tokens.text.slice(this.startOf(i), this.endOf(k - 1));
    this.replace(i, k - 1, identifier(text));
    this.masks.set(this.startOf(i), { k: 'type', text });
    return k;
  }

  /** The parenthesis that token `i` is in; -1 when none is open before it. */
  private enclosing(i: number): number {
    const { code } = this.tokens;
    let depth = 0;
    for (let at = i - 1; at >= 0 && at > i - MAX_ARGUMENTS; at--) {
      const c = code[at];
      if (c === CLOSE) depth++;
      else if (c === OPEN && depth-- === 0) return at;
      else if (c === 59 || c === BRACE) return -1;
    }
    return -1;
  }

  /** True when the parenthesis at `open` holds a call's arguments. */
  private isCall(open: number): boolean {
    const before = open - 1;
    return before >= 0 && this.tokens.code[before] === IDENT && !KEYWORDS.has(this.word(before));
  }

  /** `(u32)(x)` and `(foo_t)-x` would be a call and a difference: a type that the grammar knows makes them casts. */
  private cast(i: number, word: string): void {
    const { code } = this.tokens;
    if (code[i + 1] !== CLOSE || this.isOperandBefore(i - 1)) return;
    if (!INTEGER_TYPES.has(word) && !word.endsWith('_t')) return;
    const next = code[i + 2];
    const operand =
      next === OPEN || next === 38 || next === STAR || next === 45 || next === 43 || next === 126 || next === 33;
    if (!operand && next !== IDENT && next !== NUMBER && next !== STRING) return;
    if (word.length < 3) {
      // No type that the grammar knows is as short as `u8`, but only a cast can stand before `~`.
      if (!operand || next === OPEN || next === 126 || next === 33) return;
      this.masks.set(this.startOf(i + 2), { k: 'operator', text: this.word(i + 2) });
      this.replace(i + 2, i + 2, '~');
      return;
    }
    this.replace(i, i, 'int');
    this.masks.set(this.startOf(i), { k: 'type', text: word });
  }

  /** `(x) && y` and `(f(x)) && y` may be casts of `&&y` to the grammar; without the parentheses they are not. */
  private redundantParentheses(i: number, word: string): boolean {
    const { code } = this.tokens;
    const close = this.endOfOperand(i);
    if (close < 0) return false;
    const next = code[close + 1];
    const ambiguous = next === 38 || next === STAR || next === 45 || next === 43 || this.word(close + 1) === '&&';
    if (!ambiguous || isTypeName(word) || word.endsWith('_t') || KEYWORDS.has(word)) return false;
    const before = i - 2;
    if (code[before] === IDENT && this.word(before) !== 'return' && this.word(before) !== 'case') return false;
    if (code[before] === 93 || (code[before] === CLOSE && this.isOperandBefore(this.opening(before)))) return false;
    this.replace(i - 1, i - 1, '');
    this.replace(close, close, '');
    return close === i + 1;
  }

  /** The parenthesis that closes behind a name, its arguments and its indices; -1 when something else follows. */
  private endOfOperand(i: number): number {
    const { code } = this.tokens;
    let at = i + 1;
    for (let depth = 0; at < this.tokens.count && at < i + MAX_ARGUMENTS; at++) {
      const c = code[at];
      // The star of a pointer to a function, which makes the whole a type.
      if (c === STAR && code[at - 1] === OPEN) return -1;
      if (c === OPEN || c === 91) depth++;
      else if (depth === 0) return c === CLOSE ? at : -1;
      else if (c === CLOSE || c === 93) depth--;
    }
    return -1;
  }

  private opening(close: number): number {
    const limit = Math.max(0, close - MAX_ARGUMENTS);
    let depth = 0;
    for (let i = close; i >= limit; i--) {
      if (this.tokens.code[i] === CLOSE) depth++;
      else if (this.tokens.code[i] === OPEN && --depth === 0) return i;
    }
    return 0;
  }

  /** True when a parenthesis at `open` follows an operand, so that it can not start a cast. */
  private isOperandBefore(open: number): boolean {
    const c = open > 0 ? this.tokens.code[open - 1] : undefined;
    if (c === IDENT) {
      const word = this.word(open - 1);
      return !KEYWORDS.has(word) || word === 'sizeof' || word.includes('alignof');
    }
    return c === CLOSE || c === 93;
  }

  /** `name(...) {` in code: a macro that is a statement's head. */
  private block(i: number, word: string): void {
    const { code } = this.tokens;
    if (!this.startsStatement(i)) return;
    const loop = /for_each|foreach/.test(word);
    const once = /^(scoped_|with_|.*_scoped$)/.test(word) && !loop;
    const close = this.closing(i + 1);
    if (close < 0 || close === i + 2) return;
    const next = code[close + 1];
    const heads = next === BRACE || ((loop || once) && (next === IDENT || next === STAR));
    if (!heads) {
      this.separate(i, close, next);
      return;
    }
    if (once) {
      this.replace(i, i, 'if');
      this.masks.set(this.startOf(i), { k: 'once', name: word, failure: this.failure(i + 1, close) });
    } else if (word.length >= 5) {
      this.replace(i, i, 'while');
      this.masks.set(this.startOf(i), { k: 'loop', name: word });
    }
  }

  /** `MACRO(x)` alone on its line brings its own semicolon, or comma in an initialiser; the grammar wants to see it. */
  private separate(i: number, close: number, next: number | undefined): void {
    const end = this.endOf(close);
    const ends = next === IDENT || (this.inList ? next === 46 || next === 91 : next === 125);
    const between = this.tokens.text.slice(end, this.startOf(close + 1));
    if (!ends || !between.includes('\n')) return;
    if (!this.inList && !/^[A-Z0-9_]+$/.test(this.word(i)) && this.mayBeHead(i, close)) return;
    this.edits.push({ start: end, end: end + 1, text: this.inList ? ',' : ';' });
  }

  /**
   * What is indented more than `name(x)` belongs to it: it is a head, perhaps of an `if` that is not typed to its end. And
   * where it is all of an unbraced body, what follows it in line may be of that body, too.
   */
  private mayBeHead(i: number, close: number): boolean {
    const own = this.indentation(close);
    const next = this.indentation(close + 1);
    const isBody = this.tokens.code[i - 1] === CLOSE && this.indentation(i - 1) < own;
    return next > own || (isBody && next === own);
  }

  /** Width of the white space at the beginning of a token's line. */
  private indentation(i: number): number {
    const { text } = this.tokens;
    const line = text.lastIndexOf('\n', this.startOf(i) - 1) + 1;
    return /^[ \t]*/.exec(text.slice(line, this.startOf(i)))?.[0].replace(/\t/g, '        ').length ?? 0;
  }

  /** The code is an initialiser. */
  private get inList(): boolean {
    return this.tokens.code[this.codeFrom] === 61;
  }

  /** Blanks the `return` in `scoped_cond_guard(lock, return -EINTR, &l)`. */
  private failure(open: number, close: number): 'return' | 'goto' | null {
    let found: 'return' | 'goto' | null = null;
    for (let k = open + 1; k < close; k++) {
      if (this.tokens.code[k] !== IDENT || this.tokens.code[k - 1] !== COMMA) continue;
      const word = this.word(k);
      if (word !== 'return' && word !== 'goto') continue;
      const next = this.tokens.code[k + 1];
      this.replace(k, k, next === COMMA || next === CLOSE ? '0' : '');
      found = word;
    }
    return found;
  }

  /** True when token `i` is where a statement may start. */
  private startsStatement(i: number): boolean {
    if (i === 0) return false;
    const c = this.tokens.code[i - 1];
    if (c === 59 || c === BRACE || c === 125 || c === 58 || c === CLOSE) return true;
    if (c === COMMA) return this.inList;
    return c === IDENT && (this.word(i - 1) === 'else' || this.word(i - 1) === 'do');
  }
}

/** An identifier of the same length. */
function identifier(text: string): string {
  const name = text.replace(/\W/g, '_');
  return isTypeName(name) || KEYWORDS.has(name) || /^\d/.test(name) ? `_${name.slice(1)}` : name;
}
