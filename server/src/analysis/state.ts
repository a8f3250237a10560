import type { Assumption, Fact, Range } from './facts';
import { anything, exactly, isBoolean, isAnything, meet, notNegative, positive, rangeKey, single } from './facts';
import type { Trail } from './trail';
import type { Loc, Site, SymbolValue, Value } from './value';
import { inside, int, symbol, zero } from './value';

/** What holds for every part of a place that has no value of its own. */
export type Default =
  | { readonly k: 'default'; readonly id: string; readonly mode: 'zero' }
  /** What the other place held before the evaluation began: the rest of a struct copy. */
  | { readonly k: 'default'; readonly id: string; readonly mode: 'initially'; readonly of: Loc }
  | { readonly k: 'default'; readonly id: string; readonly mode: 'unknown'; readonly at: Site | null };

export type Entry = Value | Default;

export const zeroDefault: Default = { k: 'default', id: 'zero', mode: 'zero' };
export const initially = (of: Loc): Default => ({ k: 'default', id: `=${of.key}`, mode: 'initially', of });
export const unknownDefault = (id: string, at: Site | null): Default => ({ k: 'default', id, mode: 'unknown', at });

/** What one activation of a function read of the world around it: if that is the same again, so are its results. */
export type ReadLog = Map<string, { readonly id: string; again(state: State): string }>;

/** What memory holds before anything ran: globals' initialisers, else a symbol named by the place. */
export type InitialValue = (loc: Loc) => Value;

/**
 * Abstract memory and assumptions on one path. States are layered: a call starts an empty layer over its caller's
 * state, so the layer at the end is what the call did, and the log of reads that fell through is what it depended on.
 */
export class State {
  readonly own: Map<string, Entry>;
  readonly facts: Map<string, Fact>;
  trail: Trail | null = null;
  /** Branches taken so far on what is not known. */
  forks = 0;
  /** Visits of loop headers: how often, and the forks at the last. */
  loops: ReadonlyMap<number, { readonly visits: number; readonly forks: number }> = new Map();

  constructor(
    readonly parent: State | null,
    readonly reads: ReadLog,
    private readonly initial: InitialValue,
    from?: State,
  ) {
    this.own = new Map(from?.own);
    this.facts = new Map(from?.facts);
    if (from) {
      this.trail = from.trail;
      this.forks = from.forks;
      this.loops = from.loops;
    }
  }

  /** A copy that goes its own way. */
  fork(): State {
    return new State(this.parent, this.reads, this.initial, this);
  }

  /** A layer for a call made in this state. */
  enter(reads: ReadLog): State {
    return new State(this, reads, this.initial);
  }

  read(loc: Loc): Value {
    const own = this.readOwn(loc);
    if (own) return own;
    if (!this.parent) return this.initial(loc);
    const value = this.parent.read(loc);
    if (!this.reads.has(loc.key)) this.reads.set(loc.key, { id: value.id, again: (s) => s.read(loc).id });
    return value;
  }

  private readOwn(loc: Loc): Value | null {
    if (this.own.size === 0) return null;
    const exact = this.own.get(loc.key);
    if (exact && exact.k !== 'default') return exact;
    const found = this.defaultOf(loc);
    return found ? fromDefault(found.entry, found.at, loc) : null;
  }

  /** The innermost default of this layer that covers the place. */
  private defaultOf(loc: Loc): { entry: Default; at: Loc } | null {
    for (let at: Loc | null = loc; at; at = at.parent) {
      const entry = this.own.get(`${at.key}/`);
      if (entry?.k === 'default') return { entry, at };
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
    this.own.set(`${place}/`, entry);
  }

  /** Copies a struct or array. */
  copy(to: Loc, from: Loc): void {
    const parts = this.partsOf(from);
    this.writeDefault(to, parts.rest);
    for (const [suffix, entry] of parts.entries) this.own.set(to.key + suffix, entry);
  }

  /** All that is known of a place's parts, and what holds of the others. */
  partsOf(loc: Loc): { entries: ReadonlyMap<string, Entry>; rest: Default } {
    const entries = new Map<string, Entry>();
    let rest: Default | null = null;
    for (const [key, entry] of this.own) {
      if (isPart(key, loc.key) && key !== `${loc.key}/`) entries.set(key.slice(loc.key.length), entry);
    }
    const found = this.defaultOf(loc);
    if (found) rest = rebase(found.entry, found.at, loc);
    if (rest) return { entries, rest };
    if (!this.parent) return { entries, rest: initially(loc) };
    const below = this.parent.partsOf(loc);
    const logKey = `${loc.key}*`;
    if (!this.reads.has(logKey)) this.reads.set(logKey, { id: partsKey(below), again: (s) => partsKey(s.partsOf(loc)) });
    for (const [suffix, entry] of below.entries) if (!entries.has(suffix)) entries.set(suffix, entry);
    return { entries, rest: below.rest };
  }

  fact(id: string): Fact | undefined {
    const own = this.facts.get(id);
    if (own || !this.parent) return own;
    const fact = this.parent.fact(id);
    const logKey = `?${id}`;
    if (!this.reads.has(logKey)) {
      this.reads.set(logKey, { id: fact ? rangeKey(fact) : '', again: (s) => rangeKey(s.fact(id) ?? anything) });
    }
    return fact;
  }

  /** What the path knows of a value. */
  range(value: Value): Range {
    if (value.k === 'int') return exactly(value.v);
    if (value.k !== 'symbol') return positive;
    return this.fact(value.id) ?? (isBoolean(value) ? zeroOrOne : anything);
  }

  /** The value itself, or the constant that the path's assumptions leave of it. */
  resolve(value: Value): Value {
    if (value.k !== 'symbol') return value;
    const only = single(this.range(value));
    return only === null ? value : int(only, value.at);
  }

  /** Adds an assumption; false when it contradicts what the path knows. */
  assume(value: SymbolValue, range: Range, because: Assumption | null): boolean {
    const before = this.range(value);
    const after = meet(before, range);
    if (!after) return false;
    if (!isAnything(after) && rangeKey(after) !== rangeKey(before)) {
      const old = this.fact(value.id)?.because ?? null;
      this.facts.set(value.id, { ...after, of: value, because: because ?? old });
    }
    return true;
  }

  /** Forgets what was assumed of symbols whose identity begins so: they now stand for something new. */
  forget(id: string): void {
    for (const known of this.assumedUnder(id)) {
      this.facts.set(known, { ...anything, of: symbol(known, { k: 'indeterminate' }), because: null });
    }
  }

  private assumedUnder(id: string): readonly string[] {
    const found: string[] = [];
    for (const [known, fact] of this.facts) if (known.startsWith(id) && !isAnything(fact)) found.push(known);
    if (!this.parent) return found;
    const below = this.parent.assumedUnder(id);
    const logKey = `?${id}*`;
    if (!this.reads.has(logKey)) this.reads.set(logKey, { id: below.join(), again: (s) => s.assumedUnder(id).join() });
    return below.length === 0 ? found : [...new Set([...found, ...below.filter((k) => !this.facts.has(k))])];
  }
}

const zeroOrOne: Range = { ...notNegative, high: 1n };

function isPart(key: string, of: string): boolean {
  if (!key.startsWith(of)) return false;
  const next = key[of.length];
  return next === undefined || next === '.' || next === '[' || next === '/';
}

/** The value of a place that a default of an enclosing place covers. */
function fromDefault(entry: Default, at: Loc, loc: Loc): Value {
  switch (entry.mode) {
    case 'zero':
      return zero;
    case 'initially': {
      const source = follow(entry.of, at, loc);
      return symbol(`*${source.key}`, { k: 'memory', loc: source });
    }
    case 'unknown':
      return symbol(`${entry.id}${loc.key.slice(at.key.length)}`, { k: 'indeterminate' }, entry.at);
  }
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

function partsKey(parts: { entries: ReadonlyMap<string, Entry>; rest: Default }): string {
  return `${[...parts.entries].map(([k, e]) => `${k}=${e.id}`).sort().join(';')}/${parts.rest.id}`;
}
