import { isTest } from '../../server/src/analysis/models';
import { Types } from '../../server/src/analysis/types';
import type { CModule, CType, Expr, FunctionDecl, FunctionIR, Instruction, LocalId } from '../../server/src/c';
import { type Visitor, visitInstruction, visitTerminator } from '../../server/src/c/visit';

/** How a call of the kernel tells its caller that it failed; the enum stub_kind of stubs.h. */
export type CallKind = 'VOID' | 'INT' | 'NULL' | 'ERR_PTR' | 'TEST' | 'COUNT';

/** A function or macro that the module calls and does not define. */
export interface ForeignCall {
  readonly name: string;
  readonly kind: CallKind;
  /** False when an argument may be a type or a member, or is not evaluated: such macros are not given their arguments. */
  readonly hasValues: boolean;
  /**
   * Which arguments are addresses of numbers or structs, which the call may write; empty where not all calls have the same
   * number of arguments.
   */
  readonly args: readonly ('number' | 'struct' | 'value')[];
}

/** What of a module is executed. */
export interface Closure {
  /** The functions that the entries reach by calls. */
  readonly functions: ReadonlySet<FunctionDecl>;
  readonly foreign: readonly ForeignCall[];
  /** Globals that these functions name. */
  readonly globals: ReadonlySet<string>;
}

/** Everything that the entry functions reach in the module. */
export function closureOf(module: CModule, entries: readonly FunctionDecl[]): Closure {
  const functions = new Set<FunctionDecl>();
  const globals = new Set<string>();
  const calls = new Map<string, { fn: FunctionIR; call: Call }[]>();
  const waiting = [...entries];
  for (let decl = waiting.pop(); decl; decl = waiting.pop()) {
    if (functions.has(decl)) continue;
    functions.add(decl);
    const fn = decl.ir();
    visitFunction(fn, { place: (place) => place.k === 'global' && globals.add(place.name) });
    for (const call of callsOf(fn)) {
      if (call.name === null) continue;
      const own = module.functions(call.name, fn.file);
      waiting.push(...own);
      if (own.length === 0) calls.set(call.name, [...(calls.get(call.name) ?? []), { fn, call }]);
    }
  }
  const uses = new Uses(new Types(module));
  const foreign = [...calls].map(([name, sites]) => ({
    name,
    kind: kindOf(name, sites, uses),
    hasValues:
      !/^[A-Z0-9_]+$|^k\w*alloc_(objs?|flex)$/.test(name) &&
      !sites.some(({ call }) => call.args.some((arg) => arg.k === 'type')),
    args: uses.args(sites),
  }));
  return { functions, foreign, globals };
}

/** Numbers that the functions compare something with, as far as the module says what they are. */
export function comparedNumbers(module: CModule, functions: ReadonlySet<FunctionDecl>): bigint[] {
  const found = new Set<bigint>();
  const take = (e: Expr, file: string, depth = 0): void => {
    if (e.k === 'int') found.add(e.value);
    else if (e.k === 'cast') take(e.arg, file, depth);
    else if (e.k === 'load' && e.place.k === 'global' && depth < 8) {
      const value = module.constant(e.place.name, file);
      if (value) take(value, file, depth + 1);
    }
  };
  for (const decl of functions) {
    const fn = decl.ir();
    visitFunction(fn, {
      expr: (e) => {
        if (e.k !== 'binary' || !/^[=!<>]=?$/.test(e.op)) return;
        take(e.left, fn.file);
        take(e.right, fn.file);
      },
    });
    for (const { terminator } of fn.blocks)
      if (terminator.k === 'switch') for (const { low } of terminator.cases) take(low, fn.file);
  }
  return [...found].filter((n) => n > 0n && n < 1n << 31n);
}

type Call = Instruction & { readonly k: 'call' };

function callsOf(fn: FunctionIR): Call[] {
  return fn.blocks.flatMap((block) => block.instructions).filter((i) => i.k === 'call');
}

function kindOf(name: string, sites: readonly { fn: FunctionIR; call: Call }[], uses: Uses): CallKind {
  const kinds = sites.map(({ fn, call }) => (call.dest === null ? 'VOID' : uses.kind(fn, call.dest)));
  const pointer = (['ERR_PTR', 'NULL'] as const).find((kind) => kinds.includes(kind));
  if (pointer) return pointer;
  if (kinds.every((kind) => kind === 'VOID')) return 'VOID';
  if (isTest(name)) return 'TEST';
  return /^wait_.*timeout|_bulk/.test(name) ? 'COUNT' : 'INT';
}

function visitFunction(fn: FunctionIR, visitor: Visitor): void {
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) visitInstruction(instruction, visitor);
    visitTerminator(block.terminator, visitor);
  }
}

/** What a function does with a call's result. */
class Uses {
  constructor(private readonly types: Types) {}

  args(sites: readonly { fn: FunctionIR; call: Call }[]): ('number' | 'struct' | 'value')[] {
    const [first] = sites;
    if (!first || sites.some(({ call }) => call.args.length !== first.call.args.length)) return [];
    return first.call.args.map((_, index) => {
      const kinds = sites.map(({ fn, call }) => this.argument(call.args[index], fn));
      return kinds.find((kind) => kinds.every((other) => other === kind)) ?? 'value';
    });
  }

  private argument(arg: Expr | undefined, fn: FunctionIR): 'number' | 'struct' | 'value' {
    const type = arg ? this.types.strip(this.types.ofExpr(arg, fn)) : null;
    const to = type?.k === 'pointer' ? this.types.strip(type.to) : null;
    if (arg?.k === 'addr' && this.types.int(to)) return 'number';
    return to?.k === 'struct' ? 'struct' : 'value';
  }

  kind(fn: FunctionIR, dest: LocalId): CallKind {
    const same = new Set<LocalId>([dest]);
    let used = false;
    let pointer = false;
    let tested = false;
    const isIt = (e: Expr): boolean => e.k === 'load' && e.place.k === 'local' && same.has(e.place.id);
    const seeType = (type: CType | null): void => {
      if (this.types.strip(type)?.k === 'pointer') pointer = true;
    };
    const places = new Set<string>();
    const instructions = fn.blocks.flatMap((block) => block.instructions);
    for (const i of instructions) {
      if (i.k !== 'assign' || !isIt(stripCasts(i.value))) continue;
      if (i.dest.k === 'local') same.add(i.dest.id);
      else places.add(placeKey(i.dest));
      seeType(this.types.ofPlace(i.dest, fn));
    }
    const isItOrPlace = (e: Expr): boolean => isIt(e) || (e.k === 'load' && places.has(placeKey(e.place)));
    for (const i of instructions) {
      if (i.k !== 'call' || !i.args.some((arg) => isItOrPlace(arg))) continue;
      if (i.name === 'IS_ERR' || i.name === 'IS_ERR_OR_NULL' || i.name === 'PTR_ERR_OR_ZERO') tested = pointer = true;
    }
    for (const { terminator } of fn.blocks) {
      if (terminator.k === 'return' && terminator.value && isIt(terminator.value)) seeType(fn.returns);
    }
    visitFunction(fn, {
      expr: (e) => {
        if (isIt(e)) used = true;
      },
      place: (p) => {
        if (p.k === 'deref' && isIt(stripCasts(p.pointer))) pointer = true;
      },
    });
    return pointer ? (tested ? 'ERR_PTR' : 'NULL') : used ? 'INT' : 'VOID';
  }
}

const stripCasts = (e: Expr): Expr => (e.k === 'cast' ? stripCasts(e.arg) : e);

/** The place without its spans, for comparing. */
const placeKey = (place: object): string =>
  JSON.stringify(place, (key, value: unknown) =>
    key === 'span' ? undefined : typeof value === 'bigint' ? `${value}` : value,
  );
