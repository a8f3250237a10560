import type { Tokens } from '../c/lex';
import { IDENT, lex, tokenText } from '../c/lex';

/** What can stand at the cursor, told from the text before it alone: it is rarely whole C while it is typed. */
export type CompletionPlace =
  /** Behind `==`, `!=` or `=`: what is compared or assigned, as C text without blanks. */
  | { readonly k: 'operand'; readonly of: string }
  /** A case's value, in a switch over an expression. */
  | { readonly k: 'case'; readonly of: string }
  /** An argument of a call; counted from 0. */
  | { readonly k: 'argument'; readonly callee: string; readonly index: number }
  /** In a value for migration_flags. */
  | { readonly k: 'flags' }
  /** The beginning of a condition. */
  | { readonly k: 'condition'; readonly cases: readonly CaseAround[] }
  /** The beginning of a statement; `switchOf` when that is directly in a switch. */
  | { readonly k: 'statement'; readonly switchOf: string | null; readonly cases: readonly CaseAround[] };

/** A case that leads to a place: what its switch is over, and its value. */
export interface CaseAround {
  readonly of: string;
  readonly value: string;
}

/** What is at the cursor, and the offset where the word begins that is being typed; null where nothing of ours can stand. */
export function completionPlace(
  text: string,
  offset: number,
): { readonly place: CompletionPlace; readonly start: number } | null {
  const { tokens } = lex(text.slice(0, offset));
  let last = tokens.count - 1;
  const typing = last >= 0 && tokens.code[last] === IDENT && tokens.end[last] === offset;
  const start = typing ? (tokens.start[last] ?? offset) : offset;
  if (typing) last--;
  const place = placeAfter(tokens, last);
  return place === null ? null : { place, start };
}

function placeAfter(tokens: Tokens, last: number): CompletionPlace | null {
  const before = textOf(tokens, last);
  if (isFlagsValue(tokens, last)) return { k: 'flags' };
  switch (before) {
    case '==':
    case '!=':
    case '=':
      return { k: 'operand', of: operandBefore(tokens, last) };
    case 'case': {
      const of = switchAround(tokens, last);
      return of === null ? null : { k: 'case', of };
    }
    case '||':
      return { k: 'condition', cases: casesAround(tokens, last) };
    case '(':
    case ',':
      return inParentheses(tokens, last);
    case ';':
    case '{':
    case '}':
    case ':':
      return { k: 'statement', switchOf: switchAround(tokens, last + 1), cases: casesAround(tokens, last + 1) };
    default:
      return null;
  }
}

function textOf(tokens: Tokens, index: number): string {
  return index < 0 || index >= tokens.count ? '' : tokenText(tokens, index);
}

/** True behind `migration_flags =` or `|=`, and behind each `|` there. */
function isFlagsValue(tokens: Tokens, last: number): boolean {
  if (!['=', '|=', '|', '('].includes(textOf(tokens, last))) return false;
  for (let at = last; at >= 0; at--) {
    const text = textOf(tokens, at);
    if (text === '=' || text === '|=') return textOf(tokens, at - 1) === 'migration_flags';
    if (text === ';' || text === '{' || text === '}') return false;
  }
  return false;
}

/** The operand that ends before the operator: names, members, indices, calls. */
function operandBefore(tokens: Tokens, operator: number): string {
  let first = operator;
  for (let at = operator - 1; at >= 0; ) {
    const text = textOf(tokens, at);
    if (text === ')' || text === ']') at = opening(tokens, at);
    else if (tokens.code[at] !== IDENT) break;
    first = at;
    const joint = textOf(tokens, at - 1);
    if (joint === '->' || joint === '.') at -= 2;
    else if ((text === ')' || text === ']') && tokens.code[at - 1] === IDENT) at -= 1;
    else break;
  }
  return joined(tokens, first, operator);
}

/** The expression of the switch whose body the token is directly in; null when it is in none. */
function switchAround(tokens: Tokens, from: number): string | null {
  for (let at = from - 1; at >= 0; at--) {
    const text = textOf(tokens, at);
    if (text === '}') at = opening(tokens, at);
    else if (text === '{') {
      const open = opening(tokens, at - 1);
      const isSwitch = textOf(tokens, at - 1) === ')' && textOf(tokens, open - 1) === 'switch';
      return isSwitch ? joined(tokens, open + 1, at - 1) : null;
    }
  }
  return null;
}

/** The cases that the token is in, the innermost first; without those of several values, and those that were left before it. */
function casesAround(tokens: Tokens, from: number): readonly CaseAround[] {
  const cases: CaseAround[] = [];
  let isDone = false;
  for (let at = from - 1; at >= 0; at--) {
    const text = textOf(tokens, at);
    const before = textOf(tokens, at - 1);
    if (text === '}') at = opening(tokens, at);
    else if (text === '{') isDone = false;
    else if (/^(?:break|return|goto|continue)$/.test(text)) isDone ||= before !== ')' && before !== 'else';
    else if (text === 'case' && !isDone) {
      isDone = true;
      const of = switchAround(tokens, at);
      let colon = at + 1;
      while (colon < from && textOf(tokens, colon) !== ':') colon++;
      if (of !== null && before !== ':') cases.push({ of, value: joined(tokens, at + 1, colon) });
    }
  }
  return cases;
}

/** Behind a parenthesis or comma: a condition of an if, or an argument of a call. */
function inParentheses(tokens: Tokens, last: number): CompletionPlace | null {
  let index = 0;
  for (let at = last; at >= 0; at--) {
    const text = textOf(tokens, at);
    if (text === ')' || text === ']' || text === '}') at = opening(tokens, at);
    else if (text === ';' || text === '{') return null;
    else if (text === ',') index++;
    else if (text === '(') {
      const name = textOf(tokens, at - 1);
      if (name === 'if' || name === '(' || name === '||')
        return at === last ? { k: 'condition', cases: casesAround(tokens, at) } : null;
      return tokens.code[at - 1] === IDENT ? { k: 'argument', callee: name, index } : null;
    }
  }
  return null;
}

/** The index of the bracket that the one at `at` closes; -1 when there is none. */
function opening(tokens: Tokens, at: number): number {
  let depth = 0;
  for (; at >= 0; at--) {
    const text = textOf(tokens, at);
    if (text === ')' || text === ']' || text === '}') depth++;
    else if ((text === '(' || text === '[' || text === '{') && --depth === 0) return at;
  }
  return -1;
}

function joined(tokens: Tokens, from: number, to: number): string {
  let text = '';
  for (let at = Math.max(0, from); at < to; at++) text += textOf(tokens, at);
  return text;
}
