import type { Fact } from './facts';
import type { Default, Effects } from './state';
import type { Loc, Origin, Value } from './value';

/**
 * Renames the symbols of one activation: summaries of functions are made without knowing who calls, under a token, and
 * each call puts its own identity in the token's place, so that the results of two calls stay two values.
 */
export class Renaming {
  private readonly locs = new Map<string, Loc>();
  /** What values are made of is shared by many of them: without this a sum of sums would be walked once for each way to it. */
  private readonly origins = new Map<Origin, Origin>();

  constructor(
    readonly from: string,
    readonly to: string,
  ) {}

  text(id: string): string {
    return id.includes(this.from) ? id.replaceAll(this.from, this.to) : id;
  }

  /** The name inside the call of what has the given name outside. */
  inner(id: string): string {
    return id.includes(this.to) ? id.replaceAll(this.to, this.from) : id;
  }

  value(value: Value): Value {
    if (!value.id.includes(this.from)) return value;
    const id = this.text(value.id);
    switch (value.k) {
      case 'int':
      case 'function':
        return { ...value, id };
      case 'pointer':
        return { ...value, id, loc: this.loc(value.loc) };
      case 'symbol':
        return { ...value, id, origin: this.origin(value.origin) };
    }
  }

  private origin(origin: Origin): Origin {
    const known = this.origins.get(origin);
    if (known) return known;
    const renamed = this.renamed(origin);
    this.origins.set(origin, renamed);
    return renamed;
  }

  private renamed(origin: Origin): Origin {
    switch (origin.k) {
      case 'memory':
        return { k: 'memory', loc: this.loc(origin.loc) };
      case 'term':
        return { ...origin, args: origin.args.map((a) => this.value(a)) };
      case 'join':
        return {
          ...origin,
          alternatives: origin.alternatives.map((a) => ({ ...a, value: this.value(a.value), via: this.value(a.via) })),
        };
      default:
        return origin;
    }
  }

  private loc(loc: Loc): Loc {
    if (!loc.key.includes(this.from)) return loc;
    const known = this.locs.get(loc.key);
    if (known) return known;
    const pointer = loc.pointer ? this.value(loc.pointer) : null;
    const renamed: Loc = {
      ...loc,
      key: this.text(loc.key),
      last: loc.last === null ? null : this.text(loc.last),
      parent: loc.parent && this.loc(loc.parent),
      pointer: pointer?.k === 'symbol' ? pointer : null,
    };
    this.locs.set(loc.key, renamed);
    return renamed;
  }

  effects({ own, defaults, facts, ways, forks }: Effects): Effects {
    return {
      own: this.entries(own, (value) => this.value(value)),
      defaults: this.entries(defaults, (entry) => this.default(entry)),
      facts: this.entries(facts, (fact) => this.fact(fact)),
      ways: ways.map((way) => this.entries(way, (fact) => this.fact(fact))),
      forks,
    };
  }

  private entries<T>(map: ReadonlyMap<string, T>, rename: (entry: T) => T): Map<string, T> {
    const renamed = new Map<string, T>();
    for (const [key, entry] of map) renamed.set(this.text(key), rename(entry));
    return renamed;
  }

  private default(entry: Default): Default {
    if (!entry.id.includes(this.from)) return entry;
    const id = this.text(entry.id);
    return entry.mode === 'initially' ? { ...entry, id, of: this.loc(entry.of) } : { ...entry, id };
  }

  private fact(fact: Fact): Fact {
    const of = this.value(fact.of);
    return of.k === 'symbol' && of !== fact.of ? { ...fact, of } : fact;
  }
}
