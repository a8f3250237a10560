import type {
  ArcAnswer,
  ArcModel,
  ArcStatus,
  DeclaredFlags,
  DriverModel,
  DriverTraits,
  ErrorOutcome,
  MissingArc,
  Outcome,
  ReturnedFile,
  SuccessOutcome,
  UnknownOutcome,
} from '../../server/src/analysis/model';
import type { Location } from '../../server/src/c/ir';
import type { CModule, ParsedFile } from '../../server/src/c/module';
import type { Arc, FlagSet, ProfileId } from '../../server/src/uapi';
import {
  breaksWithout,
  contractOf,
  flagsRequiring,
  parseArc,
  profileOf,
  requiredArcs,
  sameArc,
  stopsMigration,
} from '../../server/src/uapi';

export const file = '/driver/main.c';

/** A place of the made-up driver; numbers tell places apart. */
export function at(offset: number): Location {
  return { file, span: { start: offset, end: offset + 1 } };
}

export function success(parts: Partial<SuccessOutcome> & { readonly file: ReturnedFile }): SuccessOutcome {
  return { kind: 'success', at: at(100), conditions: [], trail: [], stateAfter: 'new', hiddenError: null, ...parts };
}

export function error(parts: Partial<ErrorOutcome> = {}): ErrorOutcome {
  return {
    kind: 'error',
    errno: 'EINVAL',
    at: at(900),
    conditions: [],
    trail: [],
    stateAfter: 'old',
    failedCall: null,
    ...parts,
  };
}

export function unknown(reason: string, location = at(500)): UnknownOutcome {
  return { kind: 'unknown', reason, endless: false, at: location, conditions: [], trail: [] };
}

/** What differs from an ordinary arc. */
export interface ArcParts {
  readonly status?: ArcStatus;
  readonly outcomes?: readonly Outcome[];
  readonly condition?: string;
}

export interface DriverParts extends Partial<Omit<DriverModel, 'arcs' | 'profile' | 'flagSets'>> {
  readonly profile?: ProfileId;
  /** The flag sets, richest first; default: STOP_COPY alone. */
  readonly flagSets?: readonly (FlagSet | DeclaredFlags)[];
  /** By "STOP -> STOP_COPY". */
  readonly arcs?: Readonly<Record<string, ArcParts>>;
}

const noTraits: DriverTraits = {
  savingOps: null,
  resumingOps: null,
  temporaryEnd: null,
  poll: null,
  seek: null,
  precopyInfo: null,
  countsDirty: null,
  dataSize: null,
  resumeCheck: null,
  startsLostSession: null,
  closeResetsState: null,
  resetResetsState: null,
  dmaLogging: null,
};

/**
 * A driver's model by hand: every required arc handled as its contract says and every other rejected, except for what the
 * test says. `missing` and `superfluous` follow from the arcs unless they are given.
 */
export function driverModel(parts: DriverParts = {}): DriverModel {
  const { arcs: special = {}, flagSets: sets = [['STOP_COPY']], profile: id = '6.2', ...rest } = parts;
  const flagSets = sets.map((set, index) => ('flags' in set ? set : declared(set, index)));
  const { states } = profileOf(id);
  const pairs = states.flatMap((from) => states.filter((to) => to !== from).map((to) => ({ from, to })));
  const arcs = pairs.map((pair) => arcModel(pair, flagSets, partsOf(special, pair)));
  return {
    ops: {
      name: 'demo_ops',
      type: 'vfio_migration_ops',
      location: at(10),
      members: profileOf(id).mandatoryOps.map((name) => ({ name, value: `demo_${name}`, location: at(11) })),
    },
    setState: { name: 'demo_set_state', location: at(20) },
    getState: { name: 'demo_get_state', location: at(30) },
    profile: { id, reason: 'a test' },
    stateLocation: { text: 'demo->state', foundBy: 'a test' },
    usesNextState: true,
    flagSets,
    arcs,
    missing: missingOf(arcs, flagSets),
    superfluous: arcs
      .filter((arc) => !arc.required && (arc.status === 'handled' || arc.status === 'conditional'))
      .map(({ from, to }) => ({ from, to })),
    tear: null,
    defaultPath: [error()],
    traits: noTraits,
    notes: [],
    files: [file],
    ...rest,
  };
}

function declared(flags: FlagSet, index: number): DeclaredFlags {
  return { flags, unknownBits: 0n, when: null, locations: [at(40 + index)] };
}

function partsOf(special: Readonly<Record<string, ArcParts>>, pair: Arc): ArcParts {
  const entry = Object.entries(special).find(([text]) => {
    const arc = parseArc(text);
    return arc !== null && sameArc(arc, pair);
  });
  return entry?.[1] ?? {};
}

function arcModel(pair: Arc, flagSets: readonly DeclaredFlags[], parts: ArcParts): ArcModel {
  const required = flagSets.some((set) => requiredArcs(set.flags).some((arc) => sameArc(arc, pair)));
  const status =
    parts.status ?? (parts.outcomes === undefined ? (required ? 'handled' : 'rejected') : statusOf(parts.outcomes));
  const usual =
    status === 'rejected'
      ? error()
      : status === 'undecided'
        ? unknown('a test')
        : success({ file: contractOf(pair) === 'none' ? 'null' : 'new-file' });
  const answer: ArcAnswer = {
    status,
    outcomes: parts.outcomes ?? [usual],
    condition: parts.condition ?? null,
    evidence: [
      {
        kind: 'condition',
        location: at(200),
        depth: 0,
        callee: null,
        holds: null,
        what: `cur == ${pair.from} && new == ${pair.to} holds`,
      },
    ],
  };
  return { ...pair, ...answer, perFlagSet: flagSets.map(() => answer), required };
}

function statusOf(outcomes: readonly Outcome[]): ArcStatus {
  return outcomes.some(({ kind }) => kind === 'unknown')
    ? 'undecided'
    : outcomes.some(({ kind }) => kind === 'success')
      ? 'handled'
      : 'rejected';
}

function missingOf(arcs: readonly ArcModel[], flagSets: readonly DeclaredFlags[]): readonly MissingArc[] {
  const richest = flagSets[0]?.flags ?? [];
  const rejected = arcs.filter((arc) => arc.required && arc.status === 'rejected');
  return rejected.map((arc) => ({
    from: arc.from,
    to: arc.to,
    requiredBy: flagsRequiring(richest, arc),
    flagSets: flagSets.flatMap((set, index) =>
      requiredArcs(set.flags).some((each) => sameArc(each, arc)) ? [index] : [],
    ),
    breaks: breaksWithout(richest, arc),
    stopsMigration: stopsMigration(richest, rejected),
    rejectedAt: at(900),
    always: true,
  }));
}

/** A module that has texts and nothing else, for rules that look a place up. */
export function textModule(texts: Readonly<Record<string, string>> = { [file]: ' '.repeat(1000) }): CModule {
  const files = Object.entries(texts).map(
    ([path, text]): ParsedFile => ({
      path,
      text,
      functions: [],
      globals: [],
      structs: [],
      problems: [],
      localIncludes: [],
    }),
  );
  return {
    files,
    file: (path) => files.find((each) => each.path === path),
    functions: () => [],
    globals: () => [],
    struct: () => undefined,
    typedef: () => undefined,
    constant: () => undefined,
    mentions: () => [],
    globalMentions: () => [],
    declaration: () => undefined,
  };
}
