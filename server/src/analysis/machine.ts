import type { FunctionIR } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { Activation } from './activation';
import { Calls } from './calls';
import type { Frame } from './expressions';
import { deviceObject, Expressions, localsOf } from './expressions';
import { exactly, except } from './facts';
import type { Functions } from './functions';
import type { Configuration } from './globals';
import { initialMemory } from './globals';
import type { Important } from './merge';
import type { Meter } from './meter';
import type { InitialValue } from './state';
import { outside, ReadLog, State } from './state';
import type { SummaryCache } from './summaries';
import { activeAmong, Summary } from './summaries';
import { Types } from './types';
import type { Value } from './value';
import { pointerTo, symbol } from './value';

/** Limits that make every evaluation finish; reaching one is an unknown with that reason. */
export interface Budgets {
  /** Steps of one evaluation. */
  readonly fuel: number;
  /** Steps of all evaluations of one driver. */
  readonly total: number;
  /** Depth of calls into functions of the module. */
  readonly depth: number;
  /** Paths that may differ in memory alone at one block; four times as many may differ in variables. */
  readonly paths: number;
  /** Results kept apart of one call. */
  readonly results: number;
  /** Rounds of a loop whose condition is open, before what it changes becomes unknown. */
  readonly rounds: number;
}

export const defaultBudgets: Budgets = { fuel: 100_000, total: 500_000, depth: 24, paths: 4, results: 24, rounds: 2 };

/** How a function ended on one path. */
export interface PathResult {
  readonly state: State;
  readonly value: Value;
}

/** What one run from outside came to. */
export interface Execution {
  readonly results: readonly PathResult[];
  readonly functions: readonly FunctionDecl[];
}

/** Runs functions of a module on abstract values. One machine serves many evaluations; it keeps summaries of calls. */
export class Machine {
  readonly types: Types;
  readonly expressions: Expressions;
  readonly initial: InitialValue;
  private readonly calls: Calls;
  /** The functions that are being executed, the innermost last, and the functions that each came to. */
  private readonly active: { readonly key: string; readonly functions: Map<string, number> }[] = [];

  constructor(
    readonly module: CModule,
    readonly configuration: Configuration,
    readonly budgets: Budgets,
    private readonly important: Important,
    private readonly cache: SummaryCache,
    readonly functions: Functions,
    readonly meter: Meter,
    /** Tells machines with other settings apart: what is important, which configuration. */
    private readonly name: string,
  ) {
    this.types = new Types(module);
    this.expressions = new Expressions(module, this.types);
    this.initial = initialMemory(module, this.types, this.expressions, configuration);
    this.calls = new Calls(this);
  }

  /** A state before anything ran. */
  start(): State {
    const state = new State(null, new ReadLog(), this.initial, outside);
    for (const [text, value] of this.configuration) {
      const config = symbol(`config:${text}`, { k: 'config', text });
      state.assume(config, value ? except(0n) : exactly(0n), null);
    }
    return state;
  }

  /** Runs a function from outside, with fresh fuel. */
  run(decl: FunctionDecl, args: readonly Value[], from: State): readonly PathResult[] {
    return this.execute(decl, args, from).results;
  }

  /** The same, with all functions that it came to. */
  execute(decl: FunctionDecl, args: readonly Value[], from: State): Execution {
    this.meter.begin();
    this.active.length = 0;
    const { results, functions } = this.invoke(decl, args, from, 0);
    return {
      results: results.map(({ state, value }) => ({ state: state.over(from), value })),
      functions: [...functions.keys()].flatMap((key) => this.functions.declOf(key) ?? []),
    };
  }

  /** The value that a parameter has when nobody in the module calls the function. */
  unknownArgument(ir: FunctionIR, index: number): Value {
    const local = ir.locals.find((l) => l.id === ir.params[index]);
    const type = this.types.strip(local?.type ?? null);
    const device = type?.k === 'pointer' ? this.types.deviceStruct(type.to) : null;
    if (device) return pointerTo(deviceObject(device));
    const struct = type?.k === 'pointer' ? this.types.strip(type.to) : null;
    if (struct?.k === 'struct') return pointerTo(deviceObject(struct.name));
    return symbol(`param:${ir.name}:${local?.name ?? index}`, {
      k: 'param',
      name: local?.name ?? `argument ${index + 1}`,
    });
  }

  /** What a function of the module does when it is called so. The results' states are its own layers, in its own names. */
  invoke(decl: FunctionDecl, args: readonly Value[], from: State, depth: number): Summary {
    const { functions } = this;
    const summaries = this.cache.of(this.name, decl, functions);
    const call = `${depth}|${args.map((a) => a.id).join(',')}`;
    const outer = this.active.map((each) => each.key);
    const known = summaries.find(call, args, from, outer, functions);
    if (known) {
      this.meter.burn(1);
      this.cameTo(known.functions);
      return known;
    }
    const key = functions.keyOf(decl);
    const token = functions.tokenOf(decl);
    const reads = new ReadLog();
    const fn = decl.ir();
    const frame: Frame = { fn, key, depth, context: token, locals: localsOf(fn, depth) };
    const state = from.enter(reads, token);
    frame.fn.params.forEach((id, i) => {
      const value = args[i] ?? symbol(`${token}:missing${i}`, { k: 'indeterminate' });
      const at = this.expressions.localLoc(frame, id);
      if (this.types.isAggregate(at.type) && value.k === 'pointer') state.copy(at, value.loc);
      else state.write(at, value);
    });
    const behind = new Map([[key, functions.versionOf(decl)]]);
    this.active.push({ key, functions: behind });
    const results = new Activation(this, this.calls, frame, this.important, state).run();
    this.active.pop();
    const kept = results.map((r) => ({ state: r.state.detached(), value: r.value }));
    const summary = new Summary(args, reads, behind, activeAmong(behind, outer), kept, token);
    if (!this.meter.exhausted) summaries.add(call, summary, functions);
    this.cameTo(behind);
    return summary;
  }

  /** Notes for the function that is being executed which others it depends on. */
  private cameTo(functions: ReadonlyMap<string, number>): void {
    const current = this.active.at(-1)?.functions;
    for (const [key, version] of functions) current?.set(key, version);
  }

  /** How often a function is being executed right now: recursion. */
  activations(decl: FunctionDecl): number {
    const { functions } = this;
    const key = functions.keyOf(decl);
    this.active.at(-1)?.functions.set(key, functions.versionOf(decl));
    return this.active.filter((each) => each.key === key).length;
  }

  /** Takes the fuel of some steps; false when there is none left. */
  burn(steps = 1): boolean {
    return this.meter.burn(steps);
  }
}
