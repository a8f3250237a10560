import type { FunctionDecl, ParsedFile } from '../c/module';
import type { Functions } from './functions';
import { hash } from './hash';
import { Renaming } from './rename';
import { Sameness } from './sameness';
import type { Effects, ReadLog, State } from './state';
import type { Trail } from './trail';
import type { Value } from './value';

/** One way in which a call ends, as the caller sees it. */
export interface CallResult {
  readonly effects: Effects;
  readonly value: Value;
  /** The way itself, in the function's own names. */
  readonly trail: Trail | null;
  /** From those names to the caller's. */
  readonly renaming: Renaming;
}

/** What a function does when it is called so, and all that this depends on. */
export class Summary {
  /** The analysis in which the functions behind it were seen to be the same. */
  private sound: Functions | null = null;
  private readonly renamed = new Map<string, readonly CallResult[]>();

  constructor(
    private readonly args: readonly Value[],
    private readonly reads: ReadLog,
    /** The functions that it entered or would have entered, with their versions. */
    readonly functions: ReadonlyMap<FunctionKey, number>,
    /** Those of them that were being executed already: functions that call each other are entered only so often. */
    private readonly active: string,
    readonly results: readonly { readonly state: State; readonly value: Value }[],
    /** What stands for the caller in the names that the function gives. */
    private readonly token: string,
  ) {}

  /** The results in the names of a call of the function. */
  under(context: string): readonly CallResult[] {
    const known = this.renamed.get(context);
    if (known) return known;
    const renaming = new Renaming(this.token, context);
    const results = this.results.map(({ state, value }) => ({
      effects: renaming.effects(state),
      value: renaming.value(value),
      trail: state.trail,
      renaming,
    }));
    this.renamed.set(context, results);
    return results;
  }

  /** True as long as the functions that it entered are what they were. */
  isSound(functions: Functions): boolean {
    if (this.sound === functions) return true;
    for (const [key, version] of this.functions) {
      const decl = functions.declOf(key);
      if (!decl || functions.versionOf(decl) !== version) return false;
    }
    this.sound = functions;
    return true;
  }

  /** True when a call with these arguments in this state has the same results. */
  answers(args: readonly Value[], from: State, active: readonly FunctionKey[]): boolean {
    const sameness = new Sameness();
    return (
      args.length === this.args.length &&
      args.every((arg, i) => sameness.values(arg, this.args[i] as Value)) &&
      activeAmong(this.functions, active) === this.active &&
      this.reads.holdsIn(from)
    );
  }
}

/** As Functions.keyOf() gives it. */
type FunctionKey = string;

export const activeAmong = (functions: ReadonlyMap<FunctionKey, number>, active: readonly FunctionKey[]): string =>
  active.filter((key) => functions.has(key)).join();

/** Summaries kept of one function and one list of arguments; the oldest go first. */
const maxSummaries = 64;
/** Summaries that no analysis has asked for in so many are dropped. */
const maxIdle = 32;

/** The summaries of one function by how it is called. */
export class FunctionSummaries {
  private readonly byCall = new Map<string, { lastUse: number; all: Summary[] }>();

  constructor(readonly signature: string) {}

  find(
    call: string,
    args: readonly Value[],
    from: State,
    active: readonly FunctionKey[],
    functions: Functions,
  ): Summary | undefined {
    const entry = this.byCall.get(call);
    if (!entry) return undefined;
    entry.lastUse = functions.analysis;
    entry.all = entry.all.filter((each) => each.isSound(functions));
    return entry.all.find((each) => each.answers(args, from, active));
  }

  add(call: string, summary: Summary, functions: Functions): void {
    const entry = this.byCall.get(call) ?? { lastUse: functions.analysis, all: [] };
    this.byCall.set(call, entry);
    if (entry.all.length >= maxSummaries) entry.all.shift();
    entry.all.push(summary);
  }

  dropUnusedSince(analysis: number): void {
    for (const [call, { lastUse }] of this.byCall) if (lastUse < analysis) this.byCall.delete(call);
  }

  get isEmpty(): boolean {
    return this.byCall.size === 0;
  }
}

/** Summaries kept from one analysis of a module to the next, as long as the functions behind them are the same. */
export class SummaryCache {
  private readonly kept = new Map<string, FunctionSummaries>();
  private readonly identities = new WeakMap<object, number>();
  private count = 0;
  private analyses = 0;

  /** Starts an analysis; its number. */
  begin(): number {
    this.analyses++;
    if (this.analyses % maxIdle === 0) {
      for (const [key, summaries] of this.kept) {
        summaries.dropUnusedSince(this.analyses - maxIdle);
        if (summaries.isEmpty) this.kept.delete(key);
      }
    }
    return this.analyses;
  }

  /** The summaries of a function that were made from the same text. `machine` tells apart what machines with other settings found. */
  of(machine: string, decl: FunctionDecl, functions: Functions): FunctionSummaries {
    const key = machine + functions.keyOf(decl);
    const signature = `${functions.environment}:${functions.versionOf(decl)}`;
    const known = this.kept.get(key);
    if (known?.signature === signature) return known;
    const summaries = new FunctionSummaries(signature);
    this.kept.set(key, summaries);
    return summaries;
  }

  private readonly declarations = new Map<string, { readonly text: string; readonly hash: string }>();

  /** A hash of what a file declares, found out once for each text of it. */
  declarationsOf(file: ParsedFile, find: (file: ParsedFile) => string): string {
    const known = this.declarations.get(file.path);
    if (known?.text === file.text) return known.hash;
    const found = hash(find(file));
    this.declarations.set(file.path, { text: file.text, hash: found });
    return found;
  }

  /** A number that stands for an object as long as it lives. */
  identity(object: object): number {
    const known = this.identities.get(object);
    if (known !== undefined) return known;
    this.identities.set(object, ++this.count);
    return this.count;
  }
}
