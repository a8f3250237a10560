import type { CType, Span } from '../c/ir';
import type { Trail } from './trail';

/**
 * Abstract values: what the evaluator knows of a C value on one path.
 *
 * A value is a known integer (NULL is 0, an error pointer is its negative errno), a pointer to a known place, a
 * function, or a symbol: something unknown with an identity. Two values with the same `id` are the same value;
 * identities do not depend on the path that led to them, so that equal paths can be merged.
 */
export type Value = IntValue | PointerValue | FunctionValue | SymbolValue;

export interface IntValue {
  readonly k: 'int';
  readonly id: string;
  readonly v: bigint;
  /** For a constant in errno's range: where the driver wrote it, so that each refusal keeps its place. */
  readonly at: Site | null;
}

/** A valid pointer, neither NULL nor an error. */
export interface PointerValue {
  readonly k: 'pointer';
  readonly id: string;
  readonly loc: Loc;
}

export interface FunctionValue {
  readonly k: 'function';
  readonly id: string;
  readonly name: string;
  /** The file from which the name was resolved. */
  readonly file: string;
}

export interface SymbolValue {
  readonly k: 'symbol';
  readonly id: string;
  readonly origin: Origin;
  /** Where the value came up; null for the start of the evaluation. */
  readonly at: Site | null;
}

/** Where an unknown comes from. `stable` ones are the same each time the driver looks: capabilities and configuration. */
export type Origin =
  /** What memory held before the evaluation began. */
  | { readonly k: 'memory'; readonly loc: Loc }
  /** What a function outside the module returned. */
  | { readonly k: 'call'; readonly name: string }
  /** The same, for functions and macros that only test a capability. */
  | { readonly k: 'test'; readonly name: string }
  /** A preprocessor condition. */
  | { readonly k: 'config'; readonly text: string }
  /** A name that the module does not define. */
  | { readonly k: 'foreign'; readonly name: string }
  | { readonly k: 'param'; readonly name: string }
  /** An operation on values of which at least one is unknown. */
  | { readonly k: 'term'; readonly op: string; readonly args: readonly Value[] }
  /** Different values that came together where paths were merged. */
  | { readonly k: 'join'; readonly where: string; readonly alternatives: readonly Alternative[] }
  /** An indeterminate local, or what a loop or a foreign function may have written. */
  | { readonly k: 'indeterminate' }
  /** C that is not modelled. */
  | { readonly k: 'unmodelled'; readonly reason: string };

/** A place in a function of the module; `fn` is a key that the evaluator resolves, the span is relative to the function. */
export interface Site {
  readonly fn: string;
  readonly span: Span;
}

/** A place in abstract memory: an object and a path of members and elements in it. */
export interface Loc {
  readonly key: string;
  readonly type: CType | null;
  /** The last path element (`.member` or `[index]`), or null for the object itself. */
  readonly last: string | null;
  readonly parent: Loc | null;
  /** The symbolic pointer through which the object was reached, for an object. */
  readonly pointer: SymbolValue | null;
}

/** One of the values that a join may be. */
export interface Alternative {
  readonly value: Value;
  /** What the path that brought it had, which may be a join itself. */
  readonly via: Value;
  readonly trail: Trail | null;
}

export const zero: IntValue = { k: 'int', id: '0', v: 0n, at: null };
export const one: IntValue = { k: 'int', id: '1', v: 1n, at: null };

/** The largest errno, as in the kernel's include/linux/err.h. */
export const maxErrno = 4095n;

export const isErrno = (v: bigint): boolean => v < 0n && v >= -maxErrno;

export function int(v: bigint, at: Site | null = null): IntValue {
  if (v === 0n) return zero;
  if (v === 1n) return one;
  if (at && isErrno(v)) return { k: 'int', id: `${v}@${at.fn}:${at.span.start}`, v, at };
  return { k: 'int', id: `${v}`, v, at: null };
}

export const bool = (b: boolean): IntValue => (b ? one : zero);

export function symbol(id: string, origin: Origin, at: Site | null = null): SymbolValue {
  return { k: 'symbol', id, origin, at };
}

export function pointerTo(loc: Loc): PointerValue | SymbolValue {
  return loc.pointer ?? { k: 'pointer', id: `&${loc.key}`, loc };
}

export function term(op: string, args: readonly Value[], at: Site | null): SymbolValue {
  return symbol(`(${op} ${args.map((a) => a.id).join(' ')})`, { k: 'term', op, args: args.map(opaque) }, at);
}

/** Without the alternatives of a join: nobody asks a term for them, and with them terms would grow with each round. */
function opaque(value: Value): Value {
  return value.k === 'symbol' && value.origin.k === 'join' ? { ...value, origin: { k: 'indeterminate' } } : value;
}

export function root(key: string, type: CType | null): Loc {
  return { key, type, last: null, parent: null, pointer: null };
}

export function inside(parent: Loc, last: string, type: CType | null): Loc {
  return { key: parent.key + last, type, last, parent, pointer: null };
}

/** The object behind a symbolic pointer; `&*p` is `p` again. */
export function targetOf(pointer: SymbolValue, type: CType | null): Loc {
  return { ...root(`{${pointer.id}}`, type), pointer };
}

/** True when the value is the same whenever the driver looks at it. */
export function isStable(value: Value): boolean {
  if (value.k !== 'symbol') return true;
  const origin = value.origin;
  switch (origin.k) {
    case 'memory':
    case 'test':
    case 'config':
    case 'foreign':
    case 'param':
      return true;
    case 'term':
      return origin.args.every(isStable);
    case 'call':
    case 'join':
    case 'indeterminate':
    case 'unmodelled':
      return false;
  }
}

/** What a member of a union holds when another was written. */
export const overlaid = (key: string, at: Site | null): SymbolValue =>
  symbol(`overlaid:${key}`, { k: 'unmodelled', reason: 'a member of a union is read that was written as another' }, at);

/** True for a value that the compiler knows and the analysis does not: it is made of sizes and addresses. */
export function isFixed(value: Value): boolean {
  if (value.k !== 'symbol') return true;
  const { origin } = value;
  return (origin.k === 'foreign' && origin.name === 'sizeof') || (origin.k === 'term' && origin.args.every(isFixed));
}

/** The reason why a value can not be known because of C that is not modelled, or null. */
export function unmodelledReason(value: Value): string | null {
  if (value.k !== 'symbol') return null;
  if (value.origin.k === 'unmodelled') return value.origin.reason;
  if (value.origin.k === 'term') {
    for (const arg of value.origin.args) {
      const reason = unmodelledReason(arg);
      if (reason) return reason;
    }
  }
  return null;
}

/**
 * The name that a value stands and falls with when it is made of nothing but what is known and names that no file of the
 * module declares: a constant of some header, or a name that is not typed to its end. Null for all other values.
 */
export function undeclaredName(value: Value): string | null {
  if (value.k !== 'symbol') return null;
  const { origin } = value;
  if (origin.k === 'foreign') return origin.name === 'sizeof' ? null : origin.name;
  if (origin.k !== 'term') return null;
  const names = origin.args.filter((arg) => arg.k === 'symbol').map(undeclaredName);
  return names.every((name) => name !== null) ? (names[0] ?? null) : null;
}
