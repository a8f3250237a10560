import { diffLines } from 'diff';
import type { ArcModel, DriverModel } from '../analysis/model';
import type { CModule } from '../c/module';
import type { Edit } from '../mend';
import { applied, armWays, removalWays } from '../mend';
import type { Finding } from '../rules/rule';
import type { Arc } from '../uapi';
import { arcText, parseArc, sameArc } from '../uapi';
import type { Report, SourceFile } from './report';

/** A module's text with what is known of it. */
export interface CheckedText {
  readonly files: readonly SourceFile[];
  readonly module: CModule;
  readonly report: Report;
}

/** Checks other texts of the same module; injected, since who asks has the parser. */
export type Recheck = (files: readonly SourceFile[]) => CheckedText;

/** A change of the text that was proved: the text after it was checked, and what it mends is gone and nothing else came. */
export type Mending =
  | { readonly proved: true; readonly title: string; readonly edits: readonly Edit[]; readonly after: CheckedText }
  | { readonly proved: false; readonly title: string; readonly reason: string };

/** So many ways are checked before a mend is given up. */
const maxTries = 60;

/** Writes a missing arc into the driver with these ops. */
export function writeArc(before: CheckedText, ops: string, arc: Arc, recheck: Recheck): Mending {
  const title = `Write ${arcText(arc)}`;
  return firstProved(before, ops, title, recheck, {
    ways: (driver) => armWays({ driver, module: before.module }, arc),
    mends: (old, now) => statusOf(now, arc) === 'handled' && sameOthers(old, now, arc),
    none: 'no condition, case or table of the driver shows how it selects arcs',
  });
}

/** Takes an arc that is handled out of the driver with these ops. */
export function removeArc(before: CheckedText, ops: string, arc: Arc, recheck: Recheck): Mending {
  const title = `Remove ${arcText(arc)}`;
  return firstProved(before, ops, title, recheck, {
    ways: (driver) => removalWays({ driver, module: before.module }, arc),
    mends: (old, now) => statusOf(now, arc) === 'rejected' && sameOthers(old, now, arc),
    none: 'no condition or case of the driver stands for it alone',
  });
}

interface Attempt {
  readonly ways: (driver: DriverModel) => Iterable<readonly Edit[]>;
  /** Whether the driver after the edit is what it should be. */
  readonly mends: (old: DriverModel, now: DriverModel) => boolean;
  /** The reason when there is no way at all. */
  readonly none: string;
}

/** The first of the ways that is proved to mend, and after which nothing more is found. */
function firstProved(before: CheckedText, ops: string, title: string, recheck: Recheck, attempt: Attempt): Mending {
  const driver = driverNamed(before, ops);
  if (driver === null) return { proved: false, title, reason: `there is no driver with the ops ${ops}` };
  const tried = new Set<string>();
  for (const edits of attempt.ways(driver)) {
    const key = JSON.stringify(edits);
    if (tried.has(key)) continue;
    if (tried.size === maxTries) break;
    tried.add(key);
    const after = recheck(edited(before.files, edits));
    const now = driverNamed(after, ops);
    if (now !== null && attempt.mends(driver, now) && nothingNew(before, after))
      return { proved: true, title, edits, after };
  }
  const failed = 'wherever it was tried, it did not come out as the only change of what the driver does';
  return { proved: false, title, reason: tried.size === 0 ? attempt.none : failed };
}

/** The rules whose findings can be mended, in the order in which that is done. */
export const mendableRules: readonly string[] = ['missing-arc', 'superfluous-arc', 'blocked-arc'];

/** What mends a finding; null for one of a rule that has no mend. */
export function mend(before: CheckedText, finding: Finding, recheck: Recheck): Mending | null {
  const report = before.report.drivers.find(({ findings }) => findings.includes(finding));
  if (report === undefined) return null;
  const ops = report.driver.ops.name;
  const arc = parseArc(finding.key);
  switch (finding.rule) {
    case 'missing-arc':
      return arc === null ? null : writeArc(before, ops, arc, recheck);
    case 'superfluous-arc':
    case 'blocked-arc':
      return arc === null ? null : removeArc(before, ops, arc, recheck);
    default:
      return null;
  }
}

/** What came of mending several findings, one after the other on the text that the one before left. */
export interface MendedText {
  readonly after: CheckedText;
  /** Titles, in the order in which it was done. */
  readonly done: readonly string[];
  readonly failed: readonly (Mending & { readonly proved: false })[];
}

/** Mends every finding that `wanted` takes, and those that only then come to light. */
export function mendAll(before: CheckedText, wanted: (finding: Finding) => boolean, recheck: Recheck): MendedText {
  let now = before;
  const done: string[] = [];
  const failed: (Mending & { readonly proved: false })[] = [];
  const tried = new Set<string>();
  for (const rule of mendableRules) {
    for (;;) {
      const next = now.report.drivers
        .flatMap(({ driver, findings }) =>
          findings.map((finding) => ({ finding, key: `${driver.ops.name} ${keyOf(finding)}` })),
        )
        .find(({ finding, key }) => finding.rule === rule && wanted(finding) && !tried.has(key));
      if (next === undefined) break;
      tried.add(next.key);
      const mending = mend(now, next.finding, recheck);
      if (mending?.proved === true) {
        now = mending.after;
        done.push(mending.title);
      } else if (mending !== null) {
        failed.push(mending);
      }
    }
  }
  return { after: now, done, failed };
}

/** The edits that lead from one text of a file to another, as whole lines. */
export function editsBetween(before: SourceFile, after: SourceFile): readonly Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const { value, added, removed } of diffLines(before.text, after.text)) {
    const last = edits.at(-1);
    if (!added && !removed) {
      at += value.length;
    } else if (removed) {
      edits.push({ file: before.path, start: at, end: at + value.length, text: '' });
      at += value.length;
    } else if (last !== undefined && last.end === at && last.text === '') {
      edits[edits.length - 1] = { ...last, text: value };
    } else {
      edits.push({ file: before.path, start: at, end: at, text: value });
    }
  }
  return edits;
}

/** The files whose text differs, with the edits that lead there. */
export function changesBetween(
  before: CheckedText,
  after: CheckedText,
): readonly (readonly [SourceFile, SourceFile])[] {
  return before.files.flatMap((file, index) => {
    const now = after.files[index];
    return now === undefined || now.text === file.text ? [] : [[file, now] as const];
  });
}

/** The files after edits of some of them. */
export function edited(files: readonly SourceFile[], edits: readonly Edit[]): readonly SourceFile[] {
  return files.map((file) => {
    const own = edits.filter((edit) => edit.file === file.path);
    return own.length === 0 ? file : { path: file.path, text: applied(file.text, own) };
  });
}

export function driverNamed({ report }: CheckedText, ops: string): DriverModel | null {
  return report.drivers.find(({ driver }) => driver.ops.name === ops)?.driver ?? null;
}

function statusOf({ arcs }: DriverModel, arc: Arc): ArcModel['status'] | undefined {
  return arcs.find((each) => sameArc(each, arc))?.status;
}

function sameOthers(old: DriverModel, now: DriverModel, arc: Arc): boolean {
  const others = ({ arcs }: DriverModel) => arcs.filter((each) => !sameArc(each, arc)).map(answerOf);
  return others(old).join('\n') === others(now).join('\n');
}

function answerOf(arc: ArcModel): string {
  const results = arc.outcomes.map((each) => (each.kind === 'success' ? each.file : each.kind));
  return `${arcText(arc)} ${arc.status} ${[...new Set(results)].sort().join()}`;
}

function nothingNew(before: CheckedText, after: CheckedText): boolean {
  const known = new Set(findingsOf(before.report).map(keyOf));
  return findingsOf(after.report).every((finding) => known.has(keyOf(finding)));
}

function findingsOf({ drivers, findings }: Report): readonly Finding[] {
  return [...drivers.flatMap((driver) => driver.findings), ...findings];
}

function keyOf({ rule, key }: Finding): string {
  return `${rule} ${key}`;
}
