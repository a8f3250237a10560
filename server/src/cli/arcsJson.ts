import type { ArcModel, DriverModel, Outcome } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { alwaysMissing } from '../check';
import { boundedSteps, placeIn, shownPath } from './display';

/** The name and version of the contract; see README.md beside this file. */
export const arcsSchema = 'vfio-arcs.arcs/1';

/** The whole document of `arcs --format json`. */
export function arcsDocument(drivers: readonly unknown[]): unknown {
  return { schema: arcsSchema, drivers };
}

/** One driver of the document. */
export function driverJson(driver: DriverModel, module: CModule, cwd: string): unknown {
  const lineOf = (location: Location) => {
    const { file, start } = placeIn(module, location);
    return { file: shownPath(cwd, file), line: start.line };
  };
  return {
    ops: lineOf(driver.ops.location),
    setState: { name: driver.setState.name, ...lineOf(driver.setState.location) },
    profile: { id: driver.profile.id, reason: driver.profile.reason },
    flagSets: driver.flagSets.map(({ flags, when }) => ({ flags, when })),
    arcs: driver.arcs.map((arc) => arcJson(arc, module, cwd)),
    missing: alwaysMissing(driver).map(({ from, to, requiredBy, flagSets, breaks, stopsMigration }) => ({
      from,
      to,
      requiredBy,
      flagSets,
      breaks: breaks.map((arc) => ({ from: arc.from, to: arc.to })),
      stopsMigration,
    })),
    superfluous: driver.superfluous.map(({ from, to }) => ({ from, to })),
  };
}

function arcJson(arc: ArcModel, module: CModule, cwd: string): unknown {
  const { before, after } = boundedSteps(arc.evidence);
  return {
    from: arc.from,
    to: arc.to,
    status: arc.status,
    required: arc.required,
    returns: returnsOf(arc.outcomes),
    ...(arc.condition === null ? {} : { condition: arc.condition }),
    evidence: [...before, ...after].map(({ location, what }) => {
      const { file, start } = placeIn(module, location);
      return { file: shownPath(cwd, file), line: start.line, column: start.column, what };
    }),
  };
}

const returnKinds = ['null', 'new-file', 'session-file', 'error'] as const;

/** What can come out, in a fixed order; a file that can not be told is left out. */
export function returnsOf(outcomes: readonly Outcome[]): readonly (typeof returnKinds)[number][] {
  return returnKinds.filter((kind) =>
    outcomes.some((outcome) => (outcome.kind === 'success' ? outcome.file === kind : outcome.kind === kind)),
  );
}
