import type { Site, SymbolValue, Value } from './value';
import { maxErrno, undeclaredName, unmodelledReason } from './value';

/**
 * What a path has assumed of one symbol: a range and single values that it is not.
 * Valid pointers count as positive, error pointers as -4095 to -1.
 */
export interface Fact {
  readonly low: bigint | null;
  readonly high: bigint | null;
  readonly not: readonly bigint[];
  readonly of: SymbolValue;
  /** The condition that the path took, for the reader; null when the fact was not taken by a branch. */
  readonly because: Assumption | null;
}

/** A branch condition in the source and the side that was taken. */
export interface Assumption {
  readonly site: Site;
  readonly holds: boolean;
}

export type Range = Pick<Fact, 'low' | 'high' | 'not'>;

export const anything: Range = { low: null, high: null, not: [] };
export const negativeErrno: Range = { low: -maxErrno, high: -1n, not: [] };
export const zeroOrErrno: Range = { low: -maxErrno, high: 0n, not: [] };
export const notNegative: Range = { low: 0n, high: null, not: [] };
export const positive: Range = { low: 1n, high: null, not: [] };
export const exactly = (v: bigint): Range => ({ low: v, high: v, not: [] });
export const except = (v: bigint): Range => ({ low: null, high: null, not: [v] });

/** Values that a range leaves out one by one; of more of them the others are forgotten. */
const maxExceptions = 64;

/** Both at once; null when nothing is left. */
export function meet(a: Range, b: Range): Range | null {
  let low = a.low === null ? b.low : b.low === null || a.low > b.low ? a.low : b.low;
  let high = a.high === null ? b.high : b.high === null || a.high < b.high ? a.high : b.high;
  const not = a.not.length === 0 ? b.not : b.not.length === 0 ? a.not : [...new Set([...a.not, ...b.not])];
  for (let moved = true; moved; ) {
    moved = false;
    if (low !== null && not.includes(low)) {
      low++;
      moved = true;
    }
    if (high !== null && not.includes(high)) {
      high--;
      moved = true;
    }
    if (low !== null && high !== null && low > high) return null;
  }
  if (low !== null && high !== null && low > high) return null;
  const inside = not.filter((v) => (low === null || v > low) && (high === null || v < high));
  return { low, high, not: inside.sort((x, y) => (x < y ? -1 : 1)).slice(0, maxExceptions) };
}

/** What holds of both. */
export function hull(a: Range, b: Range): Range {
  const low = a.low === null || b.low === null ? null : a.low < b.low ? a.low : b.low;
  const high = a.high === null || b.high === null ? null : a.high > b.high ? a.high : b.high;
  const not = a.not
    .filter((v) => !allows(b, v))
    .concat(b.not.filter((v) => !allows(a, v) && !a.not.includes(v)))
    .concat(between(a, b), between(b, a));
  return { low, high, not };
}

/** What lies between two ranges when it is one value, as zero between errors and valid pointers. */
function between(below: Range, above: Range): bigint[] {
  if (below.high === null || above.low === null || above.low - below.high !== 2n) return [];
  return [below.high + 1n];
}

export function allows(range: Range, v: bigint): boolean {
  if (range.low !== null && v < range.low) return false;
  if (range.high !== null && v > range.high) return false;
  return !range.not.includes(v);
}

export const isAnything = (r: Range): boolean => r.low === null && r.high === null && r.not.length === 0;

/** True for what is assumed of the preprocessor's options and of capability tests. */
export const isSetting = (fact: Fact): boolean =>
  !isAnything(fact) && (fact.of.origin.k === 'config' || fact.of.origin.k === 'test');

/** Why an assumption may be none that a device could ever make; null for all others. */
export function doubtOf(fact: Fact): string | null {
  const { of } = fact;
  const reason = unmodelledReason(of);
  if (reason !== null) return reason;
  const name = undeclaredName(of);
  if (name !== null) return `${name} is not declared`;
  // Tests say yes or no: what is compared like a state is a macro that lost its definition.
  const test = testIn(of);
  return test !== null && [fact.low, fact.high, ...fact.not].some(isNumber) ? `${test}() is not declared` : null;
}

/** The capability test that a value is, or with which it reckons. */
function testIn(value: Value): string | null {
  if (value.k !== 'symbol') return null;
  if (value.origin.k === 'test') return value.origin.name;
  if (value.origin.k !== 'term' || !/^(\+|-|\*|<<)$/.test(value.origin.op)) return null;
  return value.origin.args.map(testIn).find((name) => name !== null) ?? null;
}

const isNumber = (value: bigint | null): boolean => value !== null && value > 1n;

/** The only value left, or null. */
export function single(range: Range): bigint | null {
  return range.low !== null && range.low === range.high ? range.low : null;
}

export const canBeZero = (r: Range): boolean => allows(r, 0n);
export const canBeNegative = (r: Range): boolean => r.low === null || r.low < 0n;
export const canBePositive = (r: Range): boolean => r.high === null || r.high > 0n;

export function rangeKey(r: Range): string {
  return isAnything(r) ? '' : `${r.low ?? ''}..${r.high ?? ''}${r.not.length ? `!${r.not.join(',')}` : ''}`;
}

/** True when both leave the same values. */
export function sameRange(a: Range, b: Range): boolean {
  if (a === b) return true;
  return a.low === b.low && a.high === b.high && a.not.length === b.not.length && a.not.every((v, i) => v === b.not[i]);
}

/** True when `x op c` holds for all, for none (false), or for some (null) values of the range. */
export function decide(op: string, r: Range, c: bigint): boolean | null {
  switch (op) {
    case '==':
      return !allows(r, c) ? false : single(r) === c ? true : null;
    case '!=': {
      const equal = decide('==', r, c);
      return equal === null ? null : !equal;
    }
    case '<':
      return r.high !== null && r.high < c ? true : r.low !== null && r.low >= c ? false : null;
    case '<=':
      return r.high !== null && r.high <= c ? true : r.low !== null && r.low > c ? false : null;
    case '>': {
      const le = decide('<=', r, c);
      return le === null ? null : !le;
    }
    case '>=': {
      const lt = decide('<', r, c);
      return lt === null ? null : !lt;
    }
    default:
      return null;
  }
}

/** The values for which `x op c` has the outcome. */
export function rangeWhere(op: string, c: bigint, holds: boolean): Range {
  const effective = holds ? op : negated[op];
  switch (effective) {
    case '==':
      return exactly(c);
    case '!=':
      return except(c);
    case '<':
      return { low: null, high: c - 1n, not: [] };
    case '<=':
      return { low: null, high: c, not: [] };
    case '>':
      return { low: c + 1n, high: null, not: [] };
    case '>=':
      return { low: c, high: null, not: [] };
    default:
      return anything;
  }
}

export const negated: Readonly<Record<string, string>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** `a op b` as `b mirrored[op] a`. */
export const mirrored: Readonly<Record<string, string>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

export const isComparison = (op: string): boolean => op in negated;

/** True when the value can only be 0 or 1. */
export function isBoolean(value: Value): boolean {
  if (value.k === 'int') return value.v === 0n || value.v === 1n;
  if (value.k !== 'symbol') return false;
  if (value.origin.k === 'config') return true;
  return value.origin.k === 'term' && (value.origin.op === '!' || isComparison(value.origin.op));
}
