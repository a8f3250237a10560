import type { Arc, ArcTable, DriverArgument, DriverTable, MissingRow, WireLocation } from '../../server/src/wire';
import { cellText, corner, lackingArcs, legend, requirers, rowOf, someFlagSets, verdictOf } from './arcTableCells';
import { arcName, placeName, returnsText } from './arcWords';

/** A part of one line that opens a place in the sources. Lines and columns count from zero, in UTF-16 code units. */
export interface TableLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly target: WireLocation;
}

/** An arc's name at the head of what the table says of it, in the same coordinates. */
export interface TableArc {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The arc, its driver, and the file with its migration ops. */
  readonly of: DriverArgument & { readonly arc: Arc };
}

export interface TableText {
  readonly text: string;
  readonly links: readonly TableLink[];
  readonly arcs: readonly TableArc[];
}

/**
 * The arc tables of a module as plain text for a fixed-width font: what the driver declares, the matrix of all pairs of
 * states (in the words of `vfio-arcs arcs`), each missing arc with what it breaks, each handled arc with its handler, and those
 * that could not be decided.
 */
export function arcTableText(table: ArcTable): TableText {
  const page = new Page();
  table.drivers.forEach((driver, index) => {
    if (index > 0) page.line().line();
    drawDriver(page, driver);
  });
  if (table.drivers.length === 0) page.line('No VFIO migration driver here.');
  for (const { message, location } of table.notDrivers) {
    page.line().line('Not a driver: ', message, '  ', location);
  }
  return page.done();
}

function drawDriver(page: Page, driver: DriverTable): void {
  const { missing, conditional } = lackingArcs(driver);
  page.line(`VFIO migration arcs of ${driver.name}`).line();
  drawHead(page, driver);
  page.line().line(verdictOf(driver)).line();
  drawMatrix(page, driver);
  drawLacking(page, driver, 'Missing arcs', missing);
  drawLacking(page, driver, 'Conditional arcs', conditional);
  drawHandled(page, driver);
  drawUndecided(page, driver);
}

function drawHead(page: Page, { setState, ops, flagSets, profile }: DriverTable): void {
  const row = (title: string, ...parts: readonly (string | WireLocation)[]): Page =>
    page.line(`  ${title.padEnd(10)}`, ...parts);
  row('Function', `${setState.name}()  `, setState.location);
  row('Ops', `${ops.name}  `, ops.location);
  flagSets.forEach(({ flags, when }, index) => {
    row(index === 0 ? 'Flags' : '', flags.join(' | '), when === null ? '' : `  when ${when}`);
  });
  if (flagSets.length === 0) row('Flags', 'none found: nothing assigns migration_flags');
  row('Profile', `${profile.id}: ${profile.reason}`);
}

/** Rows: from; columns: to, with their names on two lines where that makes them narrower. */
function drawMatrix(page: Page, driver: DriverTable): void {
  const { states } = driver;
  const heads = states.map(inTwoLines);
  const cells = states.map((from) => states.map((to) => cellText(driver, from, to)));
  const widths = heads.map((lines, column) => widest([...lines, ...cells.map((row) => row[column] ?? '')]));
  const label = widest([corner, ...states]);
  const row = (name: string, texts: readonly string[]): string => {
    const padded = texts.map((text, column) => text.padEnd(widths[column] ?? 0));
    return `  ${name.padEnd(label)}  ${padded.join('  ')}`;
  };

  page.line(
    row(
      corner,
      heads.map(([upper]) => upper),
    ),
  );
  if (heads.some(([, lower]) => lower !== ''))
    page.line(
      row(
        '',
        heads.map(([, lower]) => lower),
      ),
    );
  for (const [index, from] of states.entries()) page.line(row(from, cells[index] ?? []));
  page.line();
  const used = legend.filter(({ occursIn }) => cells.flat().some((cell) => occursIn.test(cell)));
  for (const { mark, meaning } of used) page.line(`  ${mark.padEnd(9)}${meaning}`);
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

/** "STOP_", "COPY": broken after the last underscore. */
function inTwoLines(state: string): readonly [string, string] {
  const end = state.lastIndexOf('_') + 1;
  return end === 0 ? [state, ''] : [state.slice(0, end), state.slice(end)];
}

/** Required arcs that can fail: always, or where a condition does not hold. */
function drawLacking(page: Page, driver: DriverTable, title: string, arcs: readonly MissingRow[]): void {
  if (arcs.length === 0) return;
  page.line().line(title);
  const row = (name: string, ...parts: readonly (string | WireLocation)[]): Page =>
    page.line(`    ${name.padEnd(14)}`, ...parts);
  for (const arc of arcs) {
    const condition = rowOf(driver, arc)?.condition ?? null;
    page.line().line('  ', { of: named(driver, arc) });
    row('required by', requirers(arc), someFlagSets(driver, arc));
    if (condition !== null) row('handled when', condition);
    row('rejected at', arc.rejectedAt);
    arc.breaks.forEach((broken, index) => {
      row(index === 0 ? 'breaks' : '', arcName(broken));
    });
    row('migration', arc.stopsMigration ? 'can not be done any more' : 'can still be done, in another way');
  }
}

function drawHandled(page: Page, driver: DriverTable): void {
  const handled = driver.arcs.filter((arc) => arc.status === 'handled' || arc.status === 'conditional');
  if (handled.length === 0) return;
  const name = widest(handled.map(arcName));
  const results = handled.map(returnsText);
  const result = widest(results);
  page.line().line('Handled arcs').line();
  handled.forEach((arc, index) => {
    const space = ' '.repeat(name - arcName(arc).length);
    page.line('  ', { of: named(driver, arc) }, `${space}  ${(results[index] ?? '').padEnd(result)}  `, arc.place);
  });
}

function drawUndecided(page: Page, driver: DriverTable): void {
  const undecided = driver.arcs.filter((arc) => arc.required && arc.status === 'undecided');
  if (undecided.length === 0) return;
  page.line().line('Undecided arcs').line();
  for (const arc of undecided) page.line('  ', { of: named(driver, arc) }, '  ', arc.place);
}

function named({ ops }: DriverTable, { from, to }: Arc): TableArc['of'] {
  return { uri: ops.location.uri, ops: ops.name, arc: { from, to } };
}

/** Collects lines; a location among a line's parts becomes "main.c:12", linked, and the places of arcs are kept. */
class Page {
  private readonly lines: string[] = [];
  private readonly links: TableLink[] = [];
  private readonly arcs: TableArc[] = [];

  line(...parts: readonly (string | WireLocation | Pick<TableArc, 'of'>)[]): this {
    let text = '';
    for (const part of parts) {
      const start = text.length;
      text += typeof part === 'string' ? part : 'of' in part ? arcName(part.of.arc) : placeName(part);
      if (typeof part === 'string') continue;
      const span = { line: this.lines.length, start, end: text.length };
      if ('of' in part) this.arcs.push({ ...span, of: part.of });
      else this.links.push({ ...span, target: part });
    }
    this.lines.push(text.trimEnd());
    return this;
  }

  done(): TableText {
    return { text: `${this.lines.join('\n')}\n`, links: this.links, arcs: this.arcs };
  }
}
