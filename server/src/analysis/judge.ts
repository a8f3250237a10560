import type { Location } from '../c/ir';
import type { Arc, FlagSet, Profile } from '../uapi';
import { breaksWithout, flagsRequiring, requiredArcs, sameArc, stopsMigration, validFlagSets } from '../uapi';
import { isRefusalName } from './constants';
import type { Fact } from './facts';
import { doubtOf, isAnything, isSetting } from './facts';
import type { FixedMembers } from './fixedMembers';
import type { ArcStatus, MissingArc } from './model';
import type { RawOutcome } from './outcomes';
import { isFixed, isStable } from './value';
import type { Way } from './ways';
import { compatible, waysAnd } from './ways';

/** Errnos that say "not supported" wherever they come from. */
const unsupported = new Set(['EOPNOTSUPP', 'ENOTSUPP', 'ENOSYS']);

export interface Judgement {
  readonly status: ArcStatus;
  /** For `conditional`: the refusal, whose conditions are what must not hold. */
  readonly refusal: RawOutcome | null;
}

/** What all pairs share: where pairs that nobody handles end. */
export interface Fallthrough {
  /** Keys of the refusals of pairs that no flag set asks for. */
  readonly refusals: ReadonlySet<string>;
  /** Foreign results that pairs nobody knows hand on too: the decision is not in the driver's text. */
  readonly foreign: ReadonlySet<string>;
  /** Members that say what the device can do. */
  readonly fixed: FixedMembers;
}

/** The status of a pair from what came out of it. */
export function judge(outcomes: readonly RawOutcome[], fallthrough: Fallthrough): Judgement {
  const successes = outcomes.filter((o) => o.outcome.kind === 'success');
  const errors = outcomes.filter((o) => o.outcome.kind === 'error');
  const unknown = outcomes.filter((o) => o.outcome.kind === 'unknown');
  if (successes.length > 0 && successes.every((s) => s.foreign !== null && fallthrough.foreign.has(s.foreign))) {
    return { status: 'undecided', refusal: null };
  }
  // A refusal stands in the text; a success that hangs on what is no C may be none.
  const isOpen = errors.length > 0 && successes.every(({ facts }) => facts.some((fact) => doubtOf(fact) !== null));
  const isRefused = errors.some((error) => isRefusal(error, fallthrough));
  const isLed = isRefused && successes.every(({ doubt }) => doubt !== null);
  if (successes.length > 0 && (isOpen || isLed)) return { status: 'undecided', refusal: null };
  if (successes.length === 0) return { status: withoutSuccess(errors, unknown, fallthrough), refusal: null };
  const succeeding = new Map<(fact: Fact) => boolean, Way[]>();
  for (const error of errors) {
    if (!isRefusal(error, fallthrough) && !isOwnError(error)) continue;
    const decisive = decisiveFor(error, fallthrough);
    const ways = succeeding.get(decisive) ?? successes.flatMap((s) => waysOf(s, decisive));
    succeeding.set(decisive, ways);
    const refused = waysOf(error, decisive).filter((way) => !ways.some((w) => compatible(w, way)));
    if (refused.length === 0) continue;
    return { status: isDoubtful(error, refused) ? 'undecided' : 'conditional', refusal: error };
  }
  return { status: 'handled', refusal: null };
}

/** A pair that the driver refuses is rejected; one whose success got lost on the way is not decided. */
function withoutSuccess(
  errors: readonly RawOutcome[],
  unknown: readonly RawOutcome[],
  fallthrough: Fallthrough,
): ArcStatus {
  if (unknown.some((o) => o.outcome.kind === 'unknown' && !o.outcome.endless)) return 'undecided';
  if (errors.some((e) => isRefusal(e, fallthrough))) return 'rejected';
  return unknown.length > 0 || errors.length === 0 ? 'undecided' : 'rejected';
}

/** A refusal of the arc itself, not a failure while doing it. */
function isRefusal(error: RawOutcome, fallthrough: Fallthrough): boolean {
  if (error.outcome.kind !== 'error' || error.outcome.failedCall) return false;
  if (fallthrough.refusals.has(error.key)) return true;
  return error.outcome.errno !== null && unsupported.has(error.outcome.errno);
}

/**
 * The facts that make an error a refusal. For the driver's usual refusal all that last; for another error of its own only
 * those that can not tell of a failure: how the kernel was built, and, when the errno says "not that", what the device
 * can do.
 */
function decisiveFor(error: RawOutcome, fallthrough: Fallthrough): (fact: Fact) => boolean {
  if (isRefusal(error, fallthrough)) return lasting;
  const { outcome } = error;
  const says = outcome.kind === 'error' && outcome.errno !== null && isRefusalName(outcome.errno);
  return says ? (fact) => isSetting(fact) || (!isAnything(fact) && fallthrough.fixed.has(fact)) : isSetting;
}

/** An errno that the driver itself writes down. */
const isOwnError = ({ outcome }: RawOutcome): boolean =>
  outcome.kind === 'error' && outcome.failedCall === null && outcome.errno !== null;

/** In which configurations an outcome comes about, as far as facts of one kind tell. */
function waysOf({ facts, ways }: RawOutcome, kind: (fact: Fact) => boolean): Way[] {
  const held = new Map(facts.filter(kind).map((f) => [f.of.id, f]));
  const telling = ways.map((way): Way => new Map([...way].filter(([, fact]) => kind(fact))));
  return waysAnd(telling, held);
}

/** Facts about capabilities and configuration; what could not be modelled counts too, for we can't say that it changes. */
function lasting(fact: Fact): boolean {
  return !isAnything(fact) && (isStable(fact.of) || fact.of.origin.k === 'unmodelled');
}

/** Of what is not modelled or not declared, and of what the compiler knows, nobody can say that it ever holds. */
function isDoubtful({ facts }: RawOutcome, refused: readonly Way[]): boolean {
  const doubted = (list: Iterable<Fact>): boolean =>
    [...list].some((fact) => doubtOf(fact) !== null || (!isAnything(fact) && isFixed(fact.of)));
  return doubted(facts) || refused.every((way) => doubted(way.values()));
}

/** Those of the pairs that no valid set of flags of the profile asks for. */
export function neverRequired(profile: Profile, pairs: readonly Arc[]): Arc[] {
  const required = validFlagSets(profile.id).flatMap((flags) => requiredArcs(flags));
  return pairs.filter((arc) => !required.some((r) => sameArc(r, arc)));
}

/** The status of every arc under one declared flag set. */
export interface Verdicts {
  readonly flags: FlagSet;
  statusOf(arc: Arc): ArcStatus;
  /** Where the arc is refused. */
  rejectedAt(arc: Arc): Location;
}

/**
 * The required arcs that a driver does not have, over all its flag sets: those that always fail under some set, and else
 * those that fail under a condition that a set does not share.
 */
export function missingArcs(verdicts: readonly Verdicts[]): MissingArc[] {
  const found = new Map<string, Arc>();
  for (const { flags } of verdicts) for (const arc of requiredArcs(flags)) found.set(`${arc.from}>${arc.to}`, arc);
  return [...found.values()].flatMap((arc) => {
    const always = lackingUnder(verdicts, arc, 'rejected');
    return always ? [always] : (lackingUnder(verdicts, arc, 'conditional') ?? []);
  });
}

function lackingUnder(verdicts: readonly Verdicts[], arc: Arc, status: ArcStatus): MissingArc | null {
  const requires = (flags: FlagSet): boolean => requiredArcs(flags).some((r) => sameArc(r, arc));
  const flagSets = verdicts.flatMap((v, i) => (requires(v.flags) && v.statusOf(arc) === status ? [i] : []));
  const under = flagSets.flatMap((i) => verdicts[i] ?? []);
  const [first] = under;
  if (!first) return null;
  const breaks = new Map(under.flatMap((v) => breaksWithout(v.flags, arc)).map((b) => [`${b.from}>${b.to}`, b]));
  return {
    ...arc,
    requiredBy: [...new Set(under.flatMap((v) => flagsRequiring(v.flags, arc)))],
    flagSets,
    breaks: [...breaks.values()],
    stopsMigration: under.some((v) => stops(v, arc)),
    rejectedAt: first.rejectedAt(arc),
    always: status === 'rejected',
  };
}

/** Whether the arc's lack stops migration, by itself or as the one that the others' lack leaves no way around. */
function stops({ flags, statusOf }: Verdicts, arc: Arc): boolean {
  if (stopsMigration(flags, [arc])) return true;
  const lacking = requiredArcs(flags).filter((a) => statusOf(a) === 'rejected');
  const others = lacking.filter((a) => !sameArc(a, arc));
  return stopsMigration(flags, [...others, arc]) && !stopsMigration(flags, others);
}
