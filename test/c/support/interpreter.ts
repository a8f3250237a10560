import type { CModule, CType, Expr, FunctionIR, Initializer, Place } from '../../../server/src/c';

/** A concrete interpreter of the IR: integers of all sizes, pointers, arrays and structs, as gcc -fwrapv has them. */

interface Int {
  readonly k: 'int';
  readonly value: bigint;
  readonly bits: number;
  readonly signed: boolean;
}
interface Pointer {
  readonly k: 'pointer';
  /** null is the null pointer. */
  readonly row: readonly Cell[] | null;
  readonly index: number;
}
interface Code {
  readonly k: 'code';
  readonly name: string;
}
type Value = Int | Pointer | Code;

interface Cell {
  readonly type: CType;
  value: Value | null;
  readonly fields: ReadonlyMap<string, Cell> | null;
  readonly elements: readonly Cell[] | null;
}

const int = (value: bigint, bits = 32, signed = true): Int => ({
  k: 'int',
  value: signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value),
  bits,
  signed,
});

export interface Run {
  readonly result: bigint | null;
  /** Arguments of trace(), in order. */
  readonly trace: readonly bigint[];
}

/** Runs `name` of the module with integer arguments. `config` gives the preprocessor tests their outcome. */
export function run(
  module: CModule,
  name: string,
  args: readonly bigint[],
  config: Readonly<Record<string, boolean>> = {},
): Run {
  const machine = new Machine(module, config);
  const result = machine.call(
    name,
    args.map((arg) => int(arg)),
  );
  return { result: result?.k === 'int' ? result.value : null, trace: machine.trace };
}

class Machine {
  readonly trace: bigint[] = [];
  private readonly globals = new Map<string, Cell>();
  private fuel = 200_000;
  // Names are looked up from the first file.
  private readonly home: string;

  constructor(
    private readonly module: CModule,
    private readonly config: Readonly<Record<string, boolean>>,
  ) {
    this.home = module.files[0]?.path ?? '';
  }

  call(name: string, args: readonly (Value | null)[]): Value | null {
    if (name === 'trace') {
      const [first] = args;
      const wide = int(first?.k === 'int' ? first.value : 0n, 64);
      this.trace.push(wide.value);
      return wide;
    }
    if (name === 'likely' || name === 'unlikely') return int(args[0]?.k === 'int' && args[0].value === 0n ? 0n : 1n);
    const decl = this.module
      .functions(name, this.home)
      .find((fn) => fn.when.every((t) => (this.config[t.text] ?? false) === t.value));
    if (decl === undefined) throw new Error(`no function ${name}`);
    const ir = decl.ir();
    const locals = ir.locals.map((local) => this.cell(local.type, null));
    ir.params.forEach((id, index) => {
      const cell = locals[id];
      if (cell !== undefined) this.store(cell, args[index] ?? null);
    });
    const result = new Frame(this, ir, locals).run();
    return result === null ? null : convert(result, ir.returns);
  }

  spend(): void {
    if (--this.fuel < 0) throw new Error('out of fuel');
  }

  configured(text: string): boolean {
    return this.config[text] ?? false;
  }

  cell(type: CType, frame: Frame | null): Cell {
    if (type.k === 'struct') {
      const decl = this.module.struct(type.name);
      if (decl === undefined) throw new Error(`no struct ${type.name}`);
      return {
        type,
        value: null,
        fields: new Map(decl.fields.map((f) => [f.name, this.cell(f.type, frame)])),
        elements: null,
      };
    }
    if (type.k === 'array' && type.length !== null) {
      const length = (frame ?? new Frame(this, null, [])).int(type.length);
      return {
        type,
        value: null,
        fields: null,
        elements: Array.from({ length: Number(length.value) }, () => this.cell(type.of, frame)),
      };
    }
    return { type, value: null, fields: null, elements: null };
  }

  store(cell: Cell, value: Value | null): void {
    cell.value = value === null ? null : convert(value, cell.type);
  }

  global(name: string): Cell | null {
    const known = this.globals.get(name);
    if (known !== undefined) return known;
    const decl = this.module.globals(name, this.home)[0];
    if (decl === undefined) return null;
    const frame = new Frame(this, null, []);
    let length = 0n;
    let next = 0n;
    for (const entry of decl.initializer?.k === 'list' ? decl.initializer.entries : []) {
      const [designator] = entry.designators;
      if (designator?.k === 'index') next = frame.int(designator.high ?? designator.low).value;
      next++;
      if (next > length) length = next;
    }
    const type: CType =
      decl.type.k === 'array' && decl.type.length === null
        ? { ...decl.type, length: { k: 'int', value: length, type: { k: 'unknown' }, span: { start: 0, end: 0 } } }
        : decl.type;
    const cell = this.cell(type, frame);
    this.globals.set(name, cell);
    zero(cell);
    if (decl.initializer !== null) frame.initialize(cell, decl.initializer);
    return cell;
  }

  constant(name: string): Expr | undefined {
    return this.module.constant(name, this.home);
  }

  isFunction(name: string): boolean {
    return this.module.functions(name, this.home).length > 0;
  }
}

function zero(cell: Cell): void {
  if (cell.fields !== null) for (const field of cell.fields.values()) zero(field);
  else if (cell.elements !== null) cell.elements.forEach(zero);
  else cell.value = convert(int(0n), cell.type);
}

function convert(value: Value, type: CType): Value {
  if (type.k === 'enum') return value.k === 'int' ? int(value.value) : value;
  if (type.k === 'pointer' && value.k === 'int' && value.value === 0n) return { k: 'pointer', row: null, index: 0 };
  if (type.k !== 'int' || value.k !== 'int') return value;
  if (type.bits === 1) return int(value.value === 0n ? 0n : 1n, 1, false);
  return int(value.value, type.bits, type.signed);
}

class Frame {
  constructor(
    private readonly machine: Machine,
    private readonly ir: FunctionIR | null,
    private readonly locals: Cell[],
  ) {}

  run(): Value | null {
    let id = 0;
    for (;;) {
      this.machine.spend();
      const block = this.ir?.blocks[id];
      if (block === undefined) throw new Error(`no block ${id}`);
      for (const instruction of block.instructions) {
        switch (instruction.k) {
          case 'assign':
            this.assign(instruction.dest, instruction.value);
            break;
          case 'initialize': {
            const cell = this.place(instruction.dest);
            zero(cell);
            this.initialize(cell, instruction.value);
            break;
          }
          case 'declare': {
            const type = this.ir?.locals[instruction.local]?.type;
            if (type !== undefined) this.locals[instruction.local] = this.machine.cell(type, this);
            break;
          }
          case 'call': {
            const callee = instruction.name ?? this.code(instruction.callee);
            const result = this.machine.call(
              callee,
              instruction.args.map((arg) => this.eval(arg)),
            );
            const dest = instruction.dest === null ? undefined : this.locals[instruction.dest];
            if (dest !== undefined) this.machine.store(dest, result);
            break;
          }
          case 'havoc':
            throw new Error(`havoc: ${instruction.reason}`);
        }
      }
      const { terminator } = block;
      switch (terminator.k) {
        case 'goto':
          id = terminator.target;
          break;
        case 'branch':
          id = this.truth(terminator.cond) ? terminator.then : terminator.else;
          break;
        case 'switch': {
          const value = this.int(terminator.value);
          const found = terminator.cases.find((c) => {
            const low = this.int(c.low).value;
            const high = c.high === null ? low : this.int(c.high).value;
            return value.value >= low && value.value <= high;
          });
          id = found?.target ?? terminator.default;
          break;
        }
        case 'return':
          return terminator.value === null ? null : this.eval(terminator.value);
        case 'lost':
          throw new Error(`lost: ${terminator.reason}`);
      }
    }
  }

  initialize(cell: Cell, initializer: Initializer): void {
    if (initializer.k === 'expr') {
      this.machine.store(cell, this.eval(initializer.value));
      return;
    }
    let next = 0;
    const names = cell.fields === null ? [] : [...cell.fields.keys()];
    for (const entry of initializer.entries) {
      if (!entry.when.every((test) => this.machine.configured(test.text) === test.value)) continue;
      const [designator, ...inner] = entry.designators;
      const low =
        designator?.k === 'index'
          ? Number(this.int(designator.low).value)
          : designator?.k === 'field'
            ? names.indexOf(designator.name)
            : next;
      const high =
        designator?.k === 'index' && designator.high !== null ? Number(this.int(designator.high).value) : low;
      for (let i = low; i <= high; i++) {
        let target = cell.elements !== null ? cell.elements[i] : cell.fields?.get(names[i] ?? '');
        for (const step of inner) {
          target =
            step.k === 'field' ? target?.fields?.get(step.name) : target?.elements?.[Number(this.int(step.low).value)];
        }
        if (target === undefined) throw new Error('initialiser outside its object');
        this.initialize(target, entry.value);
      }
      next = high + 1;
    }
  }

  private assign(dest: Place, value: Expr): void {
    // An array's type may only be known from its initialiser; structs are copied by value.
    const cell = this.place(dest);
    if (cell.fields !== null && value.k === 'load') {
      copy(this.place(value.place), cell, this.machine);
      return;
    }
    this.machine.store(cell, this.eval(value));
  }

  private code(callee: Expr): string {
    const value = this.eval(callee);
    if (value?.k !== 'code') throw new Error('call of something that is no function');
    return value.name;
  }

  private place(place: Place): Cell {
    switch (place.k) {
      case 'local': {
        const cell = this.locals[place.id];
        if (cell === undefined) throw new Error(`no local ${place.id}`);
        return cell;
      }
      case 'global': {
        const cell = this.machine.global(place.name);
        if (cell === null) throw new Error(`no variable ${place.name}`);
        return cell;
      }
      case 'deref': {
        const pointer = this.eval(place.pointer);
        const cell = pointer?.k === 'pointer' ? pointer.row?.[pointer.index] : undefined;
        if (cell === undefined) throw new Error('bad pointer');
        return cell;
      }
      case 'field': {
        const cell = this.place(place.base).fields?.get(place.name);
        if (cell === undefined) throw new Error(`no field ${place.name}`);
        return cell;
      }
      case 'index': {
        const base = this.place(place.base);
        const index = Number(this.int(place.index).value);
        const pointer = base.value;
        const cell =
          base.elements !== null
            ? base.elements[index]
            : pointer?.k === 'pointer'
              ? pointer.row?.[pointer.index + index]
              : undefined;
        if (cell === undefined) throw new Error(`index ${index} is outside`);
        return cell;
      }
    }
  }

  int(expr: Expr): Int {
    const value = this.eval(expr);
    if (value?.k !== 'int') throw new Error('no integer');
    return value;
  }

  private truth(expr: Expr): boolean {
    const value = this.eval(expr);
    if (value === null) throw new Error('the condition has no value');
    return value.k === 'int' ? value.value !== 0n : value.k === 'code' || value.row !== null;
  }

  eval(expr: Expr): Value | null {
    switch (expr.k) {
      case 'int':
        if (expr.type.k === 'pointer') return { k: 'pointer', row: null, index: 0 };
        return expr.type.k === 'int' ? int(expr.value, expr.type.bits, expr.type.signed) : int(expr.value);
      case 'load':
        return this.load(expr.place);
      case 'addr':
        return this.address(expr.place);
      case 'unary': {
        if (expr.op === '!') return int(this.truth(expr.arg) ? 0n : 1n);
        const arg = promote(this.int(expr.arg));
        return int(expr.op === '-' ? -arg.value : ~arg.value, arg.bits, arg.signed);
      }
      case 'binary':
        return this.binary(expr);
      case 'cast': {
        const arg = this.eval(expr.arg);
        return arg === null ? null : convert(arg, expr.type);
      }
      case 'config':
        return int(this.machine.configured(expr.text) ? 1n : 0n);
      case 'sizeof':
        return int(
          BigInt(sizeOf('type' in expr.of ? this.machine.cell(expr.of.type, this) : this.place(expr.of.place))),
          64,
          false,
        );
      case 'string':
      case 'type':
        return null;
      case 'unsupported':
        throw new Error(`unsupported: ${expr.reason}`);
    }
  }

  private load(place: Place): Value | null {
    if (place.k === 'global') {
      const constant = this.machine.constant(place.name);
      if (constant !== undefined) return this.eval(constant);
      if (this.machine.isFunction(place.name)) return { k: 'code', name: place.name };
    }
    const cell = this.place(place);
    return cell.elements !== null ? { k: 'pointer', row: cell.elements, index: 0 } : cell.value;
  }

  private address(place: Place): Value {
    if (place.k === 'global' && this.machine.isFunction(place.name)) return { k: 'code', name: place.name };
    if (place.k === 'index') {
      const base = this.place(place.base);
      const index = Number(this.int(place.index).value);
      if (base.elements !== null) return { k: 'pointer', row: base.elements, index };
      if (base.value?.k === 'pointer') return { k: 'pointer', row: base.value.row, index: base.value.index + index };
    }
    return { k: 'pointer', row: [this.place(place)], index: 0 };
  }

  private binary(expr: Expr & { k: 'binary' }): Value {
    const left = this.eval(expr.left);
    const right = this.eval(expr.right);
    if (left === null || right === null) throw new Error('an operand has no value');
    if (left.k !== 'int' || right.k !== 'int') return pointerOperation(expr.op, left, right);
    const a = promote(left);
    const b = promote(right);
    if (expr.op === '<<') return int(a.value << b.value, a.bits, a.signed);
    if (expr.op === '>>') return int(a.value >> b.value, a.bits, a.signed);
    const bits = Math.max(a.bits, b.bits);
    const signed = !((!a.signed && a.bits === bits) || (!b.signed && b.bits === bits));
    const x = int(a.value, bits, signed).value;
    const y = int(b.value, bits, signed).value;
    switch (expr.op) {
      case '+':
        return int(x + y, bits, signed);
      case '-':
        return int(x - y, bits, signed);
      case '*':
        return int(x * y, bits, signed);
      case '/':
        return int(x / y, bits, signed);
      case '%':
        return int(x % y, bits, signed);
      case '&':
        return int(x & y, bits, signed);
      case '|':
        return int(x | y, bits, signed);
      case '^':
        return int(x ^ y, bits, signed);
      case '==':
        return int(x === y ? 1n : 0n);
      case '!=':
        return int(x !== y ? 1n : 0n);
      case '<':
        return int(x < y ? 1n : 0n);
      case '<=':
        return int(x <= y ? 1n : 0n);
      case '>':
        return int(x > y ? 1n : 0n);
      case '>=':
        return int(x >= y ? 1n : 0n);
    }
  }
}

function copy(from: Cell, to: Cell, machine: Machine): void {
  if (from.fields !== null) {
    for (const [name, field] of from.fields) {
      const target = to.fields?.get(name);
      if (target !== undefined) copy(field, target, machine);
    }
  } else if (from.elements !== null) {
    from.elements.forEach((element, index) => {
      const target = to.elements?.[index];
      if (target !== undefined) copy(element, target, machine);
    });
  } else machine.store(to, from.value);
}

function sizeOf(cell: Cell): number {
  if (cell.elements !== null) return cell.elements.reduce((sum, element) => sum + sizeOf(element), 0);
  if (cell.fields !== null) return [...cell.fields.values()].reduce((sum, field) => sum + sizeOf(field), 0);
  if (cell.type.k === 'int') return Math.max(1, cell.type.bits / 8);
  return cell.type.k === 'enum' ? 4 : 8;
}

function promote(value: Int): Int {
  return value.bits < 32 ? int(value.value) : value;
}

function pointerOperation(op: string, left: Value, right: Value): Value {
  const a: Value = left.k === 'int' ? convert(left, { k: 'pointer', to: { k: 'void' } }) : left;
  const b: Value =
    right.k === 'int' && op !== '+' && op !== '-' ? convert(right, { k: 'pointer', to: { k: 'void' } }) : right;
  const same =
    a.k === 'pointer' && b.k === 'pointer'
      ? a.row === b.row && a.index === b.index
      : a.k === 'code' && b.k === 'code'
        ? a.name === b.name
        : false;
  if (op === '==') return int(same ? 1n : 0n);
  if (op === '!=') return int(same ? 0n : 1n);
  if (a.k === 'pointer' && b.k === 'int') {
    return { ...a, index: a.index + Number(op === '+' ? b.value : -b.value) };
  }
  if (a.k === 'pointer' && b.k === 'pointer' && op === '-') return int(BigInt(a.index - b.index), 64);
  if (a.k === 'pointer' && b.k === 'pointer' && op === '<') return int(a.index < b.index ? 1n : 0n);
  throw new Error(`pointer operation ${op}`);
}
