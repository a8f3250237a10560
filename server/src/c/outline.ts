import type { Span } from './ir';
import type { Tokens } from './lex';
import { IDENT, lex, tokenText } from './lex';

/**
 * Statements as they stand in the source: macros not expanded, every alternative of the preprocessor side by side. For who
 * writes into the text; what the text means only the IR knows.
 */
export interface Statement {
  readonly kind: 'block' | 'if' | 'switch' | 'loop' | 'case' | 'label' | 'plain';
  /** The first word or character. */
  readonly word: string;
  /** From the first token to the last, absolute. An `if` reaches to the end of its `else`. */
  readonly span: Span;
  /** Between the parentheses of an `if`, `switch` or `loop`; between `case` and its colon. */
  readonly head: Span | null;
  /** A block's statements; the branches of an `if`; the body of a `switch` or `loop`. */
  readonly inside: readonly Statement[];
}

const SEMICOLON = 59;
const COLON = 58;
const OPEN = 40;
const CLOSE = 41;
const BRACE = 123;
const END_BRACE = 125;
/** Deeper nesting is taken as plain text, so that hostile text can not exhaust the stack. */
const maxDepth = 100;

/** The body of the function definition in `span`; null when it has none, or when its brackets do not match. */
export function outlineOf(text: string, span: Span): Statement | null {
  const { tokens } = lex(text.slice(span.start, span.end));
  const reader = new Reader(tokens, span.start);
  const body = reader.opening();
  if (body === null) return null;
  const block = reader.statement(body, 0);
  return block.kind === 'block' && reader.matched ? block : null;
}

/** The statements around an offset, the outermost first; empty when it is in none. */
export function statementsAround(root: Statement, offset: number): readonly Statement[] {
  if (offset < root.span.start || offset >= root.span.end) return [];
  const found: Statement[] = [root];
  for (let at: Statement | undefined = root; at !== undefined; ) {
    at = at.inside.find(({ span }) => span.start <= offset && offset < span.end);
    if (at !== undefined) found.push(at);
  }
  return found;
}

class Reader {
  /** False once a bracket was found that has no partner. */
  matched = true;
  private at = 0;

  constructor(
    private readonly tokens: Tokens,
    private readonly shift: number,
  ) {}

  /** The index of the brace that opens the body: the first one behind the parameters. */
  opening(): number | null {
    const { code, count } = this.tokens;
    for (let i = 1; i < count; i++) if (code[i] === BRACE && code[i - 1] === CLOSE) return i;
    return null;
  }

  statement(from: number, depth: number): Statement {
    this.at = from;
    const { code } = this.tokens;
    const word = this.word(from);
    if (depth > maxDepth) return this.plain(from);
    if (code[from] === BRACE) return this.block(from, depth);
    switch (word) {
      case 'if':
        return this.branching(from, depth);
      case 'switch':
        return this.headed('switch', from, depth);
      case 'for':
      case 'while':
        return this.headed('loop', from, depth);
      case 'do':
        return this.doLoop(from, depth);
      case 'case':
      case 'default':
        return this.caseLabel(from, word);
    }
    if (code[from] === IDENT && code[from + 1] === COLON) {
      this.at = from + 2;
      return this.made('label', from, null, []);
    }
    return this.plainOrMacro(from, depth);
  }

  private block(from: number, depth: number): Statement {
    const inside: Statement[] = [];
    this.at = from + 1;
    while (this.at < this.tokens.count && this.tokens.code[this.at] !== END_BRACE) {
      inside.push(this.statement(this.at, depth + 1));
    }
    if (this.at >= this.tokens.count) this.matched = false;
    this.at++;
    return this.made('block', from, null, inside);
  }

  private branching(from: number, depth: number): Statement {
    const head = this.parenthesis(from + 1);
    if (head === null) return this.plain(from);
    const branches = [this.body(depth)];
    if (this.word(this.at) === 'else') {
      this.at++;
      branches.push(this.body(depth));
    }
    return this.made('if', from, head, branches);
  }

  private headed(kind: 'switch' | 'loop', from: number, depth: number): Statement {
    const head = this.parenthesis(from + 1);
    return head === null ? this.plain(from) : this.made(kind, from, head, [this.body(depth)]);
  }

  private doLoop(from: number, depth: number): Statement {
    this.at = from + 1;
    const body = this.body(depth);
    const head = this.word(this.at) === 'while' ? this.parenthesis(this.at + 1) : null;
    if (this.tokens.code[this.at] === SEMICOLON) this.at++;
    return this.made('loop', from, head, [body]);
  }

  /** The statement that follows; an empty one at the end of the text. */
  private body(depth: number): Statement {
    return this.statement(this.at, depth + 1);
  }

  private caseLabel(from: number, word: string): Statement {
    const { code, count } = this.tokens;
    let at = from + 1;
    for (let open = 0; at < count; at++) {
      if (code[at] === OPEN) open++;
      else if (code[at] === CLOSE) open--;
      else if (code[at] === COLON && open <= 0) break;
      else if (code[at] === SEMICOLON || code[at] === BRACE) return this.plain(from);
    }
    this.at = at + 1;
    const head = word === 'case' && at > from + 1 ? this.span(from + 1, at) : null;
    return this.made('case', from, head, []);
  }

  /** `MACRO(...)` alone on its line has no semicolon, and before a brace it is the head of a loop. */
  private plainOrMacro(from: number, depth: number): Statement {
    const { code } = this.tokens;
    if (code[from] === IDENT && code[from + 1] === OPEN) {
      const close = this.closing(from + 1);
      if (close !== null) {
        this.at = close + 1;
        if (code[this.at] === BRACE) return this.made('loop', from, this.span(from + 2, close), [this.body(depth)]);
        const next = this.tokens.start[this.at];
        const newLine = next === undefined || this.tokens.text.slice(this.tokens.end[close], next).includes('\n');
        const begins = code[this.at] === IDENT || code[this.at] === END_BRACE;
        if (newLine && begins) return this.made('plain', from, null, []);
      }
    }
    return this.plain(from);
  }

  /** Up to its semicolon, braces of initialisers and statement expressions included. */
  private plain(from: number): Statement {
    const { code, count } = this.tokens;
    let open = 0;
    let at = from;
    for (; at < count; at++) {
      const c = code[at];
      if (c === BRACE || c === OPEN) open++;
      else if (c === CLOSE) open--;
      else if (c === END_BRACE && --open < 0) break;
      else if (c === SEMICOLON && open <= 0) {
        at++;
        break;
      }
    }
    this.at = Math.max(at, from + 1);
    return this.made('plain', from, null, []);
  }

  private parenthesis(open: number): Span | null {
    const close = this.tokens.code[open] === OPEN ? this.closing(open) : null;
    if (close === null) return null;
    this.at = close + 1;
    return { start: this.end(open), end: this.start(close) };
  }

  private closing(open: number): number | null {
    const { code, count } = this.tokens;
    for (let at = open, depth = 0; at < count; at++) {
      if (code[at] === OPEN) depth++;
      else if (code[at] === CLOSE && --depth === 0) return at;
    }
    return null;
  }

  private made(kind: Statement['kind'], from: number, head: Span | null, inside: readonly Statement[]): Statement {
    return { kind, word: this.word(from), span: this.span(from, this.at), head, inside };
  }

  /** Of the tokens from `from` to before `to`. */
  private span(from: number, to: number): Span {
    return { start: this.start(from), end: this.end(Math.max(from, to - 1)) };
  }

  private start(index: number): number {
    return this.shift + (this.tokens.start[index] ?? this.tokens.text.length);
  }

  private end(index: number): number {
    return this.shift + (this.tokens.end[index] ?? this.tokens.text.length);
  }

  private word(index: number): string {
    return index < this.tokens.count ? tokenText(this.tokens, index) : '';
  }
}
