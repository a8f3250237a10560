import type { CType } from '../c/ir';
import type { Assumption, Fact } from './facts';
import { anything, sameRange } from './facts';
import type { Default } from './state';
import type { Step, Trail } from './trail';
import type { Loc, Origin, Site, Value } from './value';

/**
 * Whether things of two evaluations are the same for everybody: in identity, and in the places that a reader is shown.
 * A value keeps its identity when text before it moves it; what is made of it would then show where it was before.
 * May say that they differ where they do not: then something is evaluated once more.
 */
export class Sameness {
  /** What was compared before, or is being compared: a difference ends it all, so these are the same. */
  private compared: Map<object, object> | null = null;

  values(a: Value, b: Value): boolean {
    if (a === b) return true;
    if (a.id !== b.id) return false;
    switch (a.k) {
      case 'int':
        return b.k === 'int' && sameSite(a.at, b.at);
      case 'pointer':
        return b.k === 'pointer' && this.locs(a.loc, b.loc);
      case 'function':
        return b.k === 'function' && a.file === b.file;
      case 'symbol':
        return b.k === 'symbol' && sameSite(a.at, b.at) && this.origins(a.origin, b.origin);
    }
  }

  locs(a: Loc | null, b: Loc | null): boolean {
    if (a === b) return true;
    if (!a || !b || a.key !== b.key || a.last !== b.last || !sameType(a.type, b.type)) return false;
    const samePointer = a.pointer && b.pointer ? this.values(a.pointer, b.pointer) : a.pointer === b.pointer;
    return samePointer && this.locs(a.parent, b.parent);
  }

  defaults(a: Default, b: Default): boolean {
    if (a.id !== b.id) return false;
    if (a.mode === 'initially') return b.mode === 'initially' && this.locs(a.of, b.of);
    return a.mode === 'zero' ? b.mode === 'zero' : b.mode === 'unknown' && sameSite(a.at, b.at);
  }

  private origins(a: Origin, b: Origin): boolean {
    if (a === b) return true;
    switch (a.k) {
      case 'memory':
        return b.k === 'memory' && this.locs(a.loc, b.loc);
      case 'term':
        if (this.known(a, b)) return true;
        return b.k === 'term' && this.lists(a.args, b.args, (x, y) => this.values(x, y));
      case 'join':
        if (this.known(a, b)) return true;
        return (
          b.k === 'join' &&
          this.lists(
            a.alternatives,
            b.alternatives,
            (x, y) => this.values(x.value, y.value) && this.values(x.via, y.via) && this.trails(x.trail, y.trail),
          )
        );
      case 'unmodelled':
        return b.k === 'unmodelled' && a.reason === b.reason;
      default:
        return a.k === b.k;
    }
  }

  private lists<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
    return a.length === b.length && a.every((x, i) => same(x, b[i] as T));
  }

  private trails(a: Trail | null, b: Trail | null): boolean {
    let [x, y] = [a, b];
    while (x !== y) {
      if (!x || !y) return false;
      if (this.known(x, y)) return true;
      if (!this.steps(x.step, y.step)) return false;
      [x, y] = [x.before, y.before];
    }
    return true;
  }

  private steps(a: Step, b: Step): boolean {
    if (a === b) return true;
    if (a.k === 'meet') return b.k === 'meet' && a.where === b.where;
    if (b.k === 'meet' || !sameSite(a.site, b.site)) return false;
    switch (a.k) {
      case 'branch':
        return b.k === 'branch' && a.holds === b.holds && a.open === b.open;
      case 'case':
      case 'return':
        return b.k === a.k && this.values(a.value, b.value);
      case 'call':
        return (
          b.k === 'call' &&
          a.name === b.name &&
          a.renaming?.from === b.renaming?.from &&
          a.renaming?.to === b.renaming?.to &&
          this.values(a.result, b.result) &&
          this.trails(a.inner, b.inner)
        );
      case 'next-state':
        return b.k === 'next-state' && this.values(a.current, b.current) && this.values(a.wanted, b.wanted);
      case 'lost':
        return b.k === 'lost' && a.reason === b.reason;
    }
  }

  private known(a: object, b: object): boolean {
    this.compared ??= new Map();
    if (this.compared.get(a) === b) return true;
    this.compared.set(a, b);
    return false;
  }
}

/** Assumptions about one value that say the same and were made at the same place. */
export function sameFact(a: Fact | undefined, b: Fact | undefined): boolean {
  return a === b || (sameRange(a ?? anything, b ?? anything) && sameAssumption(a?.because, b?.because));
}

function sameAssumption(a: Assumption | null | undefined, b: Assumption | null | undefined): boolean {
  return a && b ? a.holds === b.holds && sameSite(a.site, b.site) : !a && !b;
}

function sameSite(a: Site | null, b: Site | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.fn === b.fn && a.span.start === b.span.start && a.span.end === b.span.end;
}

function sameType(a: CType | null, b: CType | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  switch (a.k) {
    case 'void':
    case 'unknown':
      return a.k === b.k;
    case 'int':
      return b.k === 'int' && a.bits === b.bits && a.signed === b.signed;
    case 'enum':
    case 'named':
    case 'struct':
      return b.k === a.k && a.name === b.name;
    case 'pointer':
      return b.k === 'pointer' && sameType(a.to, b.to);
    case 'array':
      return b.k === 'array' && a.length === b.length && sameType(a.of, b.of);
    case 'function':
      return b.k === 'function' && sameType(a.returns, b.returns);
  }
}
