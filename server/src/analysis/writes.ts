import type { CType, Expr, Initializer, Instruction, Place } from '../c/ir';
import type { Frame } from './expressions';
import { deviceObject } from './expressions';
import { positive } from './facts';
import { charactersOf, partsOf } from './globals';
import type { Machine } from './machine';
import type { State } from './state';
import { unknownDefault, zeroDefault } from './state';
import { wrap } from './types';
import type { Loc, Value } from './value';
import { inside, int, overlaid, pointerTo, root, symbol } from './value';

/** What names of places start with through which functions hand over structs. */
export const returned = 'r';

const isReturned = (loc: Loc): boolean => loc.parent === null && /^r\d+:/.test(loc.key);

/** Writes to abstract memory, as C converts, copies and initialises. */
export class Writes {
  constructor(
    private readonly machine: Machine,
    private readonly frame: Frame,
  ) {}

  /** Takes what a call gave: a struct lies in a place of its own, and its members go along. */
  receive(to: Loc, value: Value, state: State): void {
    if (value.k === 'pointer' && isReturned(value.loc)) state.copy(to, value.loc);
    this.store(to, value, state);
  }

  /** What C that is not modelled may have written, or an iteration macro moved on. */
  forget(at: Loc, state: State, havoc: Instruction & { k: 'havoc' }): void {
    const { types } = this.machine;
    const id = `havoc:${this.frame.context}:${havoc.span.start}:${at.key}`;
    if (types.isAggregate(at.type)) {
      state.writeDefault(at, unknownDefault(id, null));
      return;
    }
    state.forget(id);
    const value = symbol(
      id,
      havoc.cause === 'iteration' ? { k: 'indeterminate' } : { k: 'unmodelled', reason: havoc.reason },
    );
    state.write(at, value);
    // An iteration macro gives elements, never NULL or an error.
    if (havoc.cause === 'iteration' && types.strip(at.type)?.k === 'pointer') state.assume(value, positive, null);
  }

  /** `dest = value`, a struct with all its members. */
  assign(dest: Place, value: Expr, state: State): void {
    const { expressions, types } = this.machine;
    const to = expressions.place(dest, this.frame, state);
    if (value.k === 'load') {
      const from = expressions.place(value.place, this.frame, state);
      const struct =
        types.strip(to.type)?.k === 'struct' || (types.strip(from.type)?.k === 'struct' && to.type?.k !== 'pointer');
      if (struct) {
        if (from.key !== to.key) state.copy(to, from);
        return;
      }
    }
    this.store(to, state.resolve(this.value(value, to.type, state)), state);
  }

  /** The value of an expression where a type is due: without a cast no C makes a number of a pointer, or the reverse. */
  value(expr: Expr, due: CType | null, state: State): Value {
    const { expressions, types } = this.machine;
    const width = types.int(due);
    const isNumber = expr.k === 'binary' && expr.op !== '+' && expr.op !== '-';
    const isPointer = types.strip(types.ofExpr(expr, this.frame.fn))?.k === 'pointer';
    if (isPointer && width && width.bits > 1)
      return expressions.notC('a pointer stands where a number is due', expr.span, this.frame);
    if (isNumber && types.strip(due)?.k === 'pointer')
      return expressions.notC('a number stands where a pointer is due', expr.span, this.frame);
    return expressions.value(expr, this.frame, state);
  }

  /** The value, or a short name for one that is made of too much. */
  bounded(value: Value, where: string, state: State): Value {
    return this.machine.expressions.bounded(value, where, this.frame, state);
  }

  private store(to: Loc, stored: Value, state: State): void {
    this.overlay(to, state);
    this.storeAlone(to, stored, state);
  }

  /** What lies in the same place of a union is written, too, as something that nobody knows. */
  private overlay(to: Loc, state: State): void {
    const { types } = this.machine;
    for (let at = to; at.parent !== null; at = at.parent) {
      if (!at.last?.startsWith('.')) continue;
      for (const { name, type } of types.rivals(at.parent.type, at.last.slice(1))) {
        const rival = inside(at.parent, `.${name}`, type);
        state.writeDefault(rival, unknownDefault(`overlaid:${this.frame.context}:${rival.key}`, null));
        if (!types.isAggregate(type)) state.write(rival, overlaid(`${this.frame.context}:${rival.key}`, null));
      }
    }
  }

  /** Writes a value as C converts it to the place's type. */
  private storeAlone(to: Loc, stored: Value, state: State): void {
    const { types, expressions } = this.machine;
    const value = this.bounded(stored, to.key, state);
    const type = types.strip(to.type);
    const width = types.int(type);
    if (type?.k === 'struct') {
      const from = value.k === 'pointer' ? value.loc : null;
      if (from) state.copy(to, from);
      else state.writeDefault(to, unknownDefault(`${value.id}:struct`, null));
      return;
    }
    if (value.k === 'int' && width) {
      const v = wrap(value.v, width);
      state.write(to, v === value.v ? value : int(v, value.at));
      return;
    }
    if (width?.bits === 1) {
      const at = value.k === 'symbol' && value.at ? value.at : expressions.site(this.frame, { start: 0, end: 0 });
      state.write(to, expressions.truth(value, state, at));
      return;
    }
    const device = type?.k === 'pointer' ? types.deviceStruct(type.to) : null;
    if (device && value.k === 'symbol' && value.origin.k === 'call') {
      state.write(to, pointerTo(deviceObject(device)));
      return;
    }
    state.write(to, value);
  }

  /** A braced or plain initialiser; members that it does not name become 0. */
  initialize(to: Loc, instruction: Instruction & { k: 'initialize' }, state: State): void {
    const { expressions, types, configuration } = this.machine;
    const text =
      instruction.value.k === 'expr' && instruction.value.value.k === 'string' ? instruction.value.value : null;
    if (text && types.strip(to.type)?.k === 'array') {
      state.writeDefault(to, zeroDefault);
      for (const [element, code] of charactersOf(text.text)) state.write(this.part(to, element, null), code);
      return;
    }
    if (instruction.value.k === 'expr') {
      this.store(to, state.resolve(expressions.value(instruction.value.value, this.frame, state)), state);
      return;
    }
    state.writeDefault(to, zeroDefault);
    const fill = (init: Initializer, type: Loc['type'], at: Loc): void => {
      if (init.k === 'expr') {
        this.store(at, state.resolve(expressions.value(init.value, this.frame, state)), state);
        return;
      }
      const index = (e: Expr): bigint | null => {
        const value = state.resolve(expressions.value(e, this.frame, state));
        return value.k === 'int' ? value.v : null;
      };
      const { parts, isWhole } = partsOf(init, type, types, configuration, index);
      if (!isWhole) state.writeDefault(at, unknownDefault(`damaged:${this.frame.context}:${init.span.start}`, null));
      for (const part of parts) fill(part.value, part.type, this.part(at, part.path, part.type));
    };
    fill(instruction.value, instruction.type, { ...to, type: to.type ?? instruction.type });
  }

  /** The place at a path such as `.a[2].b` in another. */
  private part(at: Loc, path: string, type: Loc['type']): Loc {
    const { types } = this.machine;
    let loc = at;
    for (const step of path.match(/\.[^.[]+|\[[^\]]*\]/g) ?? []) {
      const next = step.startsWith('.') ? types.field(loc.type, step.slice(1)) : types.element(loc.type);
      loc = { ...root(loc.key + step, next), last: step, parent: loc };
    }
    return type && !loc.type ? { ...loc, type } : loc;
  }
}
