import type { ArcRow, DriverTable, MissingRow } from '../../server/src/wire';
import type { Pair } from './arcWords';

/** What an arc table says, however it is drawn. */

/** Required arcs that fail: always, or where a condition does not hold. */
export function lackingArcs({ missing }: DriverTable): {
  readonly missing: readonly MissingRow[];
  readonly conditional: readonly MissingRow[];
} {
  return { missing: missing.filter((arc) => arc.always), conditional: missing.filter((arc) => !arc.always) };
}

/** One sentence on the whole driver. */
export function verdictOf(driver: DriverTable): string {
  if (driver.flagSets.length === 0) return 'Which arcs are required is not known.';
  const { missing, conditional } = lackingArcs(driver);
  const required = driver.arcs.filter((arc) => arc.required);
  const undecided = required.filter((arc) => arc.status === 'undecided');
  return verdict(required.length, missing.length, conditional.length, undecided.length);
}

function verdict(required: number, missing: number, conditional: number, undecided: number): string {
  if (required === 0) return 'No arc is required of this driver.';
  const rest = [
    ...(conditional > 0 ? [`${conditional} ${conditional === 1 ? 'is' : 'are'} handled only under a condition`] : []),
    ...(undecided > 0 ? [`${undecided} could not be decided`] : []),
  ];
  if (missing > 0) {
    const lacking = `${missing} of ${required} required arcs ${missing === 1 ? 'is' : 'are'} missing`;
    return `${[lacking, ...rest].join(', ')}.`;
  }
  return rest.length > 0
    ? `Of ${required} required arcs, ${rest.join(', ')}.`
    : `All ${required} required arcs are handled.`;
}

/** How a pair of states is marked in the matrix, and what the marks say: only those that occur are explained. */
export const legend: readonly { readonly mark: string; readonly occursIn: RegExp; readonly meaning: string }[] = [
  { mark: 'NULL', occursIn: /NULL/, meaning: 'required, and handled: returns NULL' },
  { mark: 'file', occursIn: /file/, meaning: 'required, and handled: returns a data file' },
  { mark: 'MISSING', occursIn: /MISSING/, meaning: 'required, but the driver rejects it' },
  { mark: '*', occursIn: /\*/, meaning: 'handled only under a condition' },
  { mark: '( )', occursIn: /\(/, meaning: 'handled, though nobody asks for it' },
  { mark: '?', occursIn: /\?/, meaning: 'required, but it could not be decided' },
  { mark: '.', occursIn: /^\.$/, meaning: 'never asked for, and rejected' },
];

/** What stands over the rows' names. */
export const corner = 'from \\ to';

/** What the matrix says of a pair of states. */
export function cellText(driver: DriverTable, from: string, to: string): string {
  if (from === to) return '-';
  const arc = rowOf(driver, { from, to });
  switch (arc?.status) {
    case 'handled':
    case 'conditional': {
      const lacking = arc.status === 'conditional' || driver.missing.some((each) => isSame(each, arc));
      const text = `${returned(arc)}${lacking ? '*' : ''}`;
      return arc.required ? text : `(${text})`;
    }
    case 'undecided':
      return arc.required ? '?' : '.';
    case 'rejected':
      return arc.required ? 'MISSING' : '.';
    case undefined:
      return '.';
  }
}

/** What a success hands out, short. */
function returned(arc: ArcRow): string {
  const files = arc.returns.filter(
    (result) => result === 'new-file' || result === 'session-file' || result === 'unknown-file',
  );
  if (files.length === 0) return 'NULL';
  return arc.returns.includes('null') ? 'file/NULL' : 'file';
}

/** Who requires an arc. */
export function requirers({ requiredBy }: MissingRow): string {
  return requiredBy.join(' and ') || 'the declared flags';
}

/** Under which flag sets an arc is missing, when it is not so under all. */
export function someFlagSets(driver: DriverTable, { flagSets }: MissingRow): string {
  if (flagSets.length === driver.flagSets.length) return '';
  const sets = flagSets.map((index) => driver.flagSets[index]?.flags.join(' | ') ?? '');
  return ` (with ${sets.join('; ')})`;
}

function isSame(a: Pair, b: Pair): boolean {
  return a.from === b.from && a.to === b.to;
}

/** The row of a pair of states; the table has one for each two different ones. */
export function rowOf(driver: DriverTable, pair: Pair): ArcRow | undefined {
  return driver.arcs.find((arc) => isSame(arc, pair));
}
