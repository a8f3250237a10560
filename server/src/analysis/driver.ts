import type { Location } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { Arc, Profile, StateName } from '../uapi';
import { profileOf, requiredArcs, sameArc, valueOfState } from '../uapi';
import { doubtMark, errorMark } from './calls';
import type { FoundOps, StateLocation } from './discover';
import { findStateLocation, locationOf, namedFunction } from './discover';
import type { Tear } from './doubt';
import { firstTear, surely, tearIn, torn, trusted } from './doubt';
import { deviceObject } from './expressions';
import { doubtOf, meet, rangeKey } from './facts';
import { FixedMembers } from './fixedMembers';
import type { FoundFlags } from './flags';
import { findFlags } from './flags';
import type { Functions } from './functions';
import type { Configuration } from './globals';
import { conditionsInTables, globalRoot } from './globals';
import type { Fallthrough, Judgement, Verdicts } from './judge';
import { judge, missingArcs, neverRequired } from './judge';
import type { Budgets } from './machine';
import { defaultBudgets, Machine } from './machine';
import { Meter } from './meter';
import type { ArcAnswer, ArcModel, DriverModel, DriverTraits, Note, Outcome, ProfileChoice } from './model';
import type { RawOutcome } from './outcomes';
import { outcomesOf, Source } from './outcomes';
import type { Ran } from './pairs';
import { keyOf, once, Table } from './pairs';
import { refusalAmong } from './refusal';
import type { State } from './state';
import type { SubjectParts } from './subject';
import type { SummaryCache } from './summaries';
import { stepsOf } from './trail';
import { findTraits } from './traits';
import type { Value } from './value';
import { inside, int, isStable, pointerTo } from './value';

/**
 * States that no driver can know: what they answer is what set_state answers to anything else. Below 32, because drivers
 * shift bits by a state, and what a wider shift gives is not defined.
 */
const nobodysPair = { from: 0x1dn, to: 0x1en };
/** Preprocessor conditions inside tables beyond this number are taken as true. */
const maxTableConditions = 3;

/** For functions of which single answers matter that are nothing to an arc. */
const wideBudgets: Budgets = { ...defaultBudgets, paths: 16 };

/** Everything the analysis finds out about one driver. */
export function driverModel(
  module: CModule,
  ops: FoundOps,
  opsCount: number,
  choice: ProfileChoice,
  cache: SummaryCache,
  functions: Functions,
  meter: Meter,
): DriverModel {
  return new DriverAnalysis(module, ops, opsCount, choice, cache, functions, meter).model();
}

/** What is assumed from the start: the configurations that declare one set of flags. */
interface Given extends Pick<FoundFlags, 'facts' | 'ways'> {
  /** The value of migration_flags; null when it is not known. */
  readonly bits: bigint | null;
}

const noFlags: Given = { facts: [], ways: [], bits: null };

class DriverAnalysis {
  private readonly profile: Profile;
  private readonly importantKeys = new Set<string>([errorMark, doubtMark]);
  private readonly stateAt: StateLocation | null;
  private readonly machines: readonly Machine[];
  private readonly main: Machine;
  private readonly source: Source;
  /** Text between the definitions that is no C, or brackets that do not match; null when the module has none. */
  private tear: Tear | null;
  private readonly fixed: FixedMembers;
  private usesNextState = false;

  constructor(
    private readonly module: CModule,
    private readonly ops: FoundOps,
    private readonly opsCount: number,
    private readonly choice: ProfileChoice,
    private readonly cache: SummaryCache,
    private readonly functions: Functions,
    private readonly meter: Meter,
  ) {
    this.profile = profileOf(choice.id);
    this.fixed = new FixedMembers(module);
    this.tear = firstTear(module);
    const all = configurations(module);
    this.stateAt = findStateLocation(this.machine(all[0] ?? new Map()), ops);
    if (this.stateAt) this.importantKeys.add(this.stateAt.loc.key);
    this.machines = all.map((c) => this.machine(c));
    this.main = this.machines[0] ?? this.machine(new Map());
    this.source = new Source(module, this.main, locationOf(ops.setState));
  }

  private machine(configuration: Configuration, meter = this.meter, budgets = defaultBudgets): Machine {
    const important = (key: string): boolean =>
      this.importantKeys.has(key) || key.endsWith('.migration_flags') || key.endsWith('.mig_ops');
    const name = `${[...this.importantKeys].join()}|${[...configuration].join()}|${budgets.paths}|`;
    return new Machine(this.module, configuration, budgets, important, this.cache, this.functions, meter, name);
  }

  model(): DriverModel {
    const { ops, module } = this;
    const opsKey = globalRoot(module, ops.global.name, ops.global.file).key;
    const found = findFlags(this.machines, module, opsKey, this.opsCount, this.profile);
    this.tear ??= found.tear;
    const sets = found.sets;
    const required = sets.map((s) => requiredArcs(s.flags));
    const asked = new Set(required.flat().map(keyOf));
    const tables = (sets.length > 0 ? sets : [noFlags]).map((given) => this.table(given, asked));
    const main = tables[0] as Table;
    const verdicts = sets.map((set, i) => this.verdicts(set, tables[i] as Table));
    const pairs = pairsOf(this.profile);
    const arcs = pairs.map((arc): ArcModel => this.arc(arc, main, sets.length > 0 ? tables : [], required));
    const defaultPath = main.fallback.map((o) => o.outcome);
    const acceptsAnything = defaultPath.some((o) => o.kind === 'success');
    const superfluous = arcs
      .filter((arc) => arc.status !== 'rejected' && arc.status !== 'undecided' && !arc.required && sets.length > 0)
      .filter((arc) => !(acceptsAnything && endsLike(main.outcomes(arc), main.fallback)))
      .filter((arc) => main.tear(arc) === null)
      .map(({ from, to }) => ({ from, to }));
    // Nobody asks while a driver is being typed, so nothing is run then.
    let traits: DriverTraits | null = null;
    const meter = new Meter(defaultBudgets.fuel, defaultBudgets.total);
    const parts = (): SubjectParts => ({
      machine: this.machine(this.main.configuration, meter),
      wide: this.machine(this.main.configuration, meter, wideBudgets),
      source: this.source,
      ops,
      stateAt: this.stateAt,
      set: sets[0] ?? null,
      fixed: this.fixed,
    });
    return {
      ops: ops.ops,
      setState: namedFunction(ops.setState),
      getState: ops.getState && namedFunction(ops.getState),
      profile: this.choice,
      stateLocation: this.stateAt && {
        text: (this.stateAt.value.k === 'symbol' && this.source.text(this.stateAt.value.at)) || this.stateAt.loc.key,
        foundBy: this.stateAt.foundBy,
      },
      usesNextState: this.usesNextState,
      flagSets: sets.map((set) => ({
        flags: set.flags,
        unknownBits: set.unknownBits,
        when:
          [...new Set(set.telling.map((f) => this.source.factText(f)).filter((t) => t !== ''))].join(' && ') || null,
        locations: set.locations,
      })),
      arcs,
      missing: missingArcs(verdicts),
      superfluous,
      defaultPath,
      get traits() {
        traits ??= findTraits(parts(), arcs);
        return traits;
      },
      notes: this.notes(found.unresolved, sets),
      tear: pairs.map((arc) => main.tear(arc)).find((tear) => tear !== null) ?? null,
      files: module.files.map((f) => f.path),
    };
  }

  private notes(unresolved: readonly Location[], sets: readonly FoundFlags[]): Note[] {
    const notes: Note[] = [];
    if (!this.stateAt) {
      notes.push({
        message: 'Where the driver keeps its current state could not be found, so its arcs can not be told apart.',
        location: locationOf(this.ops.setState),
      });
    }
    if (sets.length === 0) {
      notes.push({
        message:
          unresolved.length > 0
            ? 'The value of migration_flags could not be found out, so no arc is known to be required.'
            : 'No assignment to migration_flags was found in the module, so no arc is known to be required.',
        location: unresolved[0] ?? this.ops.ops.location,
      });
    } else if (unresolved.length > 0) {
      notes.push({
        message: 'Some paths assign a value to migration_flags that could not be found out.',
        location: unresolved[0] ?? null,
      });
    }
    if (this.meter.allExhausted) {
      notes.push({
        message: 'The code takes more steps to execute than the analysis has: what it did not come to is undecided.',
        location: locationOf(this.ops.setState),
      });
    }
    return notes;
  }

  /** Runs set_state for one pair in every configuration of the module's tables. */
  private run(from: bigint, to: bigint, { facts, ways, bits }: Given): Ran {
    const raw: RawOutcome[] = [];
    const functions = new Set<FunctionDecl>();
    const { undeclared } = this.main.expressions;
    const tear = once(() => tearIn([...functions], undeclared) ?? this.tear);
    for (const machine of this.machines) {
      const state = machine.start();
      let possible = true;
      for (const fact of facts) if (!state.assume(fact.of, fact, fact.because)) possible = false;
      state.ways = ways;
      if (!possible) continue;
      this.registered(state, bits);
      if (this.stateAt) state.write(this.stateAt.loc, int(from));
      const args: Value[] = [pointerTo(deviceObject('vfio_device')), int(to)];
      const execution = machine.execute(this.ops.setState, args, state);
      for (const decl of execution.functions) functions.add(decl);
      for (const result of execution.results) {
        this.usesNextState ||= asksForNextState(result.state.trail);
        raw.push(...outcomesOf(result, this.stateAt?.loc ?? null, { from, to }, this.source, facts));
      }
    }
    return { outcomes: dedupe(raw.map((each) => trusted(each, tear))), tear };
  }

  /** What registration left in the core's device: a driver may look at its own flags and ops later. */
  private registered(state: State, bits: bigint | null): void {
    const device = deviceObject('vfio_device');
    const { global } = this.ops;
    const ops = pointerTo(globalRoot(this.module, global.name, global.file));
    if (bits !== null) state.write(inside(device, '.migration_flags', null), int(bits));
    if (this.ops.ops.type === 'vfio_migration_ops') state.write(inside(device, '.mig_ops', null), ops);
  }

  /** `asked` are the pairs that some set of flags requires. */
  private table(given: Given, asked: ReadonlySet<string>): Table {
    const ran = new Map<string, Ran>();
    const value = (name: StateName): bigint => BigInt(valueOfState(name));
    const pairs = pairsOf(this.profile);
    for (const arc of pairs) ran.set(keyOf(arc), this.run(value(arc.from), value(arc.to), given));
    const { outcomes: nobody, tear: tearOfNobody } = this.run(nobodysPair.from, nobodysPair.to, given);
    const idle = neverRequired(this.profile, pairs).map((arc) => ran.get(keyOf(arc))?.outcomes ?? []);
    const others = nobody.map((each) => surely(each, this.tear));
    // Where nobody's states may succeed or not, so may any that end there.
    const doubtful = new Set(nobody.flatMap((each, i) => (others[i] === each ? [] : [each.key])));
    const isOpen = others.some((o) => o.outcome.kind === 'unknown');
    const fallback = isOpen ? (idle[0]?.map((each) => surely(each, this.tear)) ?? others) : others;
    const fallthrough: Fallthrough = {
      refusals: new Set(
        [...idle, nobody].flatMap((list) => list.flatMap((o) => (o.outcome.kind === 'error' ? [o.key] : []))),
      ),
      foreign: new Set(nobody.flatMap((o) => (o.outcome.kind === 'success' ? (o.foreign ?? []) : []))),
      fixed: this.fixed,
    };
    const judgements = new Map<string, Judgement>();
    for (const [key, { outcomes, tear }] of ran) {
      const judgement = judge(outcomes, fallthrough);
      const isAsked = judgement.status !== 'handled' && asked.has(key);
      // What handles the arc may be hidden in text that is no C.
      const isHeld = isAsked && tear() !== null;
      const isOpen = !this.stateAt || isHeld || endsAmong(outcomes, doubtful);
      judgements.set(key, isOpen ? { status: 'undecided', refusal: null } : judgement);
    }
    return new Table(
      ran,
      judgements,
      fallback.map((each) => torn(each, tearOfNobody)),
    );
  }

  private verdicts(set: FoundFlags, table: Table): Verdicts {
    return {
      flags: set.flags,
      statusOf: (arc) => {
        const { status } = table.judgement(arc);
        // Whether anybody ever declares flags that hang on broken text, nobody can say.
        return set.isDoubtful && status !== 'handled' ? 'undecided' : status;
      },
      rejectedAt: (arc) => {
        const { refusal } = table.judgement(arc);
        const plainest = refusalAmong(table.outcomes(arc).map(({ outcome }) => outcome));
        return (refusal?.outcome ?? plainest)?.at ?? locationOf(this.ops.setState);
      },
    };
  }

  private arc(arc: Arc, main: Table, tables: readonly Table[], required: readonly (readonly Arc[])[]): ArcModel {
    const own = this.answer(arc, main);
    // A spread would put the evidence into words that nobody has asked for.
    const { status, outcomes, condition } = own;
    return {
      from: arc.from,
      to: arc.to,
      status,
      outcomes,
      condition,
      get evidence() {
        return own.evidence;
      },
      perFlagSet: tables.map((table) => (table === main ? own : this.answer(arc, table))),
      required: required.some((arcs) => arcs.some((r) => sameArc(r, arc))),
    };
  }

  private answer(arc: Arc, table: Table): ArcAnswer {
    const { status, refusal } = table.judgement(arc);
    const raw = table.outcomes(arc);
    const telling = raw.find(
      (o) => o.outcome.kind === (status === 'rejected' ? 'error' : status === 'undecided' ? 'unknown' : 'success'),
    );
    const { outcome } = telling ?? raw[0] ?? { outcome: null };
    return {
      status,
      outcomes: [
        ...raw.map((o) => o.outcome),
        ...(status === 'undecided' ? this.whyUndecided(raw, () => table.tear(arc)) : []),
      ],
      condition: refusal ? this.needed(refusal, raw) : null,
      get evidence() {
        return outcome?.trail ?? [];
      },
    };
  }

  /** When no way ends in the unknown, the assumption about what is not modelled on which the ways depend. */
  private whyUndecided(raw: readonly RawOutcome[], tearOf: () => Tear | null): Outcome[] {
    if (raw.some((o) => o.outcome.kind === 'unknown')) return [];
    for (const { outcome, facts, ways } of raw) {
      for (const fact of [...facts, ...ways.flatMap((way) => [...way.values()])]) {
        const reason = doubtOf(fact);
        if (reason === null) continue;
        const { conditions, trail } = outcome;
        const at = this.source.locate(fact.of.at);
        return [{ kind: 'unknown', reason, endless: false, at, conditions, trail }];
      }
    }
    for (const { outcome, doubt } of raw) {
      if (doubt?.origin.k !== 'unmodelled') continue;
      const { conditions, trail } = outcome;
      const at = this.source.locate(doubt.at);
      return [{ kind: 'unknown', reason: doubt.origin.reason, endless: false, at, conditions, trail }];
    }
    const [first] = raw;
    const tear = tearOf();
    if (!first || !tear) return [];
    const { conditions, trail } = first.outcome;
    return [{ kind: 'unknown', reason: tear.message, endless: false, at: tear.location, conditions, trail }];
  }

  /** What must hold so that a conditional arc is handled: what its refusal assumed, turned round; null when no words say it. */
  private needed(refusal: RawOutcome, outcomes: readonly RawOutcome[]): string | null {
    const success = outcomes.find((o) => o.outcome.kind === 'success');
    const excluded =
      success?.facts.filter((f) => refusal.facts.some((r) => r.of.id === f.of.id && meet(r, f) === null)) ?? [];
    const texts = excluded.map((f) => this.source.factText(f)).filter((t) => t !== '');
    if (texts.length > 0) return [...new Set(texts)].join(' && ');
    return refusal.outcome.conditions.map((c) => opposite(c.text)).join(' || ') || null;
  }
}

/** A condition in C turned round. */
function opposite(text: string): string {
  if (/^![\w.>()-]+$/.test(text)) return text.slice(1);
  return /^!\(.*\)$/.test(text) ? text.slice(2, -1) : `!(${text})`;
}

function pairsOf(profile: Profile): Arc[] {
  return profile.states.flatMap((from) => profile.states.filter((to) => to !== from).map((to) => ({ from, to })));
}

function asksForNextState(trail: Parameters<typeof stepsOf>[0]): boolean {
  return stepsOf(trail).some((s) => s.k === 'next-state' || (s.k === 'call' && asksForNextState(s.inner)));
}

/** True when the pair's successes are those of the default path. */
function endsLike(outcomes: readonly RawOutcome[], fallback: readonly RawOutcome[]): boolean {
  const ends = new Set(fallback.map((o) => o.key));
  return outcomes.filter((o) => o.outcome.kind === 'success').every((o) => ends.has(o.key));
}

/** True when the pair succeeds and all its successes are among those. */
function endsAmong(outcomes: readonly RawOutcome[], ends: ReadonlySet<string>): boolean {
  if (ends.size === 0) return false;
  const successes = outcomes.filter((o) => o.outcome.kind === 'success');
  return successes.length > 0 && successes.every((o) => ends.has(o.key));
}

/** Outcomes that nobody could tell apart become one. */
function dedupe(raw: readonly RawOutcome[]): RawOutcome[] {
  const alike = groupBy(raw, ({ outcome }) => {
    if (outcome.kind === 'unknown') return outcome.kind;
    return `${outcome.kind}|${outcome.kind === 'success' ? outcome.file : ''}|${outcome.stateAfter}`;
  });
  return alike
    .flatMap((group) => (group.length === 1 ? [group] : groupBy(group, (o) => o.key)))
    .flatMap((group) => (group.length === 1 ? [group] : groupBy(group, assumedSymbols)))
    .flatMap((group) => group.slice(-1));
}

const assumedSymbols = ({ facts }: RawOutcome): string =>
  facts
    .map((f) => (isStable(f.of) ? f.of.id + rangeKey(f) : f.of.id))
    .sort()
    .join();

function groupBy<T>(items: readonly T[], keyFor: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyFor(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

/** Every combination of the conditions inside the module's tables; the first has all of them true. */
function configurations(module: CModule): Configuration[] {
  const texts = conditionsInTables(module.files.flatMap((f) => f.globals)).slice(0, maxTableConditions);
  const all: Configuration[] = [];
  for (let bits = 0; bits < 1 << texts.length; bits++) {
    all.push(new Map(texts.map((text, i) => [text, (bits & (1 << i)) === 0])));
  }
  return all;
}
