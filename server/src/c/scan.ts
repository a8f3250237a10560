import { directiveText, findConditions, type Region } from './conditions';
import type { ConfigTest, Problem } from './ir';
import { type Item, splitItems } from './items';
import { type Directive, lex, type Tokens } from './lex';
import { cutMacro, type Macro, readMacros } from './macros';

/** What one lexical pass over a file finds; nothing is parsed. */
export interface FileScan {
  readonly path: string;
  readonly text: string;
  /** `text` with what takes no part in it blanked: `#if 0`, and clashing alternatives. */
  readonly tokens: Tokens;
  readonly directives: readonly Directive[];
  readonly regions: readonly Region[];
  readonly macros: readonly Macro[];
  readonly items: readonly Item[];
  readonly localIncludes: readonly string[];
  readonly problems: readonly Problem[];
}

/** Scans a file. Never fails, and takes time proportional to the text. */
export function scanFile(path: string, text: string): FileScan {
  let lexed = lex(text);
  const conditions = findConditions(lexed.tokens, lexed.directives);
  if (conditions.dropped.length > 0) lexed = lex(blank(text, conditions.dropped));
  const { tokens, directives } = lexed;
  const localIncludes: string[] = [];
  for (const directive of directives) {
    if (directive.name !== 'include') continue;
    const name = /^"([^"]+)"/.exec(directiveText(text, directive))?.[1];
    if (name !== undefined) localIncludes.push(name);
  }
  const { regions } = conditions;
  const macros = readMacros(path, tokens.text, directives, (offset) => testsAt(regions, offset));
  const items = splitItems(tokens);
  const cut = cutDefinitions(tokens, directives, items);
  return {
    path,
    text,
    tokens,
    directives,
    regions,
    macros: cut.size === 0 ? macros : macros.map((macro) => (cut.has(macro.start) ? cutMacro(macro) : macro)),
    items,
    localIncludes,
    problems: [...conditions.problems, ...directives.flatMap((directive) => problemOf(text, directive))],
  };
}

const DIRECTIVES: ReadonlySet<string> = new Set([
  ...['', 'define', 'undef', 'include', 'include_next', 'import'],
  ...['if', 'ifdef', 'ifndef', 'elif', 'elifdef', 'elifndef', 'else', 'endif'],
  ...['error', 'warning', 'line', 'pragma', 'ident', 'sccs', 'assert', 'unassert'],
]);

/** A directive that does nothing, or not what it looks like. */
function problemOf(text: string, { name, start, end, rest }: Directive): Problem[] {
  const line = text.slice(rest, end);
  const broken =
    name === 'define' ? !DEFINED.test(line) : !DIRECTIVES.has(name) || (name === '' && /^[^\s/\d]/.test(line));
  return broken ? [{ kind: 'syntax', message: `this #${name} is not C`, span: { start, end } }] : [];
}

/** `NAME`, `NAME(parameters)` or `NAME replacement`. */
const DEFINED = /^\s+[A-Za-z_$][\w$]*(\((\s|\\\n|[\w$.,])*\)|\s|\\|\/[/*]|$)/;

/** Where macros begin with indented text right below them at the top level, where all else begins at column 0. */
function cutDefinitions(tokens: Tokens, directives: readonly Directive[], items: readonly Item[]): ReadonlySet<number> {
  const firsts = new Set(items.map((item) => item.first));
  const cut = directives.filter(({ name, end, token }) => {
    const next = tokens.start[token];
    return (
      name === 'define' && firsts.has(token) && next !== undefined && /^\r?\n[ \t]+$/.test(tokens.text.slice(end, next))
    );
  });
  return new Set(cut.map(({ start }) => start));
}

/** Replaces ranges by spaces; line feeds stay. */
function blank(text: string, ranges: readonly { readonly start: number; readonly end: number }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.end <= at) continue;
    const start = Math.max(at, range.start);
    parts.push(text.slice(at, start), text.slice(start, range.end).replace(/[^\n]/g, ' '));
    at = range.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** All tests that text at `offset` is under, outermost first. */
export function testsAt(regions: readonly Region[], offset: number): readonly ConfigTest[] {
  if (regions.length === 0) return NONE;
  let tests: ConfigTest[] | null = null;
  for (const region of regions) {
    if (region.start > offset || offset >= region.end) continue;
    tests ??= [];
    tests.push(...region.tests);
  }
  return tests ?? NONE;
}

const NONE: readonly ConfigTest[] = [];
