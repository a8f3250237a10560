import type { Assumption, Fact, Range } from './facts';
import { anything, exactly, isAnything, isBoolean, meet, notNegative, positive, sameRange, single } from './facts';
import { Sameness, sameFact } from './sameness';
import type { Trail } from './trail';
import type { Loc, Site, SymbolValue, Value } from './value';
import { inside, int, isErrno, symbol, zero } from './value';
import type { Way } from './ways';
import { allowed, both } from './ways';

/** The token of states in which no function runs: no name contains it. */
export const outside = '%outside%';

/** What holds for every part of a place that has no value of its own. */
export type Default =
  | { readonly k: 'default'; readonly id: string; readonly mode: 'zero' }
  /** What the other place held before the evaluation began: the rest of a struct copy. */
  | { readonly k: 'default'; readonly id: string; readonly mode: 'initially'; readonly of: Loc }
  | { readonly k: 'default'; readonly id: string; readonly mode: 'unknown'; readonly at: Site | null };

export const zeroDefault: Default = { k: 'default', id: 'zero', mode: 'zero' };
export const initially = (of: Loc): Default => ({ k: 'default', id: `=${of.key}`, mode: 'initially', of });
export const unknownDefault = (id: string, at: Site | null): Default => ({ k: 'default', id, mode: 'unknown', at });

/** What one activation of a function read of the world around it: if that is the same again, so are its results. */
export class ReadLog {
  readonly values = new Map<string, { readonly loc: Loc; readonly value: Value }>();
  readonly parts = new Map<string, { readonly loc: Loc; readonly parts: Parts }>();
  readonly facts = new Map<string, Fact | undefined>();

  /** The place that told the last state in which the reads did not hold; it is asked first. */
  private suspect: Loc | null = null;

  /** True when all reads have the same answer in another state; asking makes them reads of that state's own layer. */
  holdsIn(state: State): boolean {
    const sameness = new Sameness();
    const known = this.suspect && this.values.get(this.suspect.key);
    if (known && !sameness.values(known.value, state.read(known.loc))) return false;
    for (const { loc, value } of this.values.values()) {
      if (sameness.values(value, state.read(loc))) continue;
      this.suspect = loc;
      return false;
    }
    for (const [id, fact] of this.facts) if (!sameFact(fact, state.fact(id))) return false;
    for (const { loc, parts } of this.parts.values()) if (!sameParts(parts, state.partsOf(loc), sameness)) return false;
    return true;
  }
}

/** What memory holds before anything ran: globals' initialisers, else a symbol named by the place. */
export type InitialValue = (loc: Loc) => Value;

/** What a call did: its writes and its assumptions. */
export interface Effects {
  readonly own: ReadonlyMap<string, Value>;
  readonly defaults: ReadonlyMap<string, Default>;
  readonly facts: ReadonlyMap<string, Fact>;
  readonly ways: readonly Way[];
  readonly forks: number;
}

type Memory = [own: Map<string, Value>, defaults: Map<string, Default>, facts: Map<string, Fact>];

/**
 * Abstract memory and assumptions on one path. States are layered: a call starts an empty layer over its caller's
 * state, so the layer at the end is what the call did, and the log of reads that fell through is what it depended on.
 */
export class State {
  /** How merged paths came about; see Way. */
  ways: readonly Way[] = [];
  trail: Trail | null = null;
  /** Branches taken so far on what is not known. */
  forks = 0;
  /** Visits of loop headers: how often in rounds with an open condition, and forks and memory at the last. */
  loops: ReadonlyMap<number, { readonly visits: number; readonly forks: number; readonly memory: string }> = new Map();

  constructor(
    readonly parent: State | null,
    readonly reads: ReadLog,
    private readonly initial: InitialValue,
    /** What marks the names that this activation gives: nothing below the layer can know of them. */
    private readonly token: string,
    /** Values of places by their keys. */
    readonly own: Map<string, Value> = new Map(),
    /** Defaults of places by their keys. */
    readonly defaults: Map<string, Default> = new Map(),
    readonly facts: Map<string, Fact> = new Map(),
  ) {}

  /** True for a name that this activation gave: whoever called it can not know it. */
  isOwnName(id: string): boolean {
    return id.includes(this.token);
  }

  /** A copy that goes its own way. */
  fork(): State {
    return this.forkOver(this.parent, this.reads);
  }

  /** A layer for a call made in this state. */
  enter(reads: ReadLog, token: string): State {
    return new State(this, reads, this.initial, token);
  }

  /** The same layer over another state. */
  over(parent: State): State {
    return this.forkOver(parent, new ReadLog());
  }

  private forkOver(parent: State | null, reads: ReadLog): State {
    return this.with(parent, reads, new Map(this.own), new Map(this.defaults), new Map(this.facts));
  }

  private with(parent: State | null, reads: ReadLog, ...memory: Memory): State {
    const state = new State(parent, reads, this.initial, this.token, ...memory);
    state.ways = this.ways;
    state.trail = this.trail;
    state.forks = this.forks;
    state.loops = this.loops;
    return state;
  }

  /** Takes over what a call did. False when no way of this path can have led through the call's. */
  adopt({ own, defaults, facts, ways, forks }: Effects): boolean {
    for (const [key, entry] of defaults) this.replaceParts(key, entry);
    for (const [key, value] of own) this.own.set(key, value);
    for (const [id, fact] of facts) this.facts.set(id, fact);
    this.forks += forks;
    if (this.ways.length === 0 && ways.length === 0) return true;
    const together = both(this.ways, ways);
    return together !== null && this.narrow(together);
  }

  /** Leaves the ways that the assumptions allow; what only one way is left for, is so. */
  private narrow(ways: readonly Way[]): boolean {
    const left = allowed(ways, this.facts);
    if (!left) return false;
    const [only] = left;
    this.ways = left.length > 1 ? left : [];
    if (left.length !== 1 || !only) return true;
    for (const fact of only.values()) if (!this.assume(fact.of, fact, fact.because)) return false;
    return true;
  }

  /** The layer alone, to be kept without the states below it. Takes over what this state holds. */
  detached(): State {
    return this.with(null, new ReadLog(), this.own, this.defaults, this.facts);
  }

  read(loc: Loc): Value {
    const own = this.own.get(loc.key);
    if (own) return own;
    if (this.defaults.size > 0) {
      const found = this.defaultOf(loc);
      if (found) return this.fromDefault(found.entry, found.at, loc);
    }
    // What is below a layer stays the same as long as the layer is used.
    const known = this.reads.values.get(loc.key);
    if (known) return known.value;
    if (!this.parent || loc.key.includes(this.token)) return this.initial(loc);
    const value = this.parent.read(loc);
    this.reads.values.set(loc.key, { loc, value });
    return value;
  }

  /** The value of a place that a default of an enclosing place covers. */
  private fromDefault(entry: Default, at: Loc, loc: Loc): Value {
    switch (entry.mode) {
      case 'zero':
        return zero;
      case 'initially':
        return this.initial(follow(entry.of, at, loc));
      case 'unknown':
        return symbol(`${entry.id}${loc.key.slice(at.key.length)}`, { k: 'indeterminate' }, entry.at);
    }
  }

  /** The innermost default of this layer that covers the place. */
  private defaultOf(loc: Loc): { entry: Default; at: Loc } | null {
    for (let at: Loc | null = loc; at; at = at.parent) {
      const entry = this.defaults.get(at.key);
      if (entry) return { entry, at };
    }
    return null;
  }

  write(loc: Loc, value: Value): void {
    this.own.set(loc.key, value);
  }

  /** Makes the whole place, with all its parts, what the default says. */
  writeDefault(loc: Loc, entry: Default): void {
    this.replaceParts(loc.key, entry);
  }

  /** The same by the place's key. */
  replaceParts(place: string, entry: Default): void {
    if (entry.mode === 'unknown') this.forget(entry.id);
    for (const key of this.own.keys()) if (isPart(key, place)) this.own.delete(key);
    for (const key of this.defaults.keys()) if (isPart(key, place)) this.defaults.delete(key);
    this.defaults.set(place, entry);
  }

  /** Copies a struct or array. */
  copy(to: Loc, from: Loc): void {
    const parts = this.partsOf(from);
    this.writeDefault(to, parts.rest);
    for (const [suffix, entry] of parts.defaults) this.defaults.set(to.key + suffix, entry);
    for (const [suffix, value] of parts.values) this.own.set(to.key + suffix, value);
  }

  /** All that is known of a place's parts, and what holds of the others. */
  partsOf(loc: Loc): Parts {
    const values = new Map<string, Value>();
    const defaults = new Map<string, Default>();
    for (const [key, value] of this.own) if (isPart(key, loc.key)) values.set(key.slice(loc.key.length), value);
    for (const [key, entry] of this.defaults) {
      if (key !== loc.key && isPart(key, loc.key)) defaults.set(key.slice(loc.key.length), entry);
    }
    const found = this.defaultOf(loc);
    if (found) return { values, defaults, rest: rebase(found.entry, found.at, loc) };
    if (!this.parent || loc.key.includes(this.token)) return { values, defaults, rest: initially(loc) };
    const below = this.parent.partsOf(loc);
    if (!this.reads.parts.has(loc.key)) this.reads.parts.set(loc.key, { loc, parts: below });
    for (const [suffix, value] of below.values) if (!values.has(suffix)) values.set(suffix, value);
    for (const [suffix, entry] of below.defaults) if (!defaults.has(suffix)) defaults.set(suffix, entry);
    return { values, defaults, rest: below.rest };
  }

  fact(id: string): Fact | undefined {
    const own = this.facts.get(id);
    if (own || !this.parent) return own;
    const known = this.reads.facts.get(id);
    if (known || this.reads.facts.has(id)) return known;
    if (id.includes(this.token)) return undefined;
    const fact = this.parent.fact(id);
    this.reads.facts.set(id, fact);
    return fact;
  }

  /** What the path knows of a value. */
  range(value: Value): Range {
    if (value.k === 'int') return exactly(value.v);
    if (value.k !== 'symbol') return positive;
    return this.fact(value.id) ?? inherent(value);
  }

  /** The value itself, or the constant that the path's assumptions leave of it. */
  resolve(value: Value): Value {
    if (value.k !== 'symbol') return value;
    const only = single(this.range(value));
    // Errors that came together keep their own places, even where they are one number.
    if (only === null || (value.origin.k === 'join' && isErrno(only))) return value;
    return int(only, value.at);
  }

  /** Adds an assumption; false when it contradicts what the path knows. */
  assume(value: SymbolValue, range: Range, because: Assumption | null): boolean {
    const before = this.range(value);
    const after = meet(before, range);
    if (!after) return false;
    if (!isAnything(after) && !sameRange(after, before)) {
      const old = this.fact(value.id)?.because ?? null;
      this.facts.set(value.id, { ...after, of: value, because: because ?? old });
      if (this.ways.some((way) => way.has(value.id))) return this.narrow(this.ways);
    }
    return true;
  }

  /**
   * Forgets what was assumed of a symbol and of what is made of it: it now stands for something new. Only a loop can
   * bring the same symbol up again, and only in the layer of its own activation.
   */
  forget(id: string): void {
    if (this.loops.size === 0) return;
    for (const known of this.facts.keys()) {
      if (known.includes(id)) {
        this.facts.set(known, { ...anything, of: symbol(known, { k: 'indeterminate' }), because: null });
      }
    }
  }
}

/** What is known of the parts of a place, by their path in it. */
export interface Parts {
  readonly values: ReadonlyMap<string, Value>;
  readonly defaults: ReadonlyMap<string, Default>;
  readonly rest: Default;
}

const zeroOrOne: Range = { ...notNegative, high: 1n };

/** What holds of a value on every path. */
function inherent(value: SymbolValue): Range {
  if (isBoolean(value)) return zeroOrOne;
  return value.origin.k === 'foreign' && value.origin.name === 'sizeof' ? positive : anything;
}

function isPart(key: string, of: string): boolean {
  if (!key.startsWith(of)) return false;
  const next = key[of.length];
  return next === undefined || next === '.' || next === '[';
}

/** A default of `at` as a default of its part `loc`. */
function rebase(entry: Default, at: Loc, loc: Loc): Default {
  if (at === loc || entry.mode === 'zero') return entry;
  if (entry.mode === 'initially') return initially(follow(entry.of, at, loc));
  return unknownDefault(`${entry.id}${loc.key.slice(at.key.length)}`, entry.at);
}

/** The part of `base` that lies as `to` lies in `from`. */
function follow(base: Loc, from: Loc, to: Loc): Loc {
  if (to.key === from.key || !to.parent || to.last === null) return base;
  return inside(follow(base, from, to.parent), to.last, to.type);
}

function sameParts(a: Parts, b: Parts, sameness: Sameness): boolean {
  return (
    sameEntries(a.values, b.values, (x, y) => sameness.values(x, y)) &&
    sameEntries(a.defaults, b.defaults, (x, y) => sameness.defaults(x, y)) &&
    sameness.defaults(a.rest, b.rest)
  );
}

function sameEntries<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>, same: (x: T, y: T) => boolean): boolean {
  if (a.size !== b.size) return false;
  for (const [key, x] of a) {
    const y = b.get(key);
    if (y === undefined || !same(x, y)) return false;
  }
  return true;
}
