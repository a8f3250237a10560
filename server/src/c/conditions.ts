import type { ConfigTest, Problem } from './ir';
import { type Directive, IDENT, type Tokens, tokenText } from './lex';

/**
 * Preprocessor conditions as regions of the text. Every alternative is kept, side by side, as long as the text with all
 * of them in it can still be C; where it can not, the first alternative stands for all.
 */

/** The text between two directives of one #if ... #endif, there when all of `tests` hold. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** Without the tests of the regions around it. */
  readonly tests: readonly ConfigTest[];
  /** Index of the region around it, or -1. */
  readonly parent: number;
}

export interface Conditions {
  /** Outer regions come before the regions in them. */
  readonly regions: readonly Region[];
  /** Ranges whose text takes no part: `#if 0`, and alternatives that can not stand side by side. */
  readonly dropped: readonly { readonly start: number; readonly end: number }[];
  readonly problems: readonly Problem[];
}

interface Branch {
  readonly directive: Directive;
  readonly tests: ConfigTest[];
  /** undefined: depends on the configuration. */
  readonly decided: boolean | undefined;
  region: number;
}

interface Group {
  readonly guard: boolean;
  readonly parent: number;
  readonly branches: Branch[];
  /** What later alternatives inherit: the earlier tests, negated. */
  readonly negated: ConfigTest[];
  /** An earlier alternative is certainly taken. */
  settled: boolean;
}

/** Finds the conditional regions of lexed text. */
export function findConditions(tokens: Tokens, directives: readonly Directive[]): Conditions {
  const regions: { start: number; end: number; tests: ConfigTest[]; parent: number }[] = [];
  const dropped: { start: number; end: number }[] = [];
  const problems: Problem[] = [];
  const stack: Group[] = [];
  const text = tokens.text;
  const alternatives = withAlternatives(directives);

  const closeBranch = (group: Group, closing: Directive | null): void => {
    const branch = group.branches.at(-1);
    if (branch === undefined) return;
    const end = closing?.start ?? text.length;
    const region = regions[branch.region];
    if (region !== undefined) region.end = end;
    if (branch.decided === false) dropped.push({ start: branch.directive.end, end });
  };

  const openBranch = (group: Group, directive: Directive, condition: string | null, wholeText: boolean): void => {
    const parsed = condition === null ? { tests: [], decided: undefined } : parseCondition(condition, wholeText);
    const isElse = condition === null;
    const decided = group.settled
      ? false
      : isElse && group.branches.every((b) => b.decided === false)
        ? true
        : parsed.decided;
    const tests = [...group.negated, ...parsed.tests];
    let region = group.parent;
    if (!group.guard && decided !== true && tests.length > 0) {
      region = regions.length;
      regions.push({ start: directive.end, end: text.length, tests, parent: group.parent });
    }
    group.branches.push({ directive, tests, decided, region });
    if (decided === true) group.settled = true;
    const [only, more] = parsed.tests;
    if (only !== undefined && more === undefined) group.negated.push({ text: only.text, value: !only.value });
  };

  directives.forEach((directive, index) => {
    switch (directive.name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const argument = directiveText(text, directive);
        // As gcc does, which warns of what stands behind the name.
        const name = /^\w*/.exec(argument)?.[0] ?? '';
        const condition =
          directive.name === 'if' ? argument : `${directive.name === 'ifdef' ? '' : '!'}defined(${name})`;
        const parent = stack.at(-1)?.branches.at(-1)?.region ?? -1;
        const group: Group = {
          guard: isGuard(text, directives, index),
          parent,
          branches: [],
          negated: [],
          settled: false,
        };
        openBranch(group, directive, condition, alternatives.has(index));
        stack.push(group);
        break;
      }
      case 'elif':
      case 'else': {
        const group = stack.at(-1);
        if (group === undefined) {
          problems.push(syntax(`#${directive.name} without #if`, directive));
          break;
        }
        closeBranch(group, directive);
        openBranch(group, directive, directive.name === 'elif' ? directiveText(text, directive) : null, true);
        break;
      }
      case 'endif': {
        const group = stack.pop();
        if (group === undefined) {
          problems.push(syntax('#endif without #if', directive));
          break;
        }
        closeBranch(group, directive);
        dropClashing(tokens, group, directive, regions, dropped, problems);
        break;
      }
      default:
    }
  });
  for (let group = stack.pop(); group !== undefined; group = stack.pop()) {
    closeBranch(group, null);
    const opening = group.branches[0]?.directive;
    if (opening !== undefined) problems.push(syntax(`#${opening.name} without #endif`, opening));
  }
  return { regions, dropped, problems };
}

const syntax = (message: string, at: Directive): Problem => ({
  kind: 'syntax',
  message,
  span: { start: at.start, end: at.end },
});

/** The directive's text after its name: comments gone, one line, one space between words. */
export function directiveText(text: string, directive: Directive): string {
  return text
    .slice(directive.rest, directive.end)
    .replace(/\/\*[\s\S]*?(\*\/|$)|\/\/[^\n]*/g, ' ')
    .replace(/\\\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `#ifndef NAME` whose first directive inside is `#define NAME`: an include guard or a default, always there. */
function isGuard(text: string, directives: readonly Directive[], index: number): boolean {
  const opening = directives[index];
  const next = directives[index + 1];
  if (opening?.name !== 'ifndef' || next?.name !== 'define') return false;
  const name = directiveText(text, opening);
  return name !== '' && directiveText(text, next).split(/[ (]/, 1)[0] === name;
}

/** Indices of the #if directives that have an #else or #elif. */
function withAlternatives(directives: readonly Directive[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open: number[] = [];
  directives.forEach(({ name }, index) => {
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') open.push(index);
    else if (name === 'endif') open.pop();
    else if (name === 'else' || name === 'elif') {
      const opening = open.at(-1);
      if (opening !== undefined) found.add(opening);
    }
  });
  return found;
}

/**
 * Reads the text of an #if. `whole` keeps `A && B` as one test, so that an #else can negate it.
 * A test that no configuration can change is `decided` instead.
 */
export function parseCondition(text: string, whole: boolean): { tests: ConfigTest[]; decided: boolean | undefined } {
  const trimmed = text.trim();
  const parts = splitConjunction(trimmed);
  if (parts.length > 1 && !whole) {
    const all = parts.map((part) => parseCondition(part, whole));
    if (all.some((p) => p.decided === false)) return { tests: [], decided: false };
    return { tests: all.flatMap((p) => p.tests), decided: all.every((p) => p.decided === true) ? true : undefined };
  }
  if (/^\d+[uUlL]*$/.test(trimmed)) return { tests: [], decided: Number.parseInt(trimmed, 10) !== 0 };
  const negation = /^!\s*(.*)$/.exec(trimmed)?.[1];
  if (negation !== undefined && isAtom(negation)) {
    const inner = parseCondition(negation, whole);
    const decided = inner.decided === undefined ? undefined : !inner.decided;
    return { tests: inner.tests.map((t) => ({ text: t.text, value: !t.value })), decided };
  }
  const stripped = outerParentheses(trimmed);
  if (stripped !== null) return parseCondition(stripped, whole);
  return { tests: [{ text: normalAtom(trimmed), value: true }], decided: undefined };
}

const MACRO_TEST = /^(?:defined|IS_ENABLED|IS_REACHABLE|IS_BUILTIN|IS_MODULE)\s*(?:\(\s*(\w+)\s*\)|\s(\w+))$/;

function normalAtom(text: string): string {
  const match = MACRO_TEST.exec(text);
  return match?.[1] ?? match?.[2] ?? text;
}

/** True when a `!` before `text` negates all of it. */
function isAtom(text: string): boolean {
  return /^\w+(\s*\([^()]*\)|\s+\w+)?$/.test(text) || outerParentheses(text) !== null;
}

/** What the parentheses around all of `text` hold, or null when there are none. */
function outerParentheses(text: string): string | null {
  if (!text.startsWith('(') || !text.endsWith(')')) return null;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0 && i < text.length - 1) return null;
  }
  return depth === 0 ? text.slice(1, -1).trim() : null;
}

/** The operands of a top-level `&&`; the text itself when `||` or `?` binds weaker. */
function splitConjunction(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && (c === '?' || (c === '|' && text[i + 1] === '|'))) return [text];
    else if (depth === 0 && c === '&' && text[i + 1] === '&') {
      parts.push(text.slice(from, i).trim());
      from = i + 2;
      i++;
    }
  }
  parts.push(text.slice(from).trim());
  return parts.every((part) => part !== '') ? parts : [text];
}

/** Drops all alternatives but the first live one when any of them is not whole by itself. */
function dropClashing(
  tokens: Tokens,
  group: Group,
  endif: Directive,
  regions: { tests: ConfigTest[] }[],
  dropped: { start: number; end: number }[],
  problems: Problem[],
): void {
  const live = group.branches.filter((branch) => branch.decided !== false);
  if (live.length < 2) return;
  const limit = (branch: Branch): Directive => group.branches[group.branches.indexOf(branch) + 1]?.directive ?? endif;
  const opening = group.branches[0]?.directive.token ?? 0;
  const whole = live.every((branch) => isWhole(tokens, branch.directive.token, limit(branch).token));
  if (whole && (opening === 0 || endsSomething(tokens, 0, opening))) return;
  const later = live.slice(1);
  for (const branch of later) dropped.push({ start: branch.directive.end, end: limit(branch).start });
  // The first alternative stands for all, so it is there whatever the configuration.
  const kept = live[0] === undefined || live[0].region === group.parent ? undefined : regions[live[0].region];
  if (kept !== undefined) kept.tests = [];
  const first = later[0]?.directive;
  if (first !== undefined) {
    problems.push({
      kind: 'omitted',
      message: 'this preprocessor alternative is not whole statements, so only the first alternative is looked at',
      span: { start: first.start, end: first.end },
    });
  }
}

/** True when the tokens can stand beside their alternatives: brackets match and a statement or entry ends at the end. */
function isWhole(tokens: Tokens, from: number, to: number): boolean {
  let depth = 0;
  for (let i = from; i < to; i++) {
    const c = tokens.code[i];
    if (c === 40 || c === 91 || c === 123) depth++;
    else if ((c === 41 || c === 93 || c === 125) && --depth < 0) return false;
  }
  if (depth !== 0 || to === from) return depth === 0;
  const first = tokens.code[from] === IDENT ? tokenText(tokens, from) : '';
  if (first === 'else') return false;
  return endsSomething(tokens, from, to);
}

/** True when a statement, an entry or a label ends before token `to`; `from` is where the text starts. */
function endsSomething(tokens: Tokens, from: number, to: number): boolean {
  const last = tokens.code[to - 1];
  // `;` `}` `,` `:` `{` and a lone macro invocation; anything else goes on after the directive.
  if (last === 59 || last === 125 || last === 44 || last === 58 || last === 123) return true;
  return last === 41 && endsInInvocation(tokens, from, to);
}

/** How long an invocation may be, in tokens. */
const MAX_INVOCATION = 1_000;
const HEADS: ReadonlySet<string> = new Set(['if', 'while', 'for', 'switch']);

/** True when the last statement is `MACRO(...)` without a semicolon. */
function endsInInvocation(tokens: Tokens, from: number, to: number): boolean {
  let depth = 0;
  let open = to - 1;
  for (const limit = Math.max(from, to - MAX_INVOCATION); open >= limit; open--) {
    const c = tokens.code[open];
    if (c === 41) depth++;
    else if (c === 40 && --depth === 0) break;
  }
  const name = open - 1;
  if (name < from || tokens.code[name] !== IDENT || HEADS.has(tokenText(tokens, name))) return false;
  if (name === from) return true;
  const before = tokens.code[name - 1];
  return before === 59 || before === 123 || before === 125 || before === 58;
}
