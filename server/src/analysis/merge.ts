import { isRefusal } from './constants';
import type { Fact, Range } from './facts';
import {
  anything,
  canBeNegative,
  canBePositive,
  canBeZero,
  hull,
  isAnything,
  isSetting,
  rangeKey,
  sameRange,
} from './facts';
import { hash } from './hash';
import type { State } from './state';
import { unknownDefault } from './state';
import { append } from './trail';
import type { Alternative, Value } from './value';
import { isErrno, isStable, symbol, unmodelledReason } from './value';
import type { Way } from './ways';
import { allowed, both, either, waysWith } from './ways';

/** Which writes keep paths apart: the rest may be blurred when paths come together. */
export type Important = (key: string) => boolean;

/** Of more values than this a join does not keep which they may be. */
const maxAlternatives = 400;

/** Equal for states whose memory is equal, whatever they assumed. */
export function memoryKey(state: State): string {
  const parts: string[] = [];
  for (const [key, value] of state.own) parts.push(`${key}=${value.id}`);
  for (const [key, entry] of state.defaults) parts.push(`${key}/=${entry.id}`);
  return parts.sort().join(';');
}

/** True when two paths through one activation left the same in memory, whatever they assumed. */
export function sameMemory(a: State, b: State): boolean {
  return sameEntries(a.own, b.own) && sameEntries(a.defaults, b.defaults);
}

function sameEntries(a: ReadonlyMap<string, { readonly id: string }>, b: typeof a): boolean {
  if (a.size !== b.size) return false;
  for (const [key, entry] of a) if (b.get(key)?.id !== entry.id) return false;
  return true;
}

/** As many states are compared each with each. */
const fewStates = 32;

/** States with equal memory become one, which assumes only what all of them do. */
export function mergeEqual(states: readonly State[]): State[] {
  const merged: State[] = [];
  // Comparing is cheaper than writing down, but not each with each of a thousand.
  const written = states.length > fewStates ? new Map<string, State>() : null;
  for (const state of states) {
    const key = written ? memoryKey(state) : '';
    const known = written ? written.get(key) : merged.find((m) => sameMemory(m, state));
    if (known) weaken(known, state);
    else {
      merged.push(state);
      written?.set(key, state);
    }
  }
  return merged;
}

/** Leaves in `into` the assumptions that hold in both. */
function weaken(into: State, other: State): void {
  into.forks = Math.max(into.forks, other.forks);
  const ways = either(waysWith(into.facts, into.ways), waysWith(other.facts, other.ways));
  for (const id of new Set([...into.facts.keys(), ...other.facts.keys()])) {
    const mine = into.facts.get(id);
    const theirs = other.facts.get(id);
    const below = into.parent?.fact(id);
    const joined = hull(mine ?? below ?? anything, theirs ?? below ?? anything);
    const fact = mine ?? theirs;
    if (!fact || sameRange(joined, below ?? anything)) into.facts.delete(id);
    else if (!isAnything(joined) || below) into.facts.set(id, { ...fact, ...joined });
    else into.facts.delete(id);
  }
  into.ways = ways.some((way) => [...way].every(([id, fact]) => sameRange(into.facts.get(id) ?? anything, fact)))
    ? []
    : ways;
}

/**
 * Joins states that agree in what matters: the given values by class and the important writes. `values` are joined in
 * step with the states. What differs otherwise becomes unknown; a join of error values keeps its alternatives.
 */
export function joinAlike<T extends { readonly state: State; readonly value: Value }>(
  items: readonly T[],
  important: Important,
  where: string,
  make: (state: State, value: Value) => T,
): T[] {
  if (items.length < 2) return [...items];
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = likeness(item.state, item.value, important);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].flatMap((group) => (group.length === 1 ? group : [joinGroup(group, where, make)]));
}

function joinGroup<T extends { readonly state: State; readonly value: Value }>(
  group: readonly T[],
  where: string,
  make: (state: State, value: Value) => T,
): T {
  const states = group.map((g) => g.state);
  const into = (states[0] as State).fork();
  const ranges = group.map((g) => g.state.range(g.value));
  const written: [key: string, value: Value, range: Range][] = [];
  for (const key of new Set(states.flatMap((s) => [...s.own.keys()]))) {
    const values = states.flatMap((s) => s.own.get(key) ?? []);
    const first = values[0] as Value;
    if (values.length === states.length && values.every((v) => v.id === first.id)) continue;
    const id = `join:${where}:${key}`;
    if (values.length < states.length) into.own.set(key, symbol(id, { k: 'indeterminate' }));
    else {
      const range = values.map((v, i) => (states[i] as State).range(v)).reduce(hull);
      written.push([key, join(id, where, values, states), range]);
    }
  }
  for (const key of new Set(states.flatMap((s) => [...s.defaults.keys()]))) {
    const entries = states.map((s) => s.defaults.get(key)?.id);
    if (entries.some((e) => e !== entries[0])) into.defaults.set(key, unknownDefault(`join:${where}:${key}`, null));
  }
  for (const other of states.slice(1)) weaken(into, other);
  for (const [key, value, range] of written) into.own.set(key, known(into, value, range));
  const values = group.map((g) => g.value);
  into.trail = append(into.trail, { k: 'meet', where });
  return make(into, known(into, join(`join:${where}`, where, values, states), ranges.reduce(hull)));
}

/** The value that all are, or a new symbol for any of them. */
function join(id: string, where: string, values: readonly Value[], states: readonly State[]): Value {
  const first = values[0] as Value;
  if (values.every((v) => v.id === first.id)) return first;
  const alternatives = values.flatMap((via, i): Alternative[] => {
    const trail = states[i]?.trail ?? null;
    const nested = via.k === 'symbol' && via.origin.k === 'join' ? via.origin.alternatives : [];
    return nested.length > 0 ? nested.map(({ value }) => ({ value, via, trail })) : [{ value: via, via, trail }];
  });
  const unique = [...new Map(alternatives.map((a) => [a.value.id, a])).values()];
  if (unique.length > maxAlternatives) {
    const reason = unique.map((a) => unmodelledReason(a.value)).find((each) => each !== null);
    return symbol(id, reason ? { k: 'unmodelled', reason } : { k: 'indeterminate' });
  }
  // The alternatives' own names may be long, and joins are joined again.
  const name = `${id}:${hash(unique.map((a) => a.value.id).join('|'))}`;
  return symbol(name, { k: 'join', where, alternatives: unique });
}

function known(state: State, value: Value, range: Range): Value {
  if (value.k === 'symbol' && value.origin.k === 'join' && !isAnything(range)) {
    state.facts.set(value.id, { ...range, of: value, because: null });
  }
  return value;
}

function likeness(state: State, value: Value, important: Important): string {
  const parts = [valueClass(state, value)];
  for (const [key, value] of state.own) if (important(key)) parts.push(`${key}=${valueClass(state, value)}`);
  for (const [key, entry] of state.defaults) if (important(key)) parts.push(`${key}/=${entry.id}`);
  return parts.sort().join(';');
}

/**
 * What a caller may want to know of a value: constants and objects exactly, unknowns by sign, failures of one kind.
 * A refusal keeps its place, for it may be what an arc falls through to.
 */
export function valueClass(state: State, value: Value): string {
  const range = state.range(value);
  if (value.k === 'int' && isErrno(value.v) && !isRefusal(value.v)) return `error${settingsOf(state)}`;
  if (value.k !== 'symbol') return value.id;
  if (isErrorRange(range)) return 'error';
  if (!canBeNegative(range) && !canBeZero(range) && isObject(value)) return value.id;
  return `${canBeNegative(range) ? '-' : ''}${canBeZero(range) ? '0' : ''}${canBePositive(range) ? '+' : ''}`;
}

/** The settings under which a path came about: an error that one of them makes is not one that any device may have. */
function settingsOf(state: State): string {
  const found: string[] = [];
  for (const [id, fact] of state.facts) if (isSetting(fact)) found.push(` ${id}:${rangeKey(fact)}`);
  return found.sort().join('');
}

/** Results of calls and places in memory are kept apart: a new file is not an old one. */
const isObject = (value: Value): boolean =>
  value.k === 'symbol' && (value.origin.k === 'call' || value.origin.k === 'memory');

/** True when nothing but an error is left. */
export const isErrorRange = (r: Range): boolean => r.high !== null && r.high < 0n;

/** All assumptions of a path, the caller's included. */
export function allFacts(state: State): Fact[] {
  const facts = new Map<string, Fact>();
  for (let at: State | null = state; at; at = at.parent) {
    for (const [id, fact] of at.facts) if (!facts.has(id)) facts.set(id, fact);
  }
  return [...facts.values()].filter((f) => !isAnything(f));
}

/** How a path came about, its callers' ways included; null when that contradicts what it assumed. */
export function allWays(state: State): readonly Way[] | null {
  let ways: readonly Way[] | null = [];
  for (let at: State | null = state; at && ways; at = at.parent) ways = both(ways, at.ways);
  if (!ways || ways.length === 0) return ways;
  return allowed(ways, new Map(allFacts(state).map((f) => [f.of.id, f])));
}

/** So many assumptions about what could not be modelled are kept; one is enough to know that nothing is sure. */
const maxUnmodelled = 8;

/**
 * Drops, when a function ends, what was assumed of values that nobody can ask about again: results of calls that are
 * neither returned nor kept. Capabilities and configuration stay, for they may be tested again, and so does what could
 * not be modelled, for an outcome under it is not known.
 */
export function dropForgottenFacts(state: State, value: Value): void {
  if (state.facts.size === 0) return;
  let unmodelled = 0;
  for (const [id, fact] of state.facts) {
    if (isStable(fact.of) || (fact.of.origin.k === 'unmodelled' && ++unmodelled <= maxUnmodelled)) continue;
    if (!state.isOwnName(id) || state.parent?.fact(id)) continue;
    if (!isKept(id, state, value)) state.facts.delete(id);
  }
}

/** True when what is returned, or a place or what it holds, is made of the value of that name. */
function isKept(id: string, { own }: State, returned: Value): boolean {
  if (returned.id.includes(id)) return true;
  for (const [key, held] of own) if (held.id.includes(id) || key.includes(id)) return true;
  const { origin } = returned.k === 'symbol' ? returned : { origin: null };
  return origin?.k === 'join' && origin.alternatives.some((a) => a.value.id.includes(id));
}
