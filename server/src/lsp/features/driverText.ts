import type { ArcModel, DriverModel, MissingArc, OpsModel, Outcome } from '../../analysis/model';
import { coverageOf } from '../../check';
import type { Arc, FlagName, StateName } from '../../uapi';
import { arcText, explain, flagsRequiring, namedFlags, requiredArcs, sameArc, stateOf } from '../../uapi';
import { selecting } from '../arcPlaces';
import type { ModuleState } from '../modules';
import type { Page, Part } from '../page';

/** What a driver does about a name, for hovers. */

/** Longer lists are cut: a hover is read at a glance. */
const longestList = 8;
const outcomeOrder: Readonly<Record<Outcome['kind'], number>> = { success: 0, error: 1, unknown: 2 };

function heading(page: Page, driver: DriverModel): void {
  page.rule();
  page.paragraph({ strong: 'In this driver' }, ', ', { code: `${driver.setState.name}()` }, ' ', {
    place: driver.setState.location,
  });
}

/** The whole driver: flags, profile, how many arcs, which are missing. */
export function tellDriver(page: Page, driver: DriverModel): void {
  heading(page, driver);
  page.paragraph(`${coverageText(driver)}${driver.missing.length > 0 ? ' The others:' : ''}`);
  list(
    page,
    driver.missing.map((arc) => missingParts(arc)),
  );
  flagLines(page, driver);
  page.paragraph(`Profile ${driver.profile.id}: ${driver.profile.reason}`);
}

/** "13 of 15 required arcs are handled, 1 could not be decided." */
function coverageText(driver: DriverModel): string {
  const coverage = coverageOf(driver);
  if (coverage === null) return 'Which arcs are required is not known.';
  const { required, handled, undecided } = coverage;
  const open = undecided > 0 ? `, ${undecided} could not be decided` : '';
  return `${handled === required ? 'All' : `${handled} of`} ${required} required arcs are handled${open}.`;
}

/** An op's member of the driver. */
export function tellOp(page: Page, driver: DriverModel, op: OpsModel['members'][number]): void {
  heading(page, driver);
  page.paragraph({ code: `.${op.name} = ${op.value}` }, ' in ', { code: driver.ops.name }, ', ', {
    place: op.location,
  });
  if (op.name === 'migration_set_state') {
    page.paragraph(coverageText(driver));
  }
}

/** All sets of flags that the driver can declare. */
export function tellFlagSets(page: Page, driver: DriverModel): void {
  heading(page, driver);
  flagLines(page, driver);
}

function flagLines(page: Page, driver: DriverModel): void {
  if (driver.flagSets.length === 0) {
    page.paragraph('No assignment to migration_flags was found.');
    return;
  }
  list(
    page,
    driver.flagSets.map((set): Part[] => [
      'Flags ',
      { code: set.flags.join(' | ') || '0' },
      ...(set.when === null ? [] : [' when ', { code: set.when }]),
      ...set.locations.flatMap((place): Part[] => [', ', { place }]),
    ]),
  );
}

/** Whether the driver declares the flag, and which arcs it owes for it. */
export function tellFlag(page: Page, driver: DriverModel, flag: FlagName): void {
  heading(page, driver);
  const sets = driver.flagSets.filter((set) => set.flags.includes(flag));
  if (sets.length === 0) {
    page.paragraph('The driver never declares it.');
    return;
  }
  const always = sets.length === driver.flagSets.length;
  page.paragraph(
    always ? 'Declared' : 'Declared under a condition',
    ...sets.slice(0, 1).flatMap((set) => set.locations.flatMap((place): Part[] => [', ', { place }])),
    '.',
  );
  const owed = (richest: readonly FlagName[]): readonly Arc[] => {
    const without = requiredArcs(richest.filter((each) => each !== flag));
    return requiredArcs(richest).filter((arc) => !without.some((other) => sameArc(arc, other)));
  };
  const arcs = owed(sets[0]?.flags ?? []);
  if (arcs.length > 0) page.paragraph('It requires:');
  list(
    page,
    arcs.map((arc) => arcParts(page, driver, arc)),
  );
}

/** The arcs into and out of a state. */
export function tellState(page: Page, driver: DriverModel, state: StateName): void {
  heading(page, driver);
  const flags = driver.flagSets[0]?.flags ?? [];
  const lacking = (stateOf(state)?.needs ?? []).filter((flag) => !flags.includes(flag));
  if (lacking.length > 0) page.paragraph(`Never reached: the driver does not declare ${lacking.join(' and ')}.`);
  const counts = (arc: ArcModel) => arc.required || arc.status === 'handled' || arc.status === 'conditional';
  list(
    page,
    driver.arcs.filter((arc) => arc.from === state && counts(arc)).map((arc) => arcParts(page, driver, arc)),
  );
  list(
    page,
    driver.arcs.filter((arc) => arc.to === state && counts(arc)).map((arc) => arcParts(page, driver, arc)),
  );
}

/** The arcs that a place decides on. */
export function tellArcs(page: Page, driver: DriverModel, arcs: readonly ArcModel[]): void {
  heading(page, driver);
  const [only] = arcs;
  if (arcs.length > 1 || only === undefined) {
    page.paragraph('This place takes part in:');
    list(
      page,
      arcs.map((arc) => arcParts(page, driver, arc)),
    );
    return;
  }
  page.paragraph(...arcParts(page, driver, only));
  const flags = driver.flagSets.find((set) => requiredArcs(set.flags).some((arc) => sameArc(arc, only)))?.flags;
  if (flags !== undefined) page.paragraph(`Required by ${namedFlags(flagsRequiring(flags, only)).join(' and ')}.`);
  const doc = explain(arcText(only));
  if (doc !== null) page.paragraph(doc.summary);
  list(
    page,
    [...only.outcomes]
      .sort((a, b) => outcomeOrder[a.kind] - outcomeOrder[b.kind])
      .map((outcome) => [...outcomeParts(outcome), ', ', { place: outcome.at }]),
  );
  if (only.condition !== null) page.paragraph('Only when ', { code: only.condition });
}

/** Where the driver uses a name; false when it does not. */
export function tellUses(page: Page, module: ModuleState, driver: DriverModel, name: string): boolean {
  const functions = module.code?.mentions(name) ?? [];
  const variables = module.code?.globalMentions(name) ?? [];
  if (functions.length + variables.length === 0) return false;
  heading(page, driver);
  list(page, [
    ...functions.map((each): Part[] => [
      'used in ',
      { code: `${each.name}()` },
      ' ',
      { place: { file: each.file, span: each.nameSpan } },
    ]),
    ...variables.map((each): Part[] => {
      const span = { start: each.start + each.nameSpan.start, end: each.start + each.nameSpan.end };
      return ['used in ', { code: each.name }, ' ', { place: { file: each.file, span } }];
    }),
  ]);
  return true;
}

/** One arc in a line: what becomes of it, who requires it, where. */
function arcParts(page: Page, driver: DriverModel, wanted: Arc): readonly Part[] {
  const missing = driver.missing.find((arc) => sameArc(arc, wanted));
  if (missing !== undefined) return missingParts(missing);
  const arc = driver.arcs.find((each) => sameArc(each, wanted));
  if (arc === undefined) return [{ code: arcText(wanted) }, ' does not exist in this profile'];
  const success = arc.outcomes.find((outcome) => outcome.kind === 'success') ?? arc.outcomes[0];
  const place = selecting(arc, page.textOf)[0]?.location ?? success?.at;
  const results = [...new Set(arc.outcomes.filter((outcome) => outcome.kind === 'success').map(successText))];
  return [
    { code: arcText(arc) },
    ` ${statusText(arc)}`,
    ...(results.length > 0 ? [`, returns ${results.join(' or ')}`] : []),
    ...(place === undefined ? [] : [', ', { place }]),
  ];
}

function statusText(arc: ArcModel): string {
  switch (arc.status) {
    case 'handled':
      return arc.required ? 'handled' : 'handled, though never asked for';
    case 'conditional':
      return 'handled under a condition';
    case 'rejected':
      return arc.required ? 'rejected' : 'rejected, never asked for';
    case 'undecided':
      return 'could not be decided';
  }
}

function missingParts(arc: MissingArc): readonly Part[] {
  return [
    { code: arcText(arc) },
    ' ',
    { strong: arc.always ? 'missing' : 'missing under a condition' },
    `, required by ${namedFlags(arc.requiredBy).join(' and ')}, rejected at `,
    { place: arc.rejectedAt },
    arc.stopsMigration ? '; live migration can not work without it' : '',
  ];
}

function successText(outcome: Outcome): string {
  if (outcome.kind !== 'success') return '';
  switch (outcome.file) {
    case 'null':
      return 'NULL';
    case 'new-file':
      return 'a new file';
    case 'session-file':
      return "the open session's file";
    case 'unknown-file':
      return 'a file';
  }
}

function outcomeParts(outcome: Outcome): readonly Part[] {
  switch (outcome.kind) {
    case 'success':
      return [`returns ${successText(outcome)}`];
    case 'error':
      if (outcome.failedCall !== null) return ['fails when ', { code: `${outcome.failedCall.name}()` }, ' fails'];
      return ['fails with ', { code: outcome.errno === null ? 'an error' : `-${outcome.errno}` }];
    case 'unknown':
      return [`undecided: ${outcome.reason}`];
  }
}

/** A list without repetitions, cut to what can be read at a glance. */
function list(page: Page, items: readonly (readonly Part[])[]): void {
  const different = [...new Map(items.map((item) => [page.text(item), item])).values()];
  const shown = different.slice(0, longestList);
  const rest = different.length - shown.length;
  page.list(rest > 0 ? [...shown, [`and ${rest} more`]] : shown);
}
