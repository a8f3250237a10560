import type { ArcModel, DriverModel, ReturnedFile } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import type { Edit, Trial, Ways, Wording } from '../mend';
import { dataFileWays, flagWays, inEnglish, opWays, removalWays, unusedRemovals, worded, writingWays } from '../mend';
import type { Finding } from '../rules/rule';
import type { Arc, FlagName } from '../uapi';
import { arcText, contractOf, parseArc, parseFlag, sameArc } from '../uapi';
import type { Report, SourceFile } from './report';
import { edited } from './textEdits';

/** A module's text with what is known of it. */
export interface CheckedText {
  readonly files: readonly SourceFile[];
  readonly module: CModule;
  readonly report: Report;
  /** Of other modules that have files of this one: a mend must not bring them findings either. */
  readonly beside?: readonly Report[];
}

/** Which driver of a module, whatever its text: static ops of several files may have one name. */
export interface DriverId {
  readonly ops: string;
  readonly file: string;
}

/**
 * Checks other texts of the same module; injected, since who asks has the parser. null when who asks has no more time: what is
 * not proved by then is given up.
 */
export type Recheck = (files: readonly SourceFile[]) => CheckedText | null;

/** A search that stops before each text that it checks, so that who searches can do something else in between, or leave it. */
export type Search<R> = Generator<{ readonly done: number; readonly of: null }, R, void>;

/** Does all of it at once. */
export function finish<R>(search: Search<R>): R {
  for (;;) {
    const next = search.next();
    if (next.done === true) return next.value;
  }
}

/** Edits, and what is known of the text after them. */
interface Change {
  readonly edits: readonly Edit[];
  readonly after: CheckedText;
}

/** A change of the text that was proved: the text after it was checked, and what it mends is gone and nothing else came. */
export type Mending = Titled &
  ((Change & { readonly proved: true }) | { readonly proved: false; readonly reason: Wording });

interface Titled {
  /** What it does, in English: "Write RUNNING -> STOP". */
  readonly title: string;
  /** The same for other languages. */
  readonly wording: Wording;
}

/** So many ways are checked before a mend is given up. */
const maxTries = 120;

/** Writes an arc into a driver that lacks it, at least where some condition does not hold. */
export function writeArc(before: CheckedText, id: DriverId, arc: Arc, recheck: Recheck): Search<Mending> {
  const driver = driverIn(before, id);
  const isPartial = driver !== null && statusOf(driver, arc) === 'conditional';
  const name = arcText(arc);
  const wording = isPartial ? worded('Write {0} where it is turned away', name) : worded('Write {0}', name);
  return firstProved(before, id, wording, recheck, {
    arcs: [arc],
    ways: (driver) => writingWays({ driver, module: before.module }, arc),
    judge: (old, now) => {
      const status = statusOf(now, arc);
      if (!sameOthers(old, now, [arc])) return 'other';
      const isMissing = now.missing.some((each) => sameArc(each, arc));
      return status === 'handled' && !isMissing && endsAsOthers(old, now, arc) && stillAssumes(old, now, arc)
        ? 'mended'
        : status === 'rejected' || (status === 'conditional' && isPartial)
          ? 'unreached'
          : 'other';
    },
    none: worded('no condition, case or table of the driver shows how it selects arcs'),
  });
}

/** Takes an arc that is handled out of a driver. */
export function removeArc(before: CheckedText, id: DriverId, arc: Arc, recheck: Recheck): Search<Mending> {
  const wording = worded('Remove {0}', arcText(arc));
  return firstProved(before, id, wording, recheck, {
    arcs: [arc],
    ways: (driver) => removalWays({ driver, module: before.module }, arc),
    judge: (old, now) => (statusOf(now, arc) === 'rejected' && sameOthers(old, now, [arc]) ? 'mended' : 'other'),
    clears: true,
    none: worded('no condition, case or row of the driver stands for it alone'),
  });
}

/** Declares flags whose arcs are all handled. That makes arcs superfluous which were the only way before. */
export function declareFlags(
  before: CheckedText,
  id: DriverId,
  flags: readonly FlagName[],
  recheck: Recheck,
): Search<Mending> {
  const wording = worded('Declare {0}', flags.map((flag) => `VFIO_MIGRATION_${flag}`).join(', '));
  return firstProved(before, id, wording, recheck, {
    arcs: [],
    ways: (driver) => flagWays({ driver, module: before.module }, flags),
    judge: (old, now) =>
      sameOthers(old, now, []) && flags.every((flag) => now.flagSets[0]?.flags.includes(flag)) ? 'mended' : 'other',
    allowed: ({ rule }) => rule === 'superfluous-arc',
    none: worded('the driver names no flags where it declares them'),
  });
}

/** Adds a callback that the migration ops lack. */
export function addOp(before: CheckedText, id: DriverId, op: string, recheck: Recheck): Search<Mending> {
  return firstProved(before, id, worded('Add {0}', `.${op}`), recheck, {
    arcs: [],
    ways: (driver) => opWays({ driver, module: before.module }, op),
    judge: (old, now) =>
      sameOthers(old, now, []) && now.ops.members.some(({ name }) => name === op) ? 'mended' : 'other',
    none: worded('the definition of the ops, or where the current state is kept, was not found'),
  });
}

/** Makes arcs return what their contract asks: several that share a return statement become right together or not at all. */
export function mendDataFile(
  before: CheckedText,
  id: DriverId,
  arcs: readonly [Arc, ...Arc[]],
  recheck: Recheck,
): Search<Mending> {
  const due = contractOf(arcs[0]) === 'none' ? 'null' : 'new-file';
  const named = arcs.map(arcText).join(', ');
  const wording = due === 'null' ? worded('Return NULL on {0}', named) : worded('Return a new data file on {0}', named);
  return firstProved(before, id, wording, recheck, {
    arcs,
    ways: (driver) => dataFileWays({ driver, module: before.module }, arcs[0]),
    judge: (old, now) => {
      const isRight = (arc: Arc) => {
        const files = filesOf(now, arc);
        return files.length > 0 && files.every((file) => file === due);
      };
      return arcs.every(isRight) && sameOthers(old, now, arcs) ? 'mended' : 'other';
    },
    none: worded('no return statement stands for it'),
  });
}

function filesOf({ arcs }: DriverModel, arc: Arc): readonly ReturnedFile[] {
  const outcomes = arcs.find((each) => sameArc(each, arc))?.outcomes ?? [];
  return outcomes.flatMap((each) => (each.kind === 'success' ? [each.file] : []));
}

interface Attempt {
  /** The arcs that may answer otherwise afterwards. */
  readonly arcs: readonly Arc[];
  readonly ways: (driver: DriverModel) => Ways;
  /** What a way came to, apart from other findings. */
  readonly judge: (old: DriverModel, now: DriverModel) => Trial | 'mended';
  /** New findings that the mend brings with it; none when not said. */
  readonly allowed?: (finding: Finding) => boolean;
  /** True when the functions go as well that nothing uses afterwards. */
  readonly clears?: boolean;
  /** The reason when there is no way at all. */
  readonly none: Wording;
}

/** The first of the ways that is proved to mend, and after which nothing more is found. */
export function* firstProved(
  before: CheckedText,
  id: DriverId,
  wording: Wording,
  recheck: Recheck,
  attempt: Attempt,
): Search<Mending> {
  const titled = { title: inEnglish(wording), wording };
  const driver = driverIn(before, id);
  const failed = (reason: Wording): Mending => ({ ...titled, proved: false, reason });
  if (driver === null) return failed(worded('there is no driver with the ops {0}', id.ops));
  const cleared = (edits: readonly Edit[], after: CheckedText): Change => {
    const unused = unusedRemovals(before.module, after.module, edits);
    const all = [...edits, ...unused];
    const without = unused.length === 0 ? null : recheck(edited(before.files, all));
    const isMended = without !== null && judge(before, driver, id, without, attempt) === 'mended';
    return isMended ? cleared(all, without) : { edits, after };
  };
  const tried = new Map<string, Trial>();
  const ways = attempt.ways(driver);
  for (let way = ways.next('other'); way.done !== true && tried.size < maxTries; ) {
    const edits = way.value;
    const key = JSON.stringify(edits);
    let trial = tried.get(key);
    if (trial === undefined) {
      yield { done: tried.size, of: null };
      const after = recheck(edited(before.files, edits));
      if (after === null) return failed(worded('it took too long; vfio-arcs check --fix has the time'));
      const judged = judge(before, driver, id, after, attempt);
      if (judged === 'mended')
        return { ...titled, proved: true, ...(attempt.clears === true ? cleared(edits, after) : { edits, after }) };
      trial = judged === 'unreached' ? 'unreached' : 'other';
      tried.set(key, trial);
    }
    way = ways.next(trial);
  }
  if (tried.size === 0) return failed(attempt.none);
  return failed(worded('wherever it was tried, it did not come out as the only change of what the driver does'));
}

/** What a text comes to, the findings in it included. */
function judge(
  before: CheckedText,
  driver: DriverModel,
  id: DriverId,
  after: CheckedText,
  attempt: Attempt,
): Trial | 'mended' {
  const now = driverIn(after, id);
  const judged = now === null ? 'other' : attempt.judge(driver, now);
  return judged === 'mended' && !nothingNew(before, driver, after, attempt) ? 'other' : judged;
}

/**
 * The rules whose findings can be mended together, in the order in which that is done. What a driver turns away under a condition
 * it turns away on purpose: a conditional arc is mended when somebody asks for that one.
 */
export const mendableRules: readonly string[] = [
  'missing-arc',
  'wrong-data-fd',
  'missing-migration-op',
  'undeclared-flag',
  'superfluous-arc',
  'blocked-arc',
];

/** What mends a finding; null for one of a rule that has no mend. */
export function mend(before: CheckedText, finding: Finding, recheck: Recheck): Mending | null {
  return finish(searchMend(before, finding, recheck));
}

/** The same, step by step. */
export function* searchMend(before: CheckedText, finding: Finding, recheck: Recheck): Search<Mending | null> {
  const report = before.report.drivers.find(({ findings }) => findings.includes(finding));
  if (report === undefined) return null;
  const id = driverIdOf(report.driver);
  const arc = parseArc(finding.key);
  switch (finding.rule) {
    case 'missing-arc':
    case 'conditional-arc':
      return arc === null ? null : yield* writeArc(before, id, arc, recheck);
    case 'wrong-data-fd':
      return arc === null ? null : yield* mendShared(before, id, arc, sharing(report.findings, finding), recheck);
    case 'missing-migration-op':
      return yield* addOp(before, id, finding.key, recheck);
    case 'undeclared-flag':
      return yield* declareFlags(before, id, undeclaredIn(report.findings), recheck);
    case 'superfluous-arc':
    case 'blocked-arc':
      return arc === null ? null : yield* removeArc(before, id, arc, recheck);
    default:
      return null;
  }
}

/** Mends the arc with the others that share its place, or else alone. */
function* mendShared(
  before: CheckedText,
  id: DriverId,
  arc: Arc,
  shared: readonly Arc[],
  recheck: Recheck,
): Search<Mending> {
  const [first, ...others] = shared;
  const together =
    first === undefined || others.length === 0 ? null : yield* mendDataFile(before, id, [first, ...others], recheck);
  return together?.proved === true ? together : yield* mendDataFile(before, id, [arc], recheck);
}

/** The arcs with the same finding at the same place that are due the same, in the order of the report. */
function sharing(findings: readonly Finding[], { rule, key, location }: Finding): readonly Arc[] {
  const own = parseArc(key);
  return findings.flatMap((each) => {
    const arc = each.rule === rule && isSamePlace(each.location, location) ? parseArc(each.key) : null;
    return arc !== null && own !== null && contractOf(arc) === contractOf(own) ? [arc] : [];
  });
}

/** The flags that are declared together: with one of them alone, arcs of the others would be in the way. */
function undeclaredIn(findings: readonly Finding[]): readonly FlagName[] {
  return findings.flatMap(({ rule, key }) => (rule === 'undeclared-flag' ? (parseFlag(key) ?? []) : []));
}

export function driverIdOf({ ops }: DriverModel): DriverId {
  return { ops: ops.name, file: ops.location.file };
}

/** The driver in that text; null when its ops are not there. */
export function driverIn({ report }: CheckedText, { ops, file }: DriverId): DriverModel | null {
  const found = report.drivers.find(({ driver }) => driver.ops.name === ops && driver.ops.location.file === file);
  return found?.driver ?? null;
}

export function statusOf({ arcs }: DriverModel, arc: Arc): ArcModel['status'] | undefined {
  return arcs.find((each) => sameArc(each, arc))?.status;
}

function sameOthers(old: DriverModel, now: DriverModel, changed: readonly Arc[]): boolean {
  const others = ({ arcs }: DriverModel) =>
    arcs.filter((each) => !changed.some((arc) => sameArc(each, arc))).map(answerOf);
  return others(old).join('\n') === others(now).join('\n');
}

function answerOf(arc: ArcModel): string {
  const results = arc.outcomes.map((each) => (each.kind === 'success' ? each.file : each.kind));
  return `${arcText(arc)} ${arc.status} ${[...new Set(results)].sort().join()}`;
}

/** What the arc did under conditions it still does under them: nothing was written ahead of it. */
function stillAssumes(old: DriverModel, now: DriverModel, arc: Arc): boolean {
  const assumed = ({ arcs }: DriverModel) => {
    const successes = arcs.find((each) => sameArc(each, arc))?.outcomes.filter(({ kind }) => kind === 'success') ?? [];
    return successes.flatMap(({ trail }) => trail.flatMap(({ kind, what }) => (kind === 'assumption' ? [what] : [])));
  };
  const left = new Set(assumed(now));
  return assumed(old).every((what) => left.has(what));
}

function isSamePlace(one: Location, other: Location | undefined): boolean {
  return other !== undefined && one.file === other.file && one.span.start === other.span.start;
}

/** The arc leaves the new state behind, and it can be told that it does, unless that is not so for the driver's other arcs. */
function endsAsOthers(old: DriverModel, now: DriverModel, arc: Arc): boolean {
  const after = (arcs: readonly ArcModel[]) =>
    new Set(
      arcs.flatMap(({ outcomes }) => outcomes.flatMap((each) => (each.kind === 'success' ? [each.stateAfter] : []))),
    );
  const known = after(old.arcs.filter(({ required, status }) => required && status === 'handled'));
  const written = now.arcs.filter((each) => sameArc(each, arc));
  const own = after(written);
  if (known.size === 0) {
    // Nothing to compare with: then at least it must not be refused any more on any way.
    const refusal = old.missing.find((each) => sameArc(each, arc))?.rejectedAt;
    return !written.some(({ outcomes }) =>
      outcomes.some((each) => each.kind === 'error' && each.failedCall === null && isSamePlace(each.at, refusal)),
    );
  }
  return (own.has('new') || !known.has('new')) && (!own.has('unknown') || known.has('unknown'));
}

/** No finding that was not there before, neither here nor in the modules beside. */
function nothingNew(before: CheckedText, old: DriverModel, after: CheckedText, attempt: Attempt): boolean {
  return (
    nothingNewIn(before.report, [old], after.report, attempt) &&
    (after.beside ?? []).every((now, index) => {
      const then = before.beside?.[index];
      if (then === undefined) return false;
      const drivers = then.drivers.map(({ driver }) => driver);
      return nothingNewIn(then, drivers, now, { arcs: attempt.arcs, allowed: isTooMuch });
    })
  );
}

/** Code that drivers share may do for one of them what another has no use for. */
function isTooMuch({ rule }: Finding): boolean {
  return rule === 'superfluous-arc' || rule === 'undeclared-flag';
}

/**
 * Some findings are about a habit of the driver and have the arcs that it touches in their keys: there the arcs in question may
 * join the others, by themselves when the habit is that of every arc that the driver handles.
 */
function nothingNewIn(
  before: Report,
  old: readonly DriverModel[],
  after: Report,
  { arcs, allowed }: Pick<Attempt, 'arcs' | 'allowed'>,
): boolean {
  const known = findingsOf(before).map(keyOf);
  const words = known.map((key) => new Set(key.split(' ')));
  const own = new Set(arcs.map(arcWord));
  const handled = old.flatMap((driver) =>
    driver.arcs.filter(({ required, status }) => required && status === 'handled'),
  );
  const others = handled.map(arcWord);
  const isHabit = (about: readonly string[]) =>
    others.length > 0 &&
    others.every((other) => words.some((each) => each.has(other) && about.every((part) => each.has(part))));
  return findingsOf(after).every((finding) => {
    if (allowed?.(finding) === true) return true;
    const key = keyOf(finding);
    const parts = key.split(' ').filter((part) => !own.has(part));
    if (known.includes(key) || (parts.length > 2 && words.some((each) => parts.every((part) => each.has(part)))))
      return true;
    return parts.length === 2 && parts.length < key.split(' ').length && isHabit(parts);
  });
}

/** An arc as keys of findings have it. */
function arcWord({ from, to }: Arc): string {
  return `${from}->${to}`;
}

function findingsOf({ drivers, findings }: Report): readonly Finding[] {
  return [...drivers.flatMap((driver) => driver.findings), ...findings];
}

/** What a finding is known by from one text of its driver to the next. */
export function keyOf({ rule, key }: Finding): string {
  return `${rule} ${key}`;
}
