import type { ArcRow, DriverTable } from '../../server/src/wire';
import { arcName, returnsText } from './arcWords';

/** The two sides of a comparison: what the declared flags require, and what the driver does. */
export type Side = 'reference' | 'driver';

/**
 * One side as lines that can be compared: each arc that is required or handled, in the order of the states, with what a success
 * returns. What the two sides agree on is the same line in both.
 */
export function comparisonText(driver: DriverTable, side: Side): string {
  const arcs = driver.arcs.flatMap((arc): (readonly [string, string])[] => {
    const result = side === 'reference' ? required(arc) : done(arc);
    return result === null ? [] : [[arcName(arc), result]];
  });
  const width = Math.max(0, ...driver.arcs.map((arc) => arcName(arc).length));
  const flagSets = driver.flagSets.map(
    ({ flags, when }) => flags.join(' | ') + (when === null ? '' : `  when ${when}`),
  );
  const head = flagSets.length === 0 ? ['Flags  none found'] : flagSets.map((set) => `Flags  ${set}`);
  const lines = arcs.map(([name, result]) => `${name.padEnd(width)}  ${result}`);
  return `${[...head, '', ...lines].join('\n')}\n`;
}

function required(arc: ArcRow): string | null {
  return arc.required ? returnsText({ returns: [arc.due] }) : null;
}

function done(arc: ArcRow): string | null {
  const success = returnsText({ returns: arc.returns.filter((result) => result !== 'error') });
  switch (arc.status) {
    case 'handled':
      return success;
    case 'conditional':
      return `${success}, only ${arc.condition === null ? 'under a condition' : `when ${arc.condition}`}`;
    case 'undecided':
      return arc.required ? 'not decided' : null;
    case 'rejected':
      return null;
  }
}
