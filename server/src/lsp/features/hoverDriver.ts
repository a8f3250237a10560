import type { DriverModel, OpsModel } from '../../analysis/model';
import { coverageOf } from '../../check';
import type { Doc, Flag, State } from '../../uapi';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { driverName } from '../checkedDriver';
import type { Page, Part } from '../page';
import { declaredWith, owedFor } from '../subject';
import { arcLine, list } from './hoverArc';

/** What a hover says of a driver as a whole and of the names of the uAPI in it. */

/** The whole driver: flags, how many arcs, which are missing, profile. */
export function tellDriver(page: Page, known: CheckedDriver): void {
  const { driver } = known;
  page.paragraph({ strong: driverName(known) }, ' ', coverageText(driver));
  list(
    page,
    driver.missing.map((arc) => arcLine(known, arc)),
  );
  flagLines(page, driver);
  page.paragraph({ strong: 'Profile' }, ` ${driver.profile.id}: ${driver.profile.reason}`);
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
export function tellOp(page: Page, { driver }: CheckedDriver, op: OpsModel['members'][number], doc: Doc | null): void {
  page.paragraph({ code: `.${op.name} = ${op.value}` }, ' in ', { code: driver.ops.name }, ' ', { place: op.location });
  if (doc !== null) tellDoc(page, doc);
  if (op.name === 'migration_set_state') page.paragraph({ strong: 'Here' }, ` ${coverageText(driver)}`);
}

/** All sets of flags that the driver can declare. */
export function tellFlagSets(page: Page, { driver }: CheckedDriver, doc: Doc | null): void {
  if (doc !== null) tellDoc(page, doc);
  flagLines(page, driver);
}

function tellDoc(page: Page, { summary, details }: Doc): void {
  page.paragraph([summary, ...details].join(' '));
}

function flagLines(page: Page, driver: DriverModel): void {
  if (driver.flagSets.length === 0) {
    page.paragraph('No assignment to migration_flags was found.');
    return;
  }
  const lines = driver.flagSets.map((set): Part[] => [
    { code: set.flags.join(' | ') || '0' },
    ...(set.when === null ? [] : [' when ', { code: set.when }]),
    ...set.locations.flatMap((place): Part[] => [' ', { place }]),
  ]);
  const [only] = lines;
  if (only !== undefined && lines.length === 1) {
    page.paragraph({ strong: 'Flags' }, ' ', ...only);
    return;
  }
  page.paragraph({ strong: 'Flags' });
  list(page, lines);
}

/** Whether the driver declares the flag, and which arcs it owes for it. */
export function tellFlag(page: Page, known: CheckedDriver, { name, doc }: Flag): void {
  const { driver } = known;
  const sets = driver.flagSets.filter((set) => set.flags.includes(name));
  const always = sets.length === driver.flagSets.length;
  const places = sets.slice(0, 1).flatMap((set) => set.locations.flatMap((place): Part[] => [' ', { place }]));
  page.paragraph(
    { strong: name },
    ...(sets.length === 0
      ? [' is never declared here.']
      : [always ? ' is declared' : ' is declared under a condition', ...places]),
  );
  tellDoc(page, doc);
  const owed = owedFor(declaredWith(known, name), name);
  if (owed.length > 0) page.paragraph({ strong: 'Requires' });
  list(
    page,
    owed.map((arc) => arcLine(known, arc)),
  );
}

/** The state, and the arcs into and out of it. */
export function tellState(page: Page, known: CheckedDriver, { name, needs, doc }: State): void {
  const flags = known.driver.flagSets[0]?.flags ?? [];
  const lacking = needs.filter((flag) => !flags.includes(flag));
  page.paragraph({ strong: name }, ` ${[doc.summary, ...doc.details].join(' ')}`);
  if (lacking.length > 0) {
    page.paragraph({ strong: 'Here' }, ` it is never reached: the driver does not declare ${lacking.join(' and ')}.`);
  }
  const arcs = listedArcs(known).map(({ arc }) => arc);
  for (const [title, chosen] of [
    ['Into it', arcs.filter((arc) => arc.to === name)],
    ['Out of it', arcs.filter((arc) => arc.from === name)],
  ] as const) {
    if (chosen.length === 0) continue;
    page.paragraph({ strong: title });
    list(
      page,
      chosen.map((arc) => arcLine(known, arc)),
    );
  }
}

/** The name's documentation and where the driver uses it; false when it does not. */
export function tellUses(page: Page, { code }: CheckedDriver, name: string, doc: Doc): boolean {
  const functions = code.mentions(name);
  const variables = code.globalMentions(name);
  if (functions.length + variables.length === 0) return false;
  page.paragraph({ code: doc.title });
  tellDoc(page, doc);
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
