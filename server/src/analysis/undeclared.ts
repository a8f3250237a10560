import type { Expr, FunctionIR, Place, Span } from '../c/ir';
import type { CModule } from '../c/module';
import { visitInstruction, visitTerminator } from '../c/visit';

/**
 * Names that only a declaration in the module could have given their meaning, and that have none: the text is broken.
 * They are written or their address is taken as a place for a result; they lead to a member of one of the module's own
 * structs, which nothing in the kernel's headers can know; they are compared with a migration state, of which the kernel
 * has no variable; they are an index; or they are a type elsewhere in the function. Other names without a declaration are the kernel's.
 */
export class Undeclared {
  private readonly known = new WeakMap<FunctionIR, Names>();
  private members: ReadonlySet<string> | null = null;

  constructor(private readonly module: CModule) {}

  /** True for a name of the function that nothing declares. */
  has(fn: FunctionIR, name: string): boolean {
    // Constants of the kernel's headers are written large.
    return isSmall(name) && this.namesOf(fn).all.has(name);
  }

  /**
   * The first that is written or compared with a migration state, and where: no header explains that. Of what has an address,
   * is an index or leads to a member the kernel may have one, too.
   */
  firstIn(fn: FunctionIR): { readonly name: string; readonly span: Span } | null {
    const found = [...this.namesOf(fn).certain].find(([name]) => isSmall(name));
    return found ? { name: found[0], span: found[1] } : null;
  }

  private namesOf(fn: FunctionIR): Names {
    let names = this.known.get(fn);
    if (!names) {
      names = this.namesIn(fn);
      this.known.set(fn, names);
    }
    return names;
  }

  private namesIn(fn: FunctionIR): Names {
    const found = new Set<string>();
    const certain = new Map<string, Span>();
    const take = (place: Place, at: Span | null = null): void => {
      if (place.k !== 'global' || this.module.globals(place.name, fn.file).length > 0) return;
      found.add(place.name);
      if (at && !certain.has(place.name)) certain.set(place.name, at);
    };
    const takeValue = (e: Expr, at: Span | null = null): void => {
      if (e.k === 'load') take(e.place, at);
      else if (e.k === 'cast') takeValue(e.arg, at);
    };
    for (const { type } of fn.locals) if (type.k === 'named') found.add(type.name);
    const visitor = {
      expr: (e: Expr) => {
        if (e.k === 'addr') take(e.place);
        if (e.k === 'binary' && isState(e.right)) takeValue(e.left, e.span);
        if (e.k === 'binary' && isState(e.left)) takeValue(e.right, e.span);
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
        if (instruction.k === 'assign') take(instruction.dest, instruction.span);
        visitInstruction(instruction, visitor);
      }
      const { terminator } = block;
      visitTerminator(terminator, visitor);
      if (terminator.k === 'switch' && terminator.cases.some((c) => isState(c.low)))
        takeValue(terminator.value, terminator.span);
    }
    return { all: found, certain };
  }

  private isOwnMember(name: string): boolean {
    this.members ??= new Set(this.module.files.flatMap((f) => f.structs.flatMap((s) => s.fields.map((m) => m.name))));
    return this.members.has(name);
  }
}

interface Names {
  readonly all: ReadonlySet<string>;
  readonly certain: ReadonlyMap<string, Span>;
}

const isSmall = (name: string): boolean => /^[a-z]/.test(name);

const isState = (e: Expr): boolean =>
  e.k === 'load' && e.place.k === 'global' && /^VFIO_DEVICE_STATE_\w+$/.test(e.place.name);
