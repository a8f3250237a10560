import type { Expr, FunctionIR, Place } from '../c/ir';
import type { CModule } from '../c/module';
import { visitInstruction, visitTerminator } from '../c/visit';

/**
 * Names that only a declaration in the module could have given their meaning, and that have none: the text is broken.
 * They are written or their address is taken as a place for a result; they lead to a member of one of the module's own
 * structs, which nothing in the kernel's headers can know; they are compared with a migration state, of which the kernel
 * has no variable; they are an index; or they are a type elsewhere in the function. Other names without a declaration are the kernel's.
 */
export class Undeclared {
  private readonly known = new WeakMap<FunctionIR, ReadonlySet<string>>();
  private members: ReadonlySet<string> | null = null;

  constructor(private readonly module: CModule) {}

  /** True for a name of the function that nothing declares. */
  has(fn: FunctionIR, name: string): boolean {
    // Constants of the kernel's headers are written large.
    if (!/^[a-z]/.test(name)) return false;
    let names = this.known.get(fn);
    if (!names) {
      names = this.namesIn(fn);
      this.known.set(fn, names);
    }
    return names.has(name);
  }

  private namesIn(fn: FunctionIR): ReadonlySet<string> {
    const found = new Set<string>();
    const take = (place: Place): void => {
      if (place.k === 'global' && this.module.globals(place.name, fn.file).length === 0) found.add(place.name);
    };
    const takeValue = (e: Expr): void => {
      if (e.k === 'load') take(e.place);
      else if (e.k === 'cast') takeValue(e.arg);
    };
    for (const { type } of fn.locals) if (type.k === 'named') found.add(type.name);
    const visitor = {
      expr: (e: Expr) => {
        if (e.k === 'addr') take(e.place);
        if (e.k === 'binary' && isState(e.right)) takeValue(e.left);
        if (e.k === 'binary' && isState(e.left)) takeValue(e.right);
      },
      place: (place: Place) => {
        if (place.k === 'index') takeValue(place.index);
        const base = place.k === 'field' && this.isOwnMember(place.name) ? place.base : null;
        if (base?.k === 'global') take(base);
        if (base?.k === 'deref' && base.pointer.k === 'load') take(base.pointer.place);
      },
    };
    for (const block of fn.blocks) {
      for (const instruction of block.instructions) {
        if (instruction.k === 'assign') take(instruction.dest);
        visitInstruction(instruction, visitor);
      }
      const { terminator } = block;
      visitTerminator(terminator, visitor);
      if (terminator.k === 'switch' && terminator.cases.some((c) => isState(c.low))) takeValue(terminator.value);
    }
    return found;
  }

  private isOwnMember(name: string): boolean {
    this.members ??= new Set(this.module.files.flatMap((f) => f.structs.flatMap((s) => s.fields.map((m) => m.name))));
    return this.members.has(name);
  }
}

const isState = (e: Expr): boolean =>
  e.k === 'load' && e.place.k === 'global' && /^VFIO_DEVICE_STATE_\w+$/.test(e.place.name);
