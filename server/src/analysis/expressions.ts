import type { BinaryOp, CType, Expr, FunctionIR, LocalId, Place, Span } from '../c/ir';
import type { CModule } from '../c/module';
import { kernelConstant } from './constants';
import { decide, isBoolean, isComparison, mirrored } from './facts';
import { globalRoot } from './globals';
import type { State } from './state';
import type { Types } from './types';
import { common, wrap } from './types';
import { Undeclared } from './undeclared';
import type { Loc, Site, Value } from './value';
import {
  bool,
  inside,
  int,
  pointerTo,
  root,
  symbol,
  targetOf,
  term,
  undeclaredName,
  unmodelledReason,
  zero,
} from './value';

/** Names of values may have this many characters; in real drivers they have some hundred. */
const maxName = 500;

/** One activation of a function: what places and names mean in it. */
export interface Frame {
  readonly fn: FunctionIR;
  /** Key of the function for sites. */
  readonly key: string;
  /** Depth of the call, which names the frame's locals in memory. */
  readonly depth: number;
  /** The chain of calls that led here; makes results of calls distinct. */
  readonly context: string;
  /** The places of the function's locals, by their ids. */
  readonly locals: readonly Loc[];
}

/** The places of a function's locals in calls of that depth. */
export const localsOf = (fn: FunctionIR, depth: number): readonly Loc[] =>
  fn.locals.map(({ id, type }) => root(`f${depth}:${id}`, type));

/** Constants by each of which the one before is defined, beyond which what the first is worth is not known. */
const maxNaming = 200;

/** Evaluates pure expressions and places; never forks, never fails. */
export class Expressions {
  readonly undeclared: Undeclared;
  /** Elements of the array that a place is; null when that can not be told. Calls sets it, which evaluates initialisers. */
  lengthOf: (place: Place, frame: Frame) => bigint | null = () => null;

  /** Enumeration constants that are being evaluated: text that is no C can define one by itself. */
  private readonly naming = new Set<string>();

  constructor(
    private readonly module: CModule,
    private readonly types: Types,
  ) {
    this.undeclared = new Undeclared(module);
  }

  site(frame: Frame, span: Span): Site {
    return { fn: frame.key, span };
  }

  localLoc(frame: Frame, id: number): Loc {
    return frame.locals[id] ?? root(`f${frame.depth}:${id}`, null);
  }

  place(place: Place, frame: Frame, state: State): Loc {
    switch (place.k) {
      case 'local':
        return this.localLoc(frame, place.id);
      case 'global':
        return globalRoot(this.module, place.name, frame.fn.file);
      case 'deref': {
        const value = this.value(place.pointer, frame, state);
        const type = this.types.ofExpr(place.pointer, frame.fn);
        if (this.types.strip(type)?.k === 'struct') return noPointer(value);
        return this.target(value, this.types.pointee(type));
      }
      case 'field':
        return this.field(this.place(place.base, frame, state), place.name);
      case 'index': {
        const base = this.place(place.base, frame, state);
        const index = state.resolve(this.value(place.index, frame, state));
        const type = this.types.strip(base.type);
        if (type?.k === 'array' && isNowhere(base, index)) return somewhereIn(base, index, type.of);
        if (type?.k === 'pointer') return this.element(this.target(state.read(base), type.to), index);
        if (type?.k !== 'array') {
          const held = state.read(base);
          if (held.k === 'pointer') return this.element(held.loc, index);
        }
        return inside(base, `[${index.k === 'int' ? index.v : index.id}]`, this.types.element(base.type));
      }
    }
  }

  /** `p[i]` for a pointer to `at`: the neighbour in an array, the object itself for 0. */
  private element(at: Loc, index: Value): Loc {
    if (index.k === 'int' && index.v === 0n) return at;
    const here = at.last && /^\[-?\d+\]$/.test(at.last) ? BigInt(at.last.slice(1, -1)) : null;
    if (here !== null && at.parent && index.k === 'int') return inside(at.parent, `[${here + index.v}]`, at.type);
    return inside(at, `[${index.k === 'int' ? index.v : index.id}]`, at.type);
  }

  field(base: Loc, name: string): Loc {
    const owner = this.types.lacking(base.type, name);
    if (owner !== null) {
      const reason = `struct ${owner} has no member ${name}`;
      return targetOf(symbol(`${base.key}.${name}`, { k: 'unmodelled', reason }), null);
    }
    const type = this.types.field(base.type, name);
    const device = this.types.deviceStruct(type);
    return device ? deviceObject(device) : inside(base, `.${name}`, type);
  }

  /** Locals that a name which nothing declares may stand for once it is typed to its end. */
  meantBy(place: Place, fn: FunctionIR): LocalId[] {
    if (place.k !== 'global' || !this.undeclared.has(fn, place.name)) return [];
    return fn.locals.flatMap(({ id, name }) => (name?.startsWith(place.name) ? [id] : []));
  }

  /** What a pointer points to. */
  target(pointer: Value, type: CType | null): Loc {
    const device = this.types.deviceStruct(type);
    if (pointer.k === 'pointer') return pointer.loc.type || !type ? pointer.loc : { ...pointer.loc, type };
    if (device) return deviceObject(device);
    if (pointer.k === 'symbol') return targetOf(pointer, type);
    if (pointer.k === 'int' && pointer.v !== 0n) return noPointer(pointer);
    return root(`bad:${pointer.id}`, type);
  }

  value(expr: Expr, frame: Frame, state: State): Value {
    switch (expr.k) {
      case 'int':
        return int(expr.value, this.site(frame, expr.span));
      case 'string':
        return pointerTo(root(`"${expr.text}"`, null));
      case 'load':
        return this.load(expr.place, expr.span, frame, state);
      case 'addr': {
        if (expr.place.k === 'global') {
          const fn = this.functionNamed(expr.place.name, frame);
          if (fn) return fn;
          if (this.isConstant(expr.place.name, frame)) return this.notC('a constant has no address', expr.span, frame);
        }
        return pointerTo(this.place(expr.place, frame, state));
      }
      case 'unary': {
        const arg = state.resolve(this.value(expr.arg, frame, state));
        if (expr.op === '!') return this.not(arg, state, this.site(frame, expr.span));
        if (arg.k !== 'int') return term(expr.op, [arg], this.site(frame, expr.span));
        const v = wrap(expr.op === '-' ? -arg.v : ~arg.v, this.types.intOf(expr, frame.fn));
        return int(v, this.site(frame, expr.span));
      }
      case 'binary': {
        const left = state.resolve(this.value(expr.left, frame, state));
        const right = state.resolve(this.value(expr.right, frame, state));
        return this.binary(expr, left, right, frame, state);
      }
      case 'cast': {
        const arg = state.resolve(this.value(expr.arg, frame, state));
        const type = this.types.int(expr.type);
        if (type?.bits === 1) return this.truth(arg, state, this.site(frame, expr.span));
        if (arg.k === 'int') return type ? keepSite(arg, wrap(arg.v, type)) : arg;
        return arg;
      }
      case 'sizeof':
        return symbol(`sizeof:${JSON.stringify(expr.of, plain)}`, { k: 'foreign', name: 'sizeof' });
      case 'config':
        return state.resolve(
          symbol(`config:${expr.text}`, { k: 'config', text: expr.text }, this.site(frame, expr.span)),
        );
      case 'type':
        return zero;
      case 'unsupported':
        return this.notC(expr.reason, expr.span, frame);
    }
  }

  /** What stands for text that has no meaning. */
  notC(reason: string, span: Span, frame: Frame): Value {
    return symbol(`unmodelled:${frame.context}:${span.start}`, { k: 'unmodelled', reason }, this.site(frame, span));
  }

  private isConstant(name: string, { fn }: Frame): boolean {
    if (this.module.globals(name, fn.file).length > 0) return false;
    return this.module.constant(name, fn.file) !== undefined || kernelConstant(name) !== undefined;
  }

  /**
   * The value, or an unknown one in the place of one whose name is too long to work with: each sum of a sum with itself
   * doubles it. `where` is the place that the value is kept in.
   */
  bounded(value: Value, where: string, frame: Frame, state: State): Value {
    if (value.k !== 'symbol' || value.id.length <= maxName || value.origin.k === 'join') return value;
    const reason = unmodelledReason(value);
    const id = `long:${frame.context}:${where}`;
    state.forget(id);
    return symbol(id, reason === null ? { k: 'indeterminate' } : { k: 'unmodelled', reason }, value.at);
  }

  private load(place: Place, span: Span, frame: Frame, state: State): Value {
    if (place.k === 'global') {
      const named = this.named(place.name, span, frame, state);
      if (named) return named;
    }
    const loc = this.place(place, frame, state);
    return this.loadLoc(loc, this.site(frame, span), state);
  }

  /** The value in a place; arrays decay to a pointer to their first element. */
  loadLoc(loc: Loc, at: Site, state: State): Value {
    const type = this.types.strip(loc.type);
    if (type?.k === 'array') return pointerTo(inside(loc, '[0]', type.of));
    const value = state.read(loc);
    if (value.k !== 'symbol') return value;
    // A pointer to the device's own struct is the device, wherever it was kept.
    const device = type?.k === 'pointer' ? this.types.deviceStruct(type.to) : null;
    if (device && value.origin.k === 'memory') return pointerTo(deviceObject(device));
    return state.resolve(value.at ? value : { ...value, at });
  }

  /** A name that is no variable: an enum constant, a function, a constant of the kernel's headers, or something foreign. */
  private named(name: string, span: Span, frame: Frame, state: State): Value | null {
    if (this.module.globals(name, frame.fn.file).length > 0) return null;
    const constant = this.module.constant(name, frame.fn.file);
    if (constant) return this.constantValue(name, constant, span, frame, state);
    const fn = this.functionNamed(name, frame);
    if (fn) return fn;
    const kernel = kernelConstant(name);
    if (kernel !== undefined) return int(kernel);
    if (this.undeclared.has(frame.fn, name)) {
      const reason = `${name} is not declared`;
      return symbol(`undeclared:${name}`, { k: 'unmodelled', reason }, this.site(frame, span));
    }
    return state.resolve(symbol(`name:${name}`, { k: 'foreign', name }));
  }

  private constantValue(name: string, expr: Expr, span: Span, frame: Frame, state: State): Value {
    if (this.naming.has(name)) return this.notC(`${name} is defined by itself`, span, frame);
    if (this.naming.size >= maxNaming) return this.notC(`${name} is defined by too many others`, span, frame);
    this.naming.add(name);
    try {
      return this.value(expr, frame, state);
    } finally {
      this.naming.delete(name);
    }
  }

  private functionNamed(name: string, frame: Frame): Value | null {
    const found = this.module.functions(name, frame.fn.file);
    const first = found[0];
    return first ? { k: 'function', id: `fn:${first.file}:${name}`, name, file: frame.fn.file } : null;
  }

  not(value: Value, state: State, at: Site): Value {
    const truth = this.truthOf(value, state);
    if (truth !== null) return bool(!truth);
    if (value.k === 'symbol' && value.origin.k === 'term' && value.origin.op === '!') {
      const inner = value.origin.args[0];
      if (inner && isBoolean(inner)) return inner;
    }
    return term('!', [value], at);
  }

  truth(value: Value, state: State, at: Site): Value {
    const known = this.truthOf(value, state);
    if (known !== null) return bool(known);
    return isBoolean(value) ? value : term('!', [term('!', [value], at)], at);
  }

  /** Whether the value counts as true; null when that is open. */
  truthOf(value: Value, state: State): boolean | null {
    const isZero = decide('==', state.range(value), 0n);
    return isZero === null ? null : !isZero;
  }

  private binary(expr: Expr & { k: 'binary' }, left: Value, right: Value, frame: Frame, state: State): Value {
    const at = this.site(frame, expr.span);
    const array = arrayCounted(expr);
    const length = array && this.lengthOf(array, frame);
    if (length !== null) return int(length);
    if (left.k === 'int' && right.k === 'int') {
      const types = common(this.types.intOf(expr.left, frame.fn), this.types.intOf(expr.right, frame.fn));
      const a = isComparison(expr.op) || expr.op === '/' || expr.op === '%' ? wrap(left.v, types) : left.v;
      const b = isComparison(expr.op) || expr.op === '/' || expr.op === '%' ? wrap(right.v, types) : right.v;
      const v = compute(expr.op, a, b);
      return v === null ? term(expr.op, [left, right], at) : int(wrap(v, this.types.intOf(expr, frame.fn)), at);
    }
    return poisoned(expr.op, left, right, at) ?? this.compareOrTerm(expr.op, left, right, at, state);
  }

  private compareOrTerm(op: BinaryOp, left: Value, right: Value, at: Site, state: State): Value {
    if (left.id === right.id && (op === '==' || op === '<=' || op === '>=')) return bool(true);
    if (left.id === right.id && (op === '!=' || op === '<' || op === '>')) return bool(false);
    if (isComparison(op)) {
      if (left.k === 'int' && right.k !== 'int')
        return this.compareOrTerm((mirrored[op] ?? op) as BinaryOp, right, left, at, state);
      if (right.k === 'int') {
        const decided = decide(op, state.range(left), right.v);
        if (decided !== null) return bool(decided);
        // Comparing a truth value with a constant asks for the truth value itself.
        if (isBoolean(left) && (op === '==' || op === '!=') && (right.v === 0n || right.v === 1n)) {
          return (op === '==') === (right.v === 1n) ? left : this.not(left, state, at);
        }
      } else if (left.k === 'pointer' && right.k === 'pointer' && (op === '==' || op === '!=')) {
        return bool(op === '!=');
      } else if (left.k === 'pointer' && right.k === 'pointer') {
        const distance = elementsBetween(right.loc, left.loc);
        const decided = distance === null ? null : compute(op, distance, 0n);
        if (decided !== null) return int(decided);
      } else if ((op === '==' || op === '!=') && left.id > right.id) {
        return term(op, [right, left], at);
      }
      return op === '!=' ? this.not(term('==', [left, right], at), state, at) : term(op, [left, right], at);
    }
    const zeroOn = (v: Value): boolean => v.k === 'int' && v.v === 0n;
    if (zeroOn(right) && (op === '+' || op === '-' || op === '|' || op === '^' || op === '<<' || op === '>>'))
      return left;
    if (zeroOn(left) && (op === '+' || op === '|' || op === '^')) return right;
    if ((zeroOn(left) || zeroOn(right)) && (op === '&' || op === '*')) return zero;
    if (left.k === 'pointer' && right.k === 'int' && (op === '+' || op === '-')) {
      return pointerTo(this.element(left.loc, int(op === '+' ? right.v : -right.v)));
    }
    return term(op, [left, right], at);
  }
}

/** What comes out of an operation on text that is no C: not even that a comparison gives 0 or 1 is sure of it. */
function poisoned(op: BinaryOp, left: Value, right: Value, at: Site): Value | null {
  const whole = term(op, [left, right], at);
  const reason = unmodelledReason(whole);
  if (reason !== null) return symbol(whole.id, { k: 'unmodelled', reason }, at);
  const name = isComparison(op) && left.id !== right.id ? undeclaredName(whole) : null;
  return name === null ? null : symbol(whole.id, { k: 'foreign', name }, at);
}

/** Where something leads that is a number or a struct. */
function noPointer({ id }: Value): Loc {
  return targetOf(symbol(`bad:${id}`, { k: 'unmodelled', reason: 'what is no pointer is dereferenced' }), null);
}

/** The array in `sizeof(a) / sizeof(a[0])`. */
function arrayCounted({ op, left, right }: Expr & { k: 'binary' }): Place | null {
  if (op !== '/' || left.k !== 'sizeof' || right.k !== 'sizeof') return null;
  const whole = 'place' in left.of ? left.of.place : null;
  const element = 'place' in right.of ? right.of.place : null;
  const of = element?.k === 'index' ? element.base : element?.k === 'deref' ? placeIn(element.pointer) : null;
  return whole && of && JSON.stringify(whole, plain) === JSON.stringify(of, plain) ? whole : null;
}

const placeIn = (pointer: Expr): Place | null => (pointer.k === 'load' ? pointer.place : null);

/** True for an index that is no C, and for one that no file declares where the elements are the driver's own. */
function isNowhere(base: Loc, index: Value): boolean {
  return unmodelledReason(index) !== null || (base.key.startsWith('g:') && undeclaredName(index) !== null);
}

/** An element of which nobody can say which one it is. */
function somewhereIn(base: Loc, index: Value, type: CType): Loc {
  return targetOf(symbol(`${base.key}[${index.id}]`, { k: 'term', op: '[]', args: [index] }), type);
}

/** The one object of a device struct. */
export function deviceObject(name: string): Loc {
  return root(`device:${name}`, { k: 'struct', name, union: false });
}

/** How many elements lie from one place to another of the same array; null when they are in none. */
function elementsBetween(from: Loc, to: Loc): bigint | null {
  if (!from.parent || from.parent.key !== to.parent?.key) return null;
  const [a, b] = [from, to].map((loc) => /^\[(-?\d+)\]$/.exec(loc.last ?? '')?.[1]);
  return a === undefined || b === undefined ? null : BigInt(b) - BigInt(a);
}

const keepSite = (from: Value & { k: 'int' }, v: bigint): Value => (v === from.v ? from : int(v, from.at));

function compute(op: BinaryOp, a: bigint, b: bigint): bigint | null {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? null : a / b;
    case '%':
      return b === 0n ? null : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return b < 0n || b > 63n ? null : a << b;
    case '>>':
      return b < 0n || b > 63n ? null : a >> b;
    case '==':
      return a === b ? 1n : 0n;
    case '!=':
      return a !== b ? 1n : 0n;
    case '<':
      return a < b ? 1n : 0n;
    case '<=':
      return a <= b ? 1n : 0n;
    case '>':
      return a > b ? 1n : 0n;
    case '>=':
      return a >= b ? 1n : 0n;
  }
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
