import type { Expr, FunctionIR, Instruction, Location, Place } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { FlagSet, Profile } from '../uapi';
import { flagsOfBits } from '../uapi';
import { assume } from './assume';
import type { Tear } from './doubt';
import { tearIn } from './doubt';
import { deviceObject } from './expressions';
import type { Fact } from './facts';
import { anything, doubtOf, exactly, except, hull, isAnything, rangeKey } from './facts';
import { frameOf } from './globals';
import type { Execution, Machine, PathResult } from './machine';
import { allFacts, allWays } from './merge';
import { Types } from './types';
import type { Loc, Value } from './value';
import { inside, isStable, symbol, zero } from './value';
import type { Way } from './ways';
import { either, waysWith } from './ways';

/** One set of flags that set-up code can leave, with what must hold for it. */
export interface FoundFlags {
  readonly bits: bigint;
  readonly flags: FlagSet;
  readonly unknownBits: bigint;
  /** What holds in every path that declares the set and is the same whenever the driver looks. */
  readonly facts: readonly Fact[];
  /** In which configurations it is declared, where that is no single list of facts. */
  readonly ways: readonly Way[];
  /** True when every path that declares the set rests on text that is no C or on names that nothing declares. */
  readonly isDoubtful: boolean;
  /** Assumptions that tell this set from the others. */
  readonly telling: readonly Fact[];
  readonly locations: readonly Location[];
  /** Whether some path that declares the set registers operations for DMA logging. */
  readonly logsDma: boolean;
  /** Numbers that every path that declares the set leaves in the device's memory, by place. */
  readonly left: ReadonlyMap<string, Value>;
}

export interface FlagsResult {
  /** The richest first. */
  readonly sets: readonly FoundFlags[];
  /** Assignments whose value can not be told. */
  readonly unresolved: readonly Location[];
  /** Text that is no C in the functions that set the flags; null when there is none. */
  readonly tear: Tear | null;
}

export const flagsField = 'migration_flags';
const opsField = 'mig_ops';
const coreStruct = 'vfio_device';
/** How far up the callers the search for known values goes. */
const maxClimb = 5;

export interface Assigner {
  readonly decl: FunctionDecl;
  readonly locations: readonly Location[];
  /** True when every assignment only adds to what was there. */
  readonly updatesOnly: boolean;
}

/** One way through set-up code that declares flags. */
interface SetUpPath {
  /** The function that it begins with. */
  readonly from: FunctionDecl;
  readonly bits: bigint;
  readonly facts: readonly Fact[];
  readonly ways: readonly Way[];
  /** Memory of the device that the path wrote. */
  readonly left: ReadonlyMap<string, Value>;
  readonly result: PathResult;
}

/** Evaluates the functions that assign migration_flags and collects what they can leave there for the given ops. */
export function findFlags(
  machines: readonly Machine[],
  module: CModule,
  opsKey: string,
  opsCount: number,
  profile: Profile,
): FlagsResult {
  const assigners = flagAssigners(module);
  const found = machines.map((machine) => setUpPaths(machine, module, assigners, opsKey, opsCount));
  const paths = found.flatMap((f) => f.paths);
  const locations = locationsFor(module, assigners, new Set(paths.map((path) => path.from)));
  return {
    sets: group(paths, profile, locations),
    unresolved: found.some((f) => f.undecided) ? locations : [],
    tear: found.map((f) => f.tear).find((tear) => tear !== null) ?? null,
  };
}

/** Where flags are assigned on the ways from these functions; where no way is known, wherever the module assigns any. */
function locationsFor(
  module: CModule,
  assigners: readonly Assigner[],
  from: ReadonlySet<FunctionDecl>,
): readonly Location[] {
  const own = assigners.filter(({ decl }) => from.has(decl) || [...from].some((root) => reaches(module, root, decl)));
  return (own.length === 0 ? assigners : own).flatMap((assigner) => assigner.locations);
}

/** All ways through the module's set-up in one configuration of its tables. */
function setUpPaths(
  machine: Machine,
  module: CModule,
  assigners: readonly Assigner[],
  opsKey: string,
  opsCount: number,
): { readonly paths: SetUpPath[]; readonly undecided: boolean; readonly tear: Tear | null } {
  const roots = new Set<FunctionDecl>();
  for (const assigner of assigners) {
    for (const found of climb(machine, module, assigner.decl, assigner.updatesOnly, opsCount, 0)) roots.add(found);
  }
  const outer = [...roots].filter((r) => ![...roots].some((other) => other !== r && reaches(module, other, r)));
  const paths: SetUpPath[] = [];
  let undecided = false;
  let tear: Tear | null = null;
  for (const decl of outer) {
    const { results, functions } = runSetUp(machine, decl);
    tear ??= tearIn(functions, machine.expressions.undeclared);
    for (const result of results) {
      const flags = valueAt(result, flagsField);
      const ops = valueAt(result, opsField);
      const ways = allWays(result.state);
      if (!flags || !ways || !forOps(ops, opsKey)) continue;
      if (!ops && isHalfTyped(result, opsField)) {
        undecided = true;
        continue;
      }
      for (const value of alternatives(machine, module, flags)) {
        if (value.k !== 'int') undecided = true;
        else if (value.v !== 0n)
          paths.push({
            from: decl,
            bits: value.v,
            facts: allFacts(result.state),
            ways,
            left: leftBehind(result),
            result,
          });
      }
    }
  }
  return { paths, undecided, tear };
}

/** Memory of the device that set-up leaves with a value of its own. */
function leftBehind(result: PathResult): ReadonlyMap<string, Value> {
  const left = new Map<string, Value>();
  for (const [key, entry] of result.state.own) if (key.startsWith('device:')) left.set(key, entry);
  return left;
}

function group(paths: readonly SetUpPath[], profile: Profile, locations: readonly Location[]): FoundFlags[] {
  const byBits = new Map<bigint, SetUpPath[]>();
  for (const path of paths) byBits.set(path.bits, [...(byBits.get(path.bits) ?? []), path]);
  const sets = [...byBits].map(([bits, own]) => ({
    bits,
    own,
    facts: common(own.map((p) => p.facts)),
    kept: keptInMemory(own),
  }));
  const everywhere = new Set(common(paths.map((p) => p.facts)).map(factKey));
  const telltales = differing(paths.flatMap((p) => keptInMemory([p])));
  return sets
    .map((set): FoundFlags => {
      const { bits, facts } = set;
      const telling = facts.filter((f) => !everywhere.has(factKey(f)));
      // What set-up leaves in memory tells the sets apart only when it leaves something else for another set.
      const others = sets.filter((s) => s !== set);
      const kept = set.kept.filter((f) => others.some((o) => !o.kept.some((k) => factKey(k) === factKey(f))));
      const { flags, unknownBits } = flagsOfBits(bits, profile.flags);
      const lasting = [...facts.filter((f) => isStable(f.of)), ...kept];
      const known = new Set(lasting.map(factKey));
      const ways = either(...set.own.map((path) => waysOf(path, telltales)));
      const open = ways.map((way) => new Map([...way].filter(([, fact]) => !known.has(factKey(fact)))));
      return {
        bits,
        flags,
        unknownBits,
        facts: lasting,
        ways: open.some((way) => way.size === 0) ? [] : open,
        isDoubtful: set.own.every((path) => path.facts.some((fact) => doubtOf(fact) !== null)),
        telling,
        locations,
        logsDma: set.own.some(({ result }) => isSomething(valueAt(result, 'log_ops'))),
        left: numbersIn(set.own),
      };
    })
    .sort((a, b) => b.flags.length - a.flags.length || (a.bits < b.bits ? -1 : 1));
}

/** True for what is not NULL as far as it can be told. */
const isSomething = (value: Value | null): boolean => value !== null && !(value.k === 'int' && value.v === 0n);

function numbersIn([first, ...others]: readonly SetUpPath[]): ReadonlyMap<string, Value> {
  const agreed = [...(first?.left ?? [])].filter(
    ([key, value]) => value.k === 'int' && others.every(({ left }) => left.get(key)?.id === value.id),
  );
  return new Map(agreed);
}

const factKey = (fact: Fact): string => fact.of.id + rangeKey(fact);

/** The configurations in which set-up takes a path, by what it tested and by what it leaves in memory. */
function waysOf(path: SetUpPath, telltales: ReadonlySet<string>): Way[] {
  const kept = keptInMemory([path]).filter((f) => telltales.has(f.of.id));
  const facts = new Map([...path.facts, ...kept].map((f) => [f.of.id, f]));
  return waysWith(facts, path.ways);
}

/** Symbols of which the facts say different things. */
function differing(facts: readonly Fact[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  const found = new Set<string>();
  for (const { of, ...range } of facts) {
    const known = first.get(of.id) ?? rangeKey(range);
    first.set(of.id, known);
    if (known !== rangeKey(range)) found.add(of.id);
  }
  return found;
}

/** What the paths left in the device's memory for a later look, as far as they agree on whether it is zero. */
function keptInMemory(paths: readonly SetUpPath[]): Fact[] {
  const [first, ...others] = paths;
  if (!first) return [];
  return [...first.left].flatMap(([key, value]) => {
    const truth = truthIn(first, value);
    if (truth === null || !others.every((p) => truthIn(p, p.left.get(key) ?? null) === truth)) return [];
    const of = symbol(`*${key}`, { k: 'memory', loc: memoryAt(key) });
    return [{ ...(truth ? except(0n) : exactly(0n)), of, because: null }];
  });
}

/** Whether a value counts as true at the end of a path; null when that is open. */
function truthIn(path: SetUpPath, value: Value | null): boolean | null {
  if (!value) return null;
  if (value.k !== 'symbol') return value.k !== 'int' || value.v !== 0n;
  const { state } = path.result;
  const nowhere = { fn: '', span: { start: 0, end: 0 } };
  const can = [true, false].filter((holds) => assume(state.fork(), value, holds, nowhere));
  return can.length === 1 ? (can[0] ?? null) : null;
}

/** A place again from its key; enough of it to name the symbol of what it holds. */
const memoryAt = (key: string): Loc => ({ key, type: null, last: null, parent: null, pointer: null });

/** What holds in all of the lists. */
function common(lists: readonly (readonly Fact[])[]): Fact[] {
  const [first = [], ...others] = lists;
  return first.flatMap((fact) => {
    let joined: Pick<Fact, 'low' | 'high' | 'not'> = fact;
    for (const other of others) joined = hull(joined, other.find((f) => f.of.id === fact.of.id) ?? anything);
    return isAnything(joined) ? [] : [{ ...fact, ...joined }];
  });
}

function runSetUp(machine: Machine, decl: FunctionDecl): Execution {
  const ir = decl.ir();
  const state = machine.start();
  // The core allocates the device zeroed (vfio_main.c, _vfio_alloc_device()).
  state.write(
    inside(deviceObject(coreStruct), `.${flagsField}`, { k: 'int', bits: 64, signed: false, name: 'u64' }),
    zero,
  );
  return machine.execute(
    decl,
    ir.params.map((_, i) => machine.unknownArgument(ir, i)),
    state,
  );
}

/** What the path wrote to a member, of the core's device or else of any object; null when it did not. */
function valueAt(result: PathResult, field: string): Value | null {
  const ofCore = result.state.own.get(`${deviceObject(coreStruct).key}.${field}`);
  if (ofCore) return result.state.resolve(ofCore);
  for (const [key, entry] of result.state.own) if (key.endsWith(`.${field}`)) return result.state.resolve(entry);
  return null;
}

/** True when the path wrote a member of the core's device whose name is the field's, not typed to its end. */
function isHalfTyped(result: PathResult, field: string): boolean {
  const device = `${deviceObject(coreStruct).key}.`;
  const written = [...result.state.own.keys()].filter((key) => key.startsWith(device));
  return written.some((key) => field.startsWith(key.slice(device.length)));
}

/** Whether the path registers the given ops, as far as it can be told. */
function forOps(ops: Value | null, opsKey: string): boolean {
  if (ops?.k === 'int' && ops.v === 0n) return false;
  return ops?.k !== 'pointer' || ops.loc.key === opsKey || !ops.loc.key.startsWith('g:');
}

/** The functions from which an assignment is to be evaluated: itself, or callers when they decide what it assigns. */
function climb(
  machine: Machine,
  module: CModule,
  decl: FunctionDecl,
  updates: boolean,
  opsCount: number,
  height: number,
): FunctionDecl[] {
  const callers = height < maxClimb ? callersOf(module, decl) : [];
  if (callers.length === 0) return [decl];
  if (!updates) {
    const { results } = runSetUp(machine, decl);
    const open = results.some((r) => {
      const flags = valueAt(r, flagsField);
      const ops = valueAt(r, opsField);
      return (flags && flags.k !== 'int') || (opsCount > 1 && ops?.k !== 'pointer');
    });
    if (!open) return [decl];
  }
  return callers.flatMap((c) => climb(machine, module, c, false, opsCount, height + 1));
}

function callersOf(module: CModule, decl: FunctionDecl): FunctionDecl[] {
  return module.mentions(decl.name).filter((other) => other !== decl && callsOf(other).has(decl.name));
}

function callsOf(decl: FunctionDecl): ReadonlySet<string> {
  const names = new Set<string>();
  for (const block of decl.ir().blocks) {
    for (const i of block.instructions) if (i.k === 'call' && i.name) names.add(i.name);
  }
  return names;
}

/** True when a call of the one may lead to a call of the other. */
export function reaches(module: CModule, from: FunctionDecl, to: FunctionDecl): boolean {
  const seen = new Set<FunctionDecl>([from]);
  const queue = [from];
  for (let at = queue.pop(); at; at = queue.pop()) {
    for (const name of callsOf(at)) {
      for (const next of module.functions(name, at.file)) {
        if (next === to) return true;
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
  }
  return false;
}

function endsIn(place: Place, field: string): boolean {
  return place.k === 'field' && place.name === field;
}

function loads(expr: Expr, field: string): boolean {
  switch (expr.k) {
    case 'load':
      return endsIn(expr.place, field);
    case 'unary':
    case 'cast':
      return loads(expr.arg, field);
    case 'binary':
      return loads(expr.left, field) || loads(expr.right, field);
    default:
      return false;
  }
}

/** True when the instruction hands such a place's address to a function of the module or keeps it in a variable. */
function handsOut(module: CModule, file: string, i: Instruction, isIt: (place: Place) => boolean): boolean {
  const isAddress = (e: Expr): boolean => (e.k === 'cast' ? isAddress(e.arg) : e.k === 'addr' && isIt(e.place));
  if (i.k === 'assign') return isAddress(i.value);
  return i.k === 'call' && i.name !== null && i.args.some(isAddress) && module.functions(i.name, file).length > 0;
}

/** The functions that assign the core's migration_flags; other structs may have a member of that name too. */
export function flagAssigners(module: CModule): Assigner[] {
  const types = new Types(module);
  return findAssigners(module, flagsField, (place, fn) => {
    const owner = place.k === 'field' ? types.strip(types.ofPlace(place.base, fn)) : null;
    return owner?.k !== 'struct' || owner.name === coreStruct;
  });
}

/** The functions that assign a member of that name, themselves or by handing out its address. */
export function findAssigners(
  module: CModule,
  field: string,
  counts: (place: Place, fn: FunctionIR) => boolean = () => true,
): Assigner[] {
  return module.mentions(field).flatMap((decl): Assigner[] => {
    const ir = decl.ir();
    const isIt = (place: Place): boolean => endsIn(place, field) && counts(place, ir);
    const found = ir.blocks.flatMap((b) =>
      b.instructions.filter((i) => (i.k === 'assign' && isIt(i.dest)) || handsOut(module, decl.file, i, isIt)),
    );
    if (found.length === 0) return [];
    const locations = found.map((i) => ({
      file: decl.file,
      span: { start: decl.span.start + i.span.start, end: decl.span.start + i.span.end },
    }));
    return [{ decl, locations, updatesOnly: found.every((i) => i.k === 'assign' && loads(i.value, field)) }];
  });
}

/**
 * The values that a value may have: itself when it is known; what the module puts into the member that it was read
 * from otherwise.
 */
function alternatives(machine: Machine, module: CModule, value: Value): Value[] {
  if (value.k !== 'symbol') return [value];
  if (value.origin.k === 'join')
    return value.origin.alternatives.flatMap((a) => alternatives(machine, module, a.value));
  if (value.origin.k !== 'memory') return [value];
  const field = value.origin.loc.last?.startsWith('.') ? value.origin.loc.last.slice(1) : null;
  if (field === null || value.origin.loc.key === `${deviceObject(coreStruct).key}.${flagsField}`) return [value];
  const found = new Map<string, Value>();
  for (const { decl } of findAssigners(module, field)) {
    for (const result of runSetUp(machine, decl).results) {
      const written = valueAt(result, field);
      if (written) found.set(written.id, written);
    }
  }
  for (const global of module.globalMentions(field)) {
    const init = global.initializer;
    if (init?.k !== 'list') continue;
    const start = machine.start();
    const at = machine.expressions.place({ k: 'global', name: global.name }, frameOf(global), start);
    const loc = inside(at, `.${field}`, null);
    const initial = machine.initial(loc);
    if (initial.k === 'int') found.set(initial.id, initial);
  }
  return found.size > 0 ? [...found.values()] : [value];
}
