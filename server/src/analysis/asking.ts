import type { Expr, Instruction, Local } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { spelledExpr, spelledPlace } from '../c/spell';
import type { DriverModel } from './model';
import { functionAt } from './selection';

/** What a function hands to vfio_mig_get_next_state(), itself or through a function that it calls, as C text. */
export interface AskedNames {
  readonly current: string | null;
  /** Where the core writes the next one; null when a function between them takes it. */
  readonly next: string | null;
  /** The offset in the file behind the call; what stands before it does not know the next state. */
  readonly end: number;
}

/** Deeper than so many calls nobody asks the core. */
const maxDepth = 3;

/** null for a function that does not ask the core for the next state. */
export function askedIn(code: CModule, decl: FunctionDecl, depth = 0): AskedNames | null {
  const { locals } = decl.ir();
  const source = code.file(decl.file)?.text.slice(decl.span.start, decl.span.end) ?? '';
  const textOf = (expr: Expr | undefined) =>
    expr === undefined ? null : source.slice(expr.span.start, expr.span.end).replace(/\s+/g, ' ').trim();
  for (const { name, args, span } of callsIn(decl)) {
    const end = decl.span.start + span.end;
    if (name === 'vfio_mig_get_next_state') {
      const next = args[3] === undefined ? null : pointed(args[3], locals);
      return { current: textOf(args[1]), next, end };
    }
    const callee = name === null || depth >= maxDepth ? undefined : code.functions(name, decl.file)[0];
    const inner = callee === undefined ? null : askedIn(code, callee, depth + 1);
    if (callee === undefined || inner === null) continue;
    return { current: textOf(args[parameters(callee).indexOf(inner.current)]), next: null, end };
  }
  return null;
}

function pointed(pointer: Expr, locals: readonly Local[]): string | null {
  if (pointer.k === 'cast') return pointed(pointer.arg, locals);
  return pointer.k === 'addr' ? spelledPlace(pointer.place, locals) : null;
}

const known = new WeakMap<DriverModel, ReadonlyMap<FunctionDecl, ReadonlySet<string>>>();

/**
 * The parameters of a function that hold what the user wants in the end. On the last step that is the next state, but on the
 * steps before it is not: an arc is never told by it. Empty for a driver that does not ask the core for the next state.
 */
export function wantedIn(driver: DriverModel, code: CModule, decl: FunctionDecl): ReadonlySet<string> {
  let all = known.get(driver);
  if (all === undefined) {
    all = driver.usesNextState ? wantedEverywhere(driver, code) : new Map<FunctionDecl, ReadonlySet<string>>();
    known.set(driver, all);
  }
  return all.get(decl) ?? new Set();
}

/** From set_state's parameter on, through the calls that hand it on. */
function wantedEverywhere(driver: DriverModel, code: CModule): ReadonlyMap<FunctionDecl, ReadonlySet<string>> {
  const found = new Map<FunctionDecl, Set<string>>();
  const setState = functionAt(code, driver.setState.location);
  const open: (readonly [FunctionDecl, string])[] = [];
  const add = (decl: FunctionDecl, name: string | null | undefined) => {
    const names = found.get(decl) ?? new Set();
    if (name == null || names.has(name)) return;
    found.set(decl, names.add(name));
    open.push([decl, name]);
  };
  if (setState !== undefined) add(setState, parameters(setState)[1]);
  const reached = reachedBy(driver, code);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [decl, name] = next;
    const { locals } = decl.ir();
    for (const call of callsIn(decl)) {
      const index = call.args.findIndex((arg) => spelledExpr(arg, locals) === name);
      if (index < 0) continue;
      // Who is behind a pointer is told by what was run.
      const callees =
        call.name === null
          ? reached.filter((each) => parameters(each).length === call.args.length)
          : code.functions(call.name, decl.file);
      for (const callee of callees) add(callee, parameters(callee)[index]);
    }
  }
  return found;
}

function reachedBy({ arcs }: DriverModel, code: CModule): readonly FunctionDecl[] {
  const places = arcs.flatMap(({ evidence }) => evidence.map(({ location }) => functionAt(code, location)));
  return [...new Set(places)].filter((decl) => decl !== undefined);
}

function callsIn(decl: FunctionDecl): readonly (Instruction & { readonly k: 'call' })[] {
  return decl
    .ir()
    .blocks.flatMap(({ instructions }) =>
      instructions.flatMap((instruction) => (instruction.k === 'call' ? [instruction] : [])),
    );
}

/** The names of a function's parameters, in order. */
function parameters(decl: FunctionDecl): readonly (string | null)[] {
  const { params, locals } = decl.ir();
  return params.map((id) => locals.find((local) => local.id === id)?.name ?? null);
}
