import type { CType, Location } from '../c/ir';
import type { CModule } from '../c/module';
import { valueOfState } from '../uapi';
import { endless } from './activation';
import { doubtMark, errorMark } from './calls';
import { errnoName } from './constants';
import type { Assumption, Fact, Range } from './facts';
import { canBeNegative, canBePositive, canBeZero, meet, sameRange } from './facts';
import type { Functions } from './functions';
import type { Machine, PathResult } from './machine';
import { allFacts, allWays } from './merge';
import type { AssumedCondition, Evidence, EvidenceKind, Outcome, ReturnedFile, StateAfter } from './model';
import { printable } from './printable';
import { settledAt } from './settled';
import type { Told, ToldStep, Trail } from './trail';
import { storyOf } from './trail';
import type { Loc, Site, SymbolValue, Value } from './value';
import { isErrno, isStable, unmodelledReason } from './value';
import type { Way } from './ways';

/** An outcome with what the judgement needs besides. */
export interface RawOutcome {
  readonly outcome: Outcome;
  /** Identity of the refusal or of the unknown that was returned: the same for all pairs that end there. */
  readonly key: string;
  readonly facts: readonly Fact[];
  readonly ways: readonly Way[];
  /** What is not modelled and has decided where the path goes; null when nothing has. */
  readonly doubt: SymbolValue | null;
  /** Identity of the foreign function's result that set_state hands on; null when the driver's own text decides. */
  readonly foreign: string | null;
}

/** Turns sites into locations and text; the only place that looks at the source text again. */
export class Source {
  /** Steps that were put into words before: the paths of an arc have most of theirs in common. */
  private readonly told = new WeakMap<Told, Evidence>();

  constructor(
    private readonly module: CModule,
    private readonly machine: Machine,
    private readonly fallback: Location,
  ) {}

  get functions(): Functions {
    return this.machine.functions;
  }

  locate(site: Site | null): Location {
    const decl = site && this.machine.functions.declOf(site.fn);
    if (!site || !decl) return this.fallback;
    const { start } = decl.span;
    return { file: decl.file, span: { start: start + site.span.start, end: start + site.span.end } };
  }

  text(site: Site | null): string {
    if (!site || !this.machine.functions.declOf(site.fn)) return '';
    const { file, span } = this.locate(site);
    return printable((this.module.file(file)?.text.slice(span.start, span.end) ?? '').replace(/\s+/g, ' ').trim());
  }

  /** A condition as C that holds. */
  condition({ site, holds }: Assumption): string {
    const text = this.text(site);
    if (holds) return text.replace(/^case\s+/, 'case ');
    return /^[\w.>()-]+$/.test(text) ? `!${text}` : `!(${text})`;
  }

  /** What an assumption says, as C that holds; empty when no condition of the text took it. */
  factText(fact: Fact): string {
    if (fact.of.origin.k === 'config') {
      if (!canBeZero(fact)) return fact.of.origin.text;
      return canBePositive(fact) ? '' : `!${fact.of.origin.text}`;
    }
    return fact.because ? this.condition(fact.because) : '';
  }

  /** A path's steps for a reader: open conditions, conditions that hold, calls, returns. */
  evidence(story: readonly ToldStep[], chosen: string): Evidence[] {
    return story.map(({ step, depth, inner }) => {
      const known = this.told.get(step);
      if (known?.depth === depth) return known;
      const what = this.describe(step, inner(chosen));
      const callee = step.k === 'call' ? step.name : null;
      const holds = step.k === 'branch' ? step.holds : step.k === 'case' ? true : null;
      const evidence = { kind: kindOf(step), location: this.locate(step.site), depth, callee, holds, what };
      // A return may be told differently in each of the stories that it is a part of.
      if (step.k !== 'return') this.told.set(step, evidence);
      return evidence;
    });
  }

  private describe(step: Told, chosen: string): string {
    switch (step.k) {
      case 'branch':
        return `${step.open ? 'assumes' : 'finds'} ${this.condition({ site: step.site, holds: step.holds })}`;
      case 'case':
        return `takes ${this.text(step.site)}`;
      case 'call':
        return `calls ${step.name}()`;
      case 'next-state':
        return 'asks vfio_mig_get_next_state() for the next state';
      case 'return':
        return this.returned(step.site, alternativeOf(step.value, chosen));
      case 'lost':
        return `can not be followed: ${step.reason}`;
    }
  }

  private returned(site: Site, value: Value): string {
    const type = this.machine.types.strip(this.functions.declOf(site.fn)?.ir().returns ?? null);
    if (type?.k === 'void') return 'returns';
    return `returns ${value.k === 'int' && value.v === 0n ? zeroOf(type) : describeValue(value, this)}`;
  }
}

/** Zero as a function of that type has it. */
function zeroOf(type: CType | null): string {
  switch (type?.k) {
    case 'pointer':
      return 'NULL';
    case 'int':
      return type.bits === 1 ? 'false' : '0';
    case 'enum':
      return '0';
    default:
      return 'NULL or 0';
  }
}

function kindOf(step: Told): EvidenceKind {
  switch (step.k) {
    case 'branch':
      return step.open ? 'assumption' : 'condition';
    case 'case':
      return step.value.k === 'int' ? 'condition' : 'assumption';
    case 'call':
    case 'next-state':
    case 'return':
    case 'lost':
      return step.k;
  }
}

/** The alternative of a join that the name stands for; any other value itself. */
function alternativeOf(value: Value, chosen: string): Value {
  if (value.k !== 'symbol' || value.origin.k !== 'join') return value;
  return value.origin.alternatives.find((a) => a.value.id === chosen)?.value ?? value;
}

/** A value for a reader. Zero is a number here: what it is in a function of another type, zeroOf() tells. */
function describeValue(value: Value, source: Source): string {
  switch (value.k) {
    case 'int':
      return isErrno(value.v) ? `-${errnoName(-value.v)}` : `${value.v}`;
    case 'pointer':
      return 'a pointer';
    case 'function':
      return `${value.name}()`;
    case 'symbol':
      switch (value.origin.k) {
        case 'call':
        case 'test':
          return `the result of ${value.origin.name}()`;
        case 'memory':
          return source.text(value.at) || 'a value from memory';
        case 'join':
          return 'an error or value of a call';
        default:
          return source.text(value.at) || 'a value that is not known';
      }
  }
}

/** Everything that one path's result may be. `given` was assumed from the start and is no condition of the path. */
export function outcomesOf(
  result: PathResult,
  stateAt: Loc | null,
  pair: { readonly from: bigint; readonly to: bigint },
  source: Source,
  given: readonly Fact[],
): RawOutcome[] {
  const { state } = result;
  const value = state.resolve(result.value);
  const values =
    value.k === 'symbol' && value.origin.k === 'join' ? value.origin.alternatives.map((a) => a.value) : [value];
  const joined = state.range(value);
  const facts = allFacts(state);
  const ways = allWays(state);
  if (!ways) return [];
  const open = facts.filter((f) => !given.some((g) => g.of.id === f.of.id && sameRange(g, f)));
  const after = stateAt ? state.resolve(state.read(stateAt)) : null;
  const stateAfter = stateAfterwards(after, pair);
  const mark = state.own.get(errorMark);
  const doubtful = state.own.get(doubtMark);
  const doubt = doubtful?.k === 'symbol' ? doubtful : null;
  const hiddenError = mark?.k === 'symbol' ? source.locate(mark.at) : null;
  return values.flatMap((each): RawOutcome[] => {
    const range = values.length > 1 ? (meet(state.range(each), joined) ?? joined) : joined;
    const base = new PathStory(state.trail, value, each, open, source);
    const foreign = handedOn(result.value);
    const raw = (outcome: Outcome, key: string): RawOutcome => ({ outcome, key, facts, ways, doubt, foreign });
    const reason = unmodelledReason(each);
    if (reason) return [raw(base.with({ kind: 'unknown', reason, endless: reason === endless }), `?${each.id}`)];
    return possibilities(each, range).map((p): RawOutcome => {
      if (p.kind === 'error') {
        const errno = each.k === 'int' ? errnoName(-each.v) : null;
        const failedCall = each.k === 'symbol' ? callBehind(each, source) : null;
        return raw(base.with({ kind: 'error', errno, stateAfter, failedCall }), each.id);
      }
      const outcome = base.with({ kind: 'success', file: p.file, stateAfter, hiddenError });
      return {
        outcome,
        facts,
        ways,
        doubt,
        foreign,
        get key() {
          return `ok@${outcome.at.file}:${outcome.at.span.start}`;
        },
      };
    });
  });
}

function stateAfterwards(value: Value | null, pair: { readonly from: bigint; readonly to: bigint }): StateAfter {
  if (value?.k !== 'int') return 'unknown';
  if (value.v === pair.to) return 'new';
  if (value.v === pair.from) return 'old';
  return value.v === BigInt(valueOfState('ERROR')) ? 'ERROR' : 'other';
}

/** Functions that make the driver's files and memory: what they return is the driver's own doing. */
const makers = new Set(['anon_inode_getfile', 'allocation']);

function handedOn(value: Value): string | null {
  return value.k === 'symbol' && value.origin.k === 'call' && !makers.has(value.origin.name) ? value.id : null;
}

type Possibility = { readonly kind: 'error' } | { readonly kind: 'success'; readonly file: ReturnedFile };

function possibilities(value: Value, range: Range): Possibility[] {
  if (value.k === 'int') {
    if (value.v === 0n) return [{ kind: 'success', file: 'null' }];
    return isErrno(value.v) ? [{ kind: 'error' }] : [{ kind: 'success', file: 'unknown-file' }];
  }
  if (value.k !== 'symbol') return [{ kind: 'success', file: fileKind(value) }];
  // A file that the driver keeps is a file, as long as nothing on the path says otherwise.
  if (value.origin.k === 'memory' && canBePositive(range)) return [{ kind: 'success', file: fileKind(value) }];
  const all: Possibility[] = [];
  if (canBeZero(range)) all.push({ kind: 'success', file: 'null' });
  if (canBePositive(range)) all.push({ kind: 'success', file: fileKind(value) });
  if (canBeNegative(range)) all.push({ kind: 'error' });
  return all;
}

/** New is what this path made; anything that was in memory before is the session's. */
function fileKind(value: Value): ReturnedFile {
  if (value.k === 'pointer') return objectKind(value.loc);
  if (value.k !== 'symbol') return 'unknown-file';
  if (value.origin.k === 'call') return 'new-file';
  return value.origin.k === 'memory' ? objectKind(value.origin.loc) : 'unknown-file';
}

function objectKind(loc: Loc): ReturnedFile {
  let object = loc;
  while (object.parent) object = object.parent;
  const { pointer } = object;
  if (!pointer)
    return object.key.startsWith('device:') || object.key.startsWith('g:') ? 'session-file' : 'unknown-file';
  if (pointer.origin.k === 'call') return 'new-file';
  return pointer.origin.k === 'memory' ? objectKind(pointer.origin.loc) : 'unknown-file';
}

function callBehind(value: SymbolValue, source: Source): { readonly name: string; readonly location: Location } | null {
  if (value.origin.k === 'call') return { name: value.origin.name, location: source.locate(value.at) };
  if (value.origin.k !== 'term') return null;
  for (const arg of value.origin.args) {
    const found = arg.k === 'symbol' ? callBehind(arg, source) : null;
    if (found) return found;
  }
  return null;
}

function conditionsOf(facts: readonly Fact[], source: Source): AssumedCondition[] {
  return facts.flatMap((fact) => {
    if (!isStable(fact.of)) return [];
    const text = source.factText(fact);
    return text ? [{ text, location: source.locate(fact.because?.site ?? null) }] : [];
  });
}

type Particular<O> = O extends Outcome ? Omit<O, 'at' | 'conditions' | 'trail'> : never;

/** What outcomes of one path have in common; it is put into words when somebody reads it. */
class PathStory {
  constructor(
    private readonly path: Trail | null,
    /** What the path led to: a join, when it stands for several. */
    private readonly result: Value,
    private readonly value: Value,
    private readonly facts: readonly Fact[],
    private readonly source: Source,
  ) {}

  with(particular: Particular<Outcome>): Outcome {
    const { path, result, source, value, facts } = this;
    const story = () => storyOf(path, result, value.id);
    let conditions: readonly AssumedCondition[] | null = null;
    let told: readonly Evidence[] | null = null;
    let at: Location | null = null;
    return {
      ...particular,
      get at(): Location {
        at ??= source.locate(endOf(story, value, source.functions));
        return at;
      },
      get conditions(): readonly AssumedCondition[] {
        conditions ??= conditionsOf(facts, source);
        return conditions;
      },
      get trail(): readonly Evidence[] {
        told ??= source.evidence(story(), value.id);
        return told;
      },
    };
  }
}

/** Where a path's result was settled: a constant where it is written, else the first return of it. */
function endOf(story: () => readonly ToldStep[], value: Value, functions: Functions): Site | null {
  if (value.k === 'int' && value.at) return value.at;
  if (value.k === 'symbol' && value.origin.k === 'unmodelled' && value.at) return value.at;
  const steps = story();
  if (value.k === 'int') return settledAt(steps, value.id, functions) ?? steps.at(-1)?.step.site ?? null;
  const returned = steps.find(({ step, inner }) => step.k === 'return' && step.value.id === inner(value.id));
  return returned?.step.site ?? (value.k === 'symbol' ? value.at : null) ?? steps.at(-1)?.step.site ?? null;
}
