import type { Span } from '../c/ir';
import { IDENT, lex, tokenText } from '../c/lex';
import type { CModule } from '../c/module';
import type { Arc, StateName } from '../uapi';
import { constantName, stateByValue, stateNames, states, valueOfState } from '../uapi';
import type { Site } from './site';

/** Where a text will stand. */
export interface Position {
  readonly file: string;
  readonly offset: number;
}

/** How a text names a state: by the kernel's constants, by their bare names (for macros that paste), or by aliases. */
export interface StateWord {
  readonly span: Span;
  readonly state: StateName;
  readonly text: string;
}

/**
 * The text that selects or lists one arc, made over for another: each word for a state of `from` becomes one for the same side
 * of `to`. null when the text does not name what differs between the two. `at` is where it will stand.
 */
export function madeOver(module: CModule, at: Position, text: string, from: Arc, to: Arc): string | null {
  const { file } = at;
  const words = stateWords(module, file, text);
  const changes: readonly (readonly [StateName, StateName])[] = [
    ...(from.from === to.from ? [] : [[from.from, to.from] as const]),
    ...(from.to === to.to ? [] : [[from.to, to.to] as const]),
  ];
  if (changes.length === 0 || changes.some(([before]) => !words.some(({ state }) => state === before))) return null;
  let result = '';
  let done = 0;
  for (const { span, state, text: word } of words) {
    const after = changes.find(([before]) => before === state)?.[1];
    if (after === undefined) continue;
    result += text.slice(done, span.start) + respelled(module, at, word, after);
    done = span.end;
  }
  return result + text.slice(done);
}

/** The values of a text's words that are constants, whether they stand for states or for something else. */
export function constantsIn(module: CModule, file: string, text: string): readonly number[] {
  const { tokens } = lex(text, false);
  const words = Array.from({ length: tokens.count }, (_, at) =>
    tokens.code[at] === IDENT ? tokenText(tokens, at) : '',
  );
  return words.flatMap((word) => {
    const state = stateNamed(module, file, word);
    if (state !== null) return [valueOfState(state)];
    const value = module.constant(word, file);
    return value?.k === 'int' ? [Number(value.value)] : [];
  });
}

export function stateWords(module: CModule, file: string, text: string): readonly StateWord[] {
  const { tokens } = lex(text, false);
  const words: StateWord[] = [];
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.code[at] !== IDENT) continue;
    const word = tokenText(tokens, at);
    const state = stateNamed(module, file, word);
    const span = { start: tokens.start[at] ?? 0, end: tokens.end[at] ?? 0 };
    if (state !== null) words.push({ span, state, text: word });
  }
  return words;
}

/** The state that a word stands for; null for any other word. */
export function stateNamed(module: CModule, file: string, word: string): StateName | null {
  const known = states.find(({ name, constant }) => word === constant || word === name);
  if (known !== undefined) return known.name;
  const value = module.constant(word, file);
  if (value?.k === 'int')
    return value.type.k === 'enum' || /STATE|RUN|STOP|COPY|RESUM/i.test(word) ? stateByValue(value.value) : null;
  return value?.k === 'load' && value.place.k === 'global' && value.place.name !== word
    ? (states.find(({ constant }) => value.place.k === 'global' && constant === value.place.name)?.name ?? null)
    : null;
}

/** A word for a state, spelled as `like` spells another if such a word is known there. */
function respelled(module: CModule, at: Position, like: string, state: StateName): string {
  const { file } = at;
  if (stateNames.some((name) => name === like)) return state;
  if (states.some(({ constant }) => constant === like)) return constantName(state);
  const own = stateNamed(module, file, like);
  const alias = own === null ? null : like.replace(own, state);
  const isAlias = alias !== null && alias !== like && stateNamed(module, file, alias) === state;
  return isAlias && isKnownAt(module, at, alias) ? alias : constantName(state);
}

/** True for a word that the file has before, where it must have been defined, or that another file of the module has. */
function isKnownAt(module: CModule, { file, offset }: Position, word: string): boolean {
  const named = new RegExp(`\\b${word}\\b`);
  return module.files.some(({ path, text }) => named.test(path === file ? text.slice(0, offset) : text));
}

/** The text of an arm's selector, when its brackets match by themselves; null otherwise. */
export function wholeSelector({ text }: Site, { start, end }: Span): string | null {
  const selector = text.slice(start, end);
  let depth = 0;
  for (const c of selector) {
    if (c === '(') depth++;
    else if (c === ')' && --depth < 0) return null;
  }
  return depth === 0 ? selector : null;
}
