import type { Location } from '../c/ir';
import type { Arc, FlagName, FlagSet, ProfileId, StateName } from '../uapi';

/**
 * What the analysis knows about one driver. Plain data: everything behind it (rules, hover, command line, simulation)
 * reads only this and never looks at the C again for what this says.
 *
 * Invariants:
 * - `arcs` has one entry for every ordered pair of different non-ERROR states of the profile, in the order of the states.
 * - An outcome is something that really can come out of set_state for that pair as far as the text tells; not knowing is
 *   the outcome `unknown`, never a guess.
 * - Every index in `missing[].flagSets` and `arcs[].perFlagSet` points into `flagSets`.
 */
export interface DriverModel {
  readonly ops: OpsModel;
  readonly setState: NamedFunction;
  readonly getState: NamedFunction | null;
  readonly profile: ProfileChoice;
  /** Where the driver keeps its current state, as C text (`mvdev->mig_state`), and how it was found; null when it was not. */
  readonly stateLocation: { readonly text: string; readonly foundBy: string } | null;
  /** True when the evaluation saw set_state ask the core for the next state. */
  readonly usesNextState: boolean;
  /** The richest first. Empty when no assignment to migration_flags was found. */
  readonly flagSets: readonly DeclaredFlags[];
  readonly arcs: readonly ArcModel[];
  readonly missing: readonly MissingArc[];
  readonly superfluous: readonly Arc[];
  /** What set_state answers for a pair of states that no driver knows: where unhandled arcs fall through. */
  readonly defaultPath: readonly Outcome[];
  /** What the driver does besides its arcs. */
  readonly traits: DriverTraits;
  /** What the analysis could not do for the driver as a whole. */
  readonly notes: readonly Note[];
  /** Where the text that the arcs depend on is no C, and why; null when it is whole. No arc that comes by it is missing. */
  readonly tear: Note | null;
  /** The files that the model was read from; editing any of them may change it. */
  readonly files: readonly string[];
}

export interface NamedFunction {
  readonly name: string;
  /** The definition's name. */
  readonly location: Location;
}

export interface OpsModel {
  /** The variable's name. */
  readonly name: string;
  /** The kernel type: where the migration ops live differs by generation. */
  readonly type: 'vfio_migration_ops' | 'vfio_device_ops';
  /** The variable's name in its definition. */
  readonly location: Location;
  /** Every member that the initialiser sets, e.g. `migration_set_state`. */
  readonly members: readonly { readonly name: string; readonly value: string; readonly location: Location }[];
}

export interface ProfileChoice {
  readonly id: ProfileId;
  /** One sentence: why this generation was taken. */
  readonly reason: string;
}

/** Flags that some path through the driver's set-up declares. */
export interface DeclaredFlags {
  readonly flags: FlagSet;
  /** Bits of the value that the profile does not define; 0n normally. */
  readonly unknownBits: bigint;
  /** The conditions under which this set is declared, as C text; null when it is always so. */
  readonly when: string | null;
  /** The assignments that make the set. */
  readonly locations: readonly Location[];
}

export type ArcStatus = 'handled' | 'conditional' | 'rejected' | 'undecided';

/** What comes out of set_state for a pair of states under the conditions of one flag set. */
export interface ArcAnswer {
  readonly status: ArcStatus;
  readonly outcomes: readonly Outcome[];
  /** For `conditional`: what must hold, as C text; null when that could not be put into words. */
  readonly condition: string | null;
  /** Why the status is what it is: the conditions that select the arc, calls, returns; in order of execution. */
  readonly evidence: readonly Evidence[];
}

/** A pair of states with the driver's answer under the conditions of the richest flag set. */
export interface ArcModel extends Arc, ArcAnswer {
  /** The answer under each flag set's own conditions; the first is that of the arc itself. */
  readonly perFlagSet: readonly ArcAnswer[];
  /** True when any declared flag set requires the arc. */
  readonly required: boolean;
}

/** What a success hands out: no file, one made on this path, one that was open before, or one that can not be told. */
export type ReturnedFile = 'null' | 'new-file' | 'session-file' | 'unknown-file';

/**
 * What the driver's state location holds in the end: the state asked for, the one there was before, ERROR, or another one;
 * `unknown` also when the location was not found.
 */
export type StateAfter = 'new' | 'old' | 'ERROR' | 'other' | 'unknown';

interface OutcomeBase {
  /** The return statement, or the place where the evaluation had to give up. */
  readonly at: Location;
  /** Conditions that stayed open and were assumed on this path and matter for it, as C text. */
  readonly conditions: readonly AssumedCondition[];
  readonly trail: readonly Evidence[];
}

export interface SuccessOutcome extends OutcomeBase {
  readonly kind: 'success';
  readonly file: ReturnedFile;
  readonly stateAfter: StateAfter;
  /** The place where an error of a step was dropped on the way to this success. */
  readonly hiddenError: Location | null;
}

export interface ErrorOutcome extends OutcomeBase {
  readonly kind: 'error';
  /** `EINVAL`, or null when the value comes from a call and is not known. */
  readonly errno: string | null;
  readonly stateAfter: StateAfter;
  /** The call whose failure this is; null when the driver itself refuses. */
  readonly failedCall: { readonly name: string; readonly location: Location } | null;
}

export interface UnknownOutcome extends OutcomeBase {
  readonly kind: 'unknown';
  readonly reason: string;
  /** True when the driver goes round in a loop that can not end. */
  readonly endless: boolean;
}

export type Outcome = SuccessOutcome | ErrorOutcome | UnknownOutcome;

/** What running the driver told, why in a phrase, and the place that decides it. */
export interface Known<T> {
  readonly value: T;
  readonly why: string;
  readonly location: Location | null;
}

/**
 * How the data files, reset, open and close of a driver behave, found by running its functions on abstract values under the
 * richest flag set; null where that does not tell. Worked out when first read.
 */
export interface DriverTraits {
  /** The struct file_operations of the file that is read from, and of the one that is written to. */
  readonly savingOps: Known<string> | null;
  readonly resumingOps: Known<string> | null;
  /** Whether read() can answer -ENOMSG, the temporary end of stream; null without PRE_COPY. */
  readonly temporaryEnd: Known<'ENOMSG' | 'zero'> | null;
  readonly poll: Known<'by-data' | 'none'> | null;
  readonly seek: Known<'refused' | 'ignored'> | null;
  /** Whether the file that is read from answers VFIO_MIG_GET_PRECOPY_INFO. */
  readonly precopyInfo: Known<boolean> | null;
  /** Whether PRECOPY_INFO ever has dirty_bytes other than 0. */
  readonly countsDirty: Known<boolean> | null;
  readonly dataSize: Known<'whole' | 'remaining'> | null;
  /** What RESUMING -> STOP looks at. */
  readonly resumeCheck: Known<'length' | 'none'> | null;
  readonly startsLostSession: Known<boolean> | null;
  /** Whether closing or opening the device makes its state RUNNING. */
  readonly closeResetsState: Known<boolean> | null;
  /** Whether VFIO_DEVICE_RESET does. */
  readonly resetResetsState: Known<boolean> | null;
  readonly dmaLogging: Known<boolean> | null;
}

export interface AssumedCondition {
  readonly text: string;
  readonly location: Location;
}

/**
 * What a step of an execution is: a condition or case that the pair of states or another known value decides, one that stayed
 * open and is assumed, a call, the question for the next state, a return, or the end of what can be followed.
 */
export type EvidenceKind = 'condition' | 'assumption' | 'call' | 'next-state' | 'return' | 'lost';

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly location: Location;
  /** How many calls deep below set_state, which is 0. */
  readonly depth: number;
  /** The function that a call is of; null for all other steps. */
  readonly callee: string | null;
  /** Whether a condition or assumption holds on this path; null for all other steps. */
  readonly holds: boolean | null;
  /** A short phrase in the present tense: "cur == STOP && new == STOP_COPY holds", "calls foo()", "returns NULL". */
  readonly what: string;
}

export interface MissingArc extends Arc {
  /** The flags without which nobody would ask for the arc. */
  readonly requiredBy: readonly FlagName[];
  readonly flagSets: readonly number[];
  /** The user-visible transitions that now fail, under any of those flag sets. */
  readonly breaks: readonly Arc[];
  /** True when no whole migration (RUNNING to STOP_COPY, RUNNING to RESUMING, RESUMING to RUNNING) is left. */
  readonly stopsMigration: boolean;
  /** Where the arc falls through: the return that rejects it. */
  readonly rejectedAt: Location;
  /** False when a condition that the flags do not share lets it fail (rule conditional-arc), true when it always fails. */
  readonly always: boolean;
}

export interface Note {
  readonly message: string;
  readonly location: Location | null;
}

/** A state's role in a pair; kept here for readers of `arcs`. */
export type StatePair = readonly [from: StateName, to: StateName];
