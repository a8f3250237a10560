import type { CType, Expr, FieldDecl, FunctionIR, Place } from '../c/ir';
import type { CModule } from '../c/module';

/** How wide an integer is and whether it is signed. */
export interface IntType {
  readonly bits: number;
  readonly signed: boolean;
}

/** Kernel structs that a driver embeds and that are the same object however a driver reaches them: include/linux/vfio_pci_core.h, vfio.h. */
const embeddedIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vfio_pci_core_device: { vdev: 'vfio_device' },
};

const anchors = new Set(['vfio_device', 'vfio_pci_core_device']);

const none: readonly FieldDecl[] = [];

/** Questions about types that need the module's declarations. */
export class Types {
  private readonly devices = new Map<string, boolean>();
  /** The members of unions in a struct, by its name. */
  private readonly unions = new Map<string, readonly FieldDecl[]>();

  constructor(private readonly module: CModule) {}

  /** The type with typedefs followed. */
  strip(type: CType | null): CType | null {
    let at = type;
    for (let depth = 0; at?.k === 'named' && depth < 16; depth++) {
      const next = this.module.typedef(at.name);
      if (!next) return at;
      at = next;
    }
    return at;
  }

  field(type: CType | null, name: string): CType | null {
    const struct = this.strip(type);
    if (struct?.k !== 'struct') return null;
    const known = embeddedIn[struct.name]?.[name];
    if (known) return { k: 'struct', name: known, union: false };
    return this.module.struct(struct.name)?.fields.find((f) => f.name === name)?.type ?? null;
  }

  /** The members of a struct that the module declares, in order; null for a foreign struct. */
  fieldsOf(name: string): readonly { readonly name: string; readonly type: CType }[] | null {
    return this.module.struct(name)?.fields ?? null;
  }

  /** The members that lie where that one lies, which is then written as another: the rest of its union. */
  rivals(type: CType | null, member: string): readonly FieldDecl[] {
    const struct = this.strip(type);
    if (struct?.k !== 'struct') return none;
    let unions = this.unions.get(struct.name);
    if (!unions) {
      unions = (this.module.struct(struct.name)?.fields ?? none).filter(({ union }) => union !== null);
      this.unions.set(struct.name, unions);
    }
    const own = unions.length > 0 ? unions.find(({ name }) => name === member)?.union : null;
    return own ? unions.filter(({ union }) => union?.name === own.name && union.part !== own.part) : none;
  }

  /** True for a struct of the module that surely has no members but those that are known. */
  isWhole(name: string): boolean {
    return this.module.struct(name)?.isWhole ?? false;
  }

  /** The struct's name when it is the module's own, known to its end, and has no member of that name: the text is broken. */
  lacking(type: CType | null, member: string): string | null {
    const struct = this.strip(type);
    const decl = struct?.k === 'struct' ? this.module.struct(struct.name) : undefined;
    if (!decl?.isWhole || decl.fields.some((field) => field.name === member)) return null;
    const definitions = this.module.files.flatMap((f) => f.structs.filter((s) => s.name === decl.name));
    return definitions.length === 1 ? decl.name : null;
  }

  /**
   * The struct's name when there is one object of it for each device: the VFIO structs and every struct that embeds
   * one. All pointers to such a struct are taken for the same device.
   */
  deviceStruct(type: CType | null): string | null {
    const struct = this.strip(type);
    return struct?.k === 'struct' && this.isDevice(struct.name) ? struct.name : null;
  }

  private isDevice(name: string): boolean {
    if (anchors.has(name)) return true;
    const before = this.devices.get(name);
    if (before !== undefined) return before;
    this.devices.set(name, false);
    const fields = this.module.struct(name)?.fields ?? [];
    const found = fields.some((f) => {
      const type = this.strip(f.type);
      return type?.k === 'struct' && type.name !== name && this.isDevice(type.name);
    });
    this.devices.set(name, found);
    return found;
  }

  pointee(type: CType | null): CType | null {
    const pointer = this.strip(type);
    if (pointer?.k === 'pointer') return pointer.to;
    return pointer?.k === 'array' ? pointer.of : null;
  }

  element(type: CType | null): CType | null {
    return this.pointee(type);
  }

  isAggregate(type: CType | null): boolean {
    const stripped = this.strip(type);
    return stripped?.k === 'struct' || stripped?.k === 'array';
  }

  int(type: CType | null): IntType | null {
    const stripped = this.strip(type);
    if (stripped?.k === 'int') return { bits: stripped.bits, signed: stripped.signed };
    return stripped?.k === 'enum' ? { bits: 32, signed: false } : null;
  }

  ofPlace(place: Place, fn: FunctionIR): CType | null {
    switch (place.k) {
      case 'local':
        return fn.locals.find((l) => l.id === place.id)?.type ?? null;
      case 'global':
        return this.module.globals(place.name, fn.file)[0]?.type ?? null;
      case 'deref':
        return this.pointee(this.ofExpr(place.pointer, fn));
      case 'field':
        return this.field(this.ofPlace(place.base, fn), place.name);
      case 'index':
        return this.element(this.ofPlace(place.base, fn));
    }
  }

  ofExpr(expr: Expr, fn: FunctionIR): CType | null {
    switch (expr.k) {
      case 'int':
      case 'cast':
        return expr.type;
      case 'load':
        return this.ofPlace(expr.place, fn);
      case 'addr': {
        const to = this.ofPlace(expr.place, fn);
        return to && { k: 'pointer', to };
      }
      case 'unary':
        return expr.op === '!' ? null : this.ofExpr(expr.arg, fn);
      default:
        return null;
    }
  }

  /** The integer type of an expression after C's promotions; null where it can not be told. */
  intOf(expr: Expr, fn: FunctionIR): IntType | null {
    switch (expr.k) {
      case 'unary':
        return expr.op === '!' ? signedInt : promote(this.intOf(expr.arg, fn));
      case 'binary': {
        if (expr.op in comparisons) return signedInt;
        const left = this.intOf(expr.left, fn);
        if (expr.op === '<<' || expr.op === '>>') return promote(left);
        return common(left, this.intOf(expr.right, fn));
      }
      case 'sizeof':
        return { bits: 64, signed: false };
      case 'config':
        return signedInt;
      default:
        return promote(this.int(this.ofExpr(expr, fn)));
    }
  }
}

const comparisons: Readonly<Record<string, true>> = {
  '==': true,
  '!=': true,
  '<': true,
  '<=': true,
  '>': true,
  '>=': true,
};
const signedInt: IntType = { bits: 32, signed: true };

function promote(type: IntType | null): IntType | null {
  return type && type.bits < 32 ? signedInt : type;
}

/** C's usual arithmetic conversions. */
export function common(a: IntType | null, b: IntType | null): IntType | null {
  if (!a || !b) return null;
  if (a.bits !== b.bits) return a.bits > b.bits ? a : b;
  return a.signed ? b : a;
}

/** The value as an integer of that type. Of a type that is not known it keeps more bits than C has: products may not grow. */
export function wrap(v: bigint, type: IntType | null): bigint {
  if (!type) return BigInt.asIntN(128, v);
  if (type.bits === 1) return v === 0n ? 0n : 1n;
  return type.signed ? BigInt.asIntN(type.bits, v) : BigInt.asUintN(type.bits, v);
}
