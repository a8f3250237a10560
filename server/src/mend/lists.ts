import type { Span } from '../c/ir';
import type { Tokens } from '../c/lex';
import { IDENT, lex, tokenText } from '../c/lex';
import type { CModule } from '../c/module';
import type { StateName } from '../uapi';
import { stateWords } from './spelling';

/** One element of a list at file scope: an entry of an initialiser, or a call in a list macro. */
export interface Row {
  /** Absolute; without the comma behind it. */
  readonly span: Span;
  /** The states that it names itself, without those of a list in it. */
  readonly states: readonly StateName[];
  readonly inside: List | null;
  /** The members that it names, in order. */
  readonly designators: readonly string[];
  /** The states in the brackets that say which element it is: `[A][B] =` or `[A * N + B] =`. */
  readonly indices: readonly StateName[];
  /** True for a designated range, which stands for more states than it names. */
  readonly isRange: boolean;
}

/** A list whose elements may stand for arcs. */
export interface List {
  readonly file: string;
  readonly kind: 'initializer' | 'macro';
  readonly rows: readonly Row[];
  /** The row that the list is the value of; null for the outermost. */
  readonly states: readonly StateName[];
  /** Where the definition begins that the list is in. */
  readonly definition: number;
}

const OPEN = 40;
const CLOSE = 41;
const BRACKET = 91;
const END_BRACKET = 93;
const BRACE = 123;
const END_BRACE = 125;
const COMMA = 44;
const EQUALS = 61;
/** No table of a driver is longer. */
const maxLength = 20_000;

/** Every list of the module that names states, the lists in lists too. */
export function listsOf(module: CModule): readonly List[] {
  return module.files.flatMap((file) => {
    // Parsing every declaration of large headers would take longer than all else.
    if (!/STOP|RESUM|PRE_COPY/i.test(file.text)) return [];
    const globals = file.globals.filter(({ initializer }) => initializer?.k === 'list');
    const tables = globals.flatMap(({ start, end }) => initializerAt(module, file.path, file.text, start, end));
    const { directives } = lex(file.text);
    const macros = directives
      .filter(({ name }) => name === 'define')
      .flatMap(({ start, rest, end }) => macroAt(module, file.path, file.text, start, rest, end));
    return [...tables, ...macros];
  });
}

function initializerAt(module: CModule, file: string, text: string, start: number, end: number): readonly List[] {
  if (end - start > maxLength) return [];
  const { tokens } = lex(text.slice(start, end));
  for (let at = 1; at < tokens.count; at++) {
    if (tokens.code[at] !== BRACE || tokens.code[at - 1] !== EQUALS) continue;
    const found: List[] = [];
    new ListReader(module, file, tokens, start, found).list(at, []);
    return found;
  }
  return [];
}

class ListReader {
  constructor(
    private readonly module: CModule,
    private readonly file: string,
    private readonly tokens: Tokens,
    private readonly shift: number,
    private readonly found: List[],
  ) {}

  /** The list that the brace at a token opens; gives the index behind its end. */
  list(open: number, states: readonly StateName[]): { readonly list: List; readonly next: number } {
    const { code, count } = this.tokens;
    const rows: Row[] = [];
    let at = open + 1;
    while (at < count && code[at] !== END_BRACE) {
      const { row, next } = this.row(at);
      if (row !== null) rows.push(row);
      at = code[next] === COMMA ? next + 1 : next;
    }
    const list: List = { file: this.file, kind: 'initializer', rows, states, definition: this.shift };
    this.found.push(list);
    return { list, next: at + 1 };
  }

  private row(from: number): { readonly row: Row | null; readonly next: number } {
    const { code, count } = this.tokens;
    let depth = 0;
    let at = from;
    let nested: number | null = null;
    for (; at < count; at++) {
      const c = code[at];
      if (depth === 0 && (c === COMMA || c === END_BRACE)) break;
      if (c === BRACE && nested === null && depth === 0) nested = at;
      if (c === OPEN || c === BRACKET || c === BRACE) depth++;
      else if (c === CLOSE || c === END_BRACKET || c === END_BRACE) depth--;
    }
    if (at === from) return { row: null, next: Math.max(at, from) };
    const span = { start: this.start(from), end: this.end(at - 1) };
    const isDesignated = nested !== null && nested > from;
    const own = isDesignated ? this.states(from, nested ?? at) : this.states(from, at);
    const inside = isDesignated && nested !== null ? this.list(nested, own).list : null;
    const isRange = this.text(from, nested ?? at).includes('...');
    const designators = [...this.text(from, at).matchAll(/\.\s*([A-Za-z_]\w*)\s*=/g)].map(([, name = '']) => name);
    const indices = indicesOf(this.module, this.file, this.text(from, at));
    return { row: { span, states: own, inside, indices, designators, isRange }, next: at };
  }

  private states(from: number, to: number): readonly StateName[] {
    return stateWords(this.module, this.file, this.text(from, to)).map(({ state }) => state);
  }

  private text(from: number, to: number): string {
    return to <= from ? '' : this.tokens.text.slice(this.tokens.start[from], this.tokens.end[to - 1]);
  }

  private start(index: number): number {
    return this.shift + (this.tokens.start[index] ?? 0);
  }

  private end(index: number): number {
    return this.shift + (this.tokens.end[index] ?? 0);
  }
}

/** The states in the brackets with which a row begins. */
export function indicesOf(module: CModule, file: string, row: string): readonly StateName[] {
  const brackets = /^\s*(?:\[[^\]]*\]\s*)+/.exec(row)?.[0] ?? '';
  return stateWords(module, file, brackets).map(({ state }) => state);
}

/** A macro whose body is calls of one of its parameters. */
function macroAt(
  module: CModule,
  file: string,
  text: string,
  start: number,
  rest: number,
  end: number,
): readonly List[] {
  if (end - start > maxLength) return [];
  const { tokens } = lex(text.slice(rest, end), false);
  const { code, count } = tokens;
  if (code[0] !== IDENT || code[1] !== OPEN) return [];
  const rows: Row[] = [];
  let at = 2;
  const parameters = new Set<string>();
  for (; at < count && code[at] !== CLOSE; at++) if (code[at] === IDENT) parameters.add(tokenText(tokens, at));
  for (at++; at < count; ) {
    if (code[at] !== IDENT || code[at + 1] !== OPEN || !parameters.has(tokenText(tokens, at))) return [];
    let close = at + 1;
    for (let depth = 0; close < count; close++) {
      if (code[close] === OPEN) depth++;
      else if (code[close] === CLOSE && --depth === 0) break;
    }
    const span = { start: rest + (tokens.start[at] ?? 0), end: rest + (tokens.end[close] ?? 0) };
    const states = stateWords(module, file, text.slice(span.start, span.end)).map(({ state }) => state);
    rows.push({ span, states, inside: null, indices: [], designators: [], isRange: false });
    at = close + 1;
  }
  return rows.length === 0 ? [] : [{ file, kind: 'macro', rows, states: [], definition: start }];
}
