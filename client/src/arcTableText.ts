import type { ArcResult, ArcRow, ArcTable, DriverTable, MissingRow, WireLocation } from '../../server/src/wire';

/** A part of one line that opens a place in the sources. Lines and columns count from zero, in UTF-16 code units. */
export interface TableLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly target: WireLocation;
}

export interface TableText {
  readonly text: string;
  readonly links: readonly TableLink[];
}

/** How a pair of states stands, in the words of the matrix, in the order of the legend. */
const cellWords = {
  ok: 'required, and handled',
  MISSING: 'required, but the driver rejects it',
  cond: 'handled under a condition only',
  '?': 'could not be decided',
  extra: 'handled, though nobody asks for it',
  '.': 'never asked for, not handled',
} as const;
type CellWord = keyof typeof cellWords;

const resultWords: Readonly<Record<ArcResult, string>> = {
  null: 'NULL',
  'new-file': 'new file',
  'session-file': 'session file',
  'unknown-file': 'a file',
  error: 'error',
  unknown: 'undecided',
};

/**
 * The arc tables of a module as plain text for a fixed-width font: what the driver declares, the matrix of all pairs of
 * states, each missing arc with what it breaks, each handled arc with its handler.
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
  const { missing, arcs } = driver;
  page.line(`VFIO migration arcs of ${driver.name}`).line();
  page.line(`  ${fit('Function', 10)}`, `${driver.setState.name}()  `, driver.setState.location);
  page.line(`  ${fit('Ops', 10)}`, `${driver.ops.name}  `, driver.ops.location);
  driver.flagSets.forEach(({ flags, when }, index) => {
    page.line(`  ${fit(index === 0 ? 'Flags' : '', 10)}${flags.join(' | ')}${when === null ? '' : `  when ${when}`}`);
  });
  if (driver.flagSets.length === 0) page.line(`  ${fit('Flags', 10)}none found: nothing assigns migration_flags`);
  page.line(`  ${fit('Profile', 10)}${driver.profile.title}  (${driver.profile.reason})`).line();

  const required = arcs.filter((arc) => arc.required).length;
  page.line(verdict(required, missing.length)).line();
  drawMatrix(page, driver);
  if (missing.length > 0) drawMissing(page, driver);
  drawHandled(page, driver);
}

function verdict(required: number, missing: number): string {
  if (required === 0) return 'No arc is required of this driver.';
  if (missing === 0) return `All ${required} required arcs are handled.`;
  return `${missing} of ${required} required arcs ${missing === 1 ? 'is' : 'are'} missing.`;
}

/** Rows: from; columns: to, with their names on two lines where that makes them narrower. */
function drawMatrix(page: Page, driver: DriverTable): void {
  const { states } = driver;
  const heads = states.map(inTwoLines);
  const widths = heads.map(([upper, lower]) => Math.max(upper.length, lower.length, widestWord));
  const label = Math.max(...states.map((state) => state.length), corner.length);
  const row = (name: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `  ${name.padEnd(label)}  ${padded.join('  ')}`;
  };

  const upper = heads.map((lines) => lines[0]);
  const lower = heads.map((lines) => lines[1]);
  page.line(row(corner, upper));
  if (lower.some((text) => text !== '')) page.line(row('', lower));
  const used = new Set<string>();
  for (const from of states) {
    const cells = states.map((to) => (from === to ? '-' : cellWord(driver, from, to)));
    for (const cell of cells) used.add(cell);
    page.line(row(from, cells));
  }
  page.line();
  for (const [word, meaning] of Object.entries(cellWords)) {
    if (used.has(word)) page.line(`  ${word.padEnd(widestWord)}  ${meaning}`);
  }
}

const corner = 'from \\ to';
const widestWord = Math.max(...Object.keys(cellWords).map((word) => word.length));

/** "STOP_", "COPY": broken after the last underscore. */
function inTwoLines(state: string): readonly [string, string] {
  const end = state.lastIndexOf('_') + 1;
  return end === 0 ? [state, ''] : [state.slice(0, end), state.slice(end)];
}

function cellWord(driver: DriverTable, from: string, to: string): CellWord {
  const here = (arc: { readonly from: string; readonly to: string }): boolean => arc.from === from && arc.to === to;
  if (driver.missing.some(here)) return 'MISSING';
  const arc = driver.arcs.find(here);
  switch (arc?.status) {
    case 'handled':
      return driver.superfluous.some(here) || !arc.required ? 'extra' : 'ok';
    case 'conditional':
      return 'cond';
    case 'undecided':
      return arc.required ? '?' : '.';
    case 'rejected':
    case undefined:
      return '.';
  }
}

function drawMissing(page: Page, driver: DriverTable): void {
  page.line().line('Missing arcs');
  for (const arc of driver.missing) {
    page.line().line(`  ${arcName(arc)}`);
    page.line(`    ${fit('required by', 14)}${arc.requiredBy.join(', ')}${someFlagSets(driver, arc)}`);
    page.line(`    ${fit('rejected at', 14)}`, arc.rejectedAt);
    arc.breaks.forEach((broken, index) => {
      page.line(`    ${fit(index === 0 ? 'breaks' : '', 14)}${arcName(broken)}`);
    });
    page.line(
      `    ${fit('migration', 14)}${arc.stopsMigration ? 'no whole live migration is left' : 'still possible without these'}`,
    );
  }
}

function someFlagSets(driver: DriverTable, { flagSets }: MissingRow): string {
  if (flagSets.length === driver.flagSets.length) return '';
  const sets = flagSets.map((index) => driver.flagSets[index]?.flags.join(' | ') ?? '');
  return ` (with ${sets.join('; ')})`;
}

function drawHandled(page: Page, driver: DriverTable): void {
  const handled = driver.arcs.filter((arc) => arc.status === 'handled' || arc.status === 'conditional');
  if (handled.length === 0) return;
  const widest = Math.max(...handled.map((arc) => arcName(arc).length));
  page.line().line('Handled arcs').line();
  for (const arc of handled) {
    const returns = arc.returns.map((result) => resultWords[result]).join(' or ');
    page.line(`  ${arcName(arc).padEnd(widest)}  ${fit(returns, 24)}`, ...handler(arc));
    if (arc.condition !== null) page.line(`  ${''.padEnd(widest)}  only when ${arc.condition}`);
  }
}

function handler({ evidence }: ArcRow): readonly (string | WireLocation)[] {
  const selects = evidence[0];
  return selects === undefined ? [] : [selects.location];
}

function arcName({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from} -> ${to}`;
}

/** Pads to a column and always leaves at least one blank after the text. */
function fit(text: string, width: number): string {
  return text.length < width ? text.padEnd(width) : `${text} `;
}

/** Collects lines; a location among a line's parts becomes "main.c:12", linked. */
class Page {
  private readonly lines: string[] = [];
  private readonly links: TableLink[] = [];

  line(...parts: readonly (string | WireLocation)[]): this {
    let text = '';
    for (const part of parts) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const start = text.length;
      text += placeName(part);
      this.links.push({ line: this.lines.length, start, end: text.length, target: part });
    }
    this.lines.push(text.trimEnd());
    return this;
  }

  done(): TableText {
    return { text: `${this.lines.join('\n')}\n`, links: this.links };
  }
}

function placeName({ uri, range }: WireLocation): string {
  const file = uri.slice(uri.lastIndexOf('/') + 1);
  return `${decode(file)}:${range.start.line + 1}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
