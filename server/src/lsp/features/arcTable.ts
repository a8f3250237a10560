import type { CancellationToken } from 'vscode-languageserver';
import type { ArcModel, DriverModel, MissingArc, Outcome } from '../../analysis/model';
import type { Location } from '../../c/ir';
import type { CModule } from '../../c/module';
import type { Report } from '../../check';
import { placeOf } from '../../rules';
import { contractOf, namedFlags, profileOf } from '../../uapi';
import type { ArcResult, ArcRow, ArcTable, DriverTable, MissingRow, WireLocation } from '../../wire';
import { checkModule } from '../checks';
import { locationOf } from '../convert';
import { stopIfCancelled } from '../gate';
import type { ModuleState } from '../modules';
import type { Session } from '../session';

type At = (location: Location) => WireLocation;

/** The arc tables of modules; one that rests, since nobody has it open, is checked again for this. */
export async function arcTableOf(
  session: Session,
  modules: readonly ModuleState[],
  token: CancellationToken,
): Promise<ArcTable> {
  const drivers: DriverTable[] = [];
  const notDrivers: ArcTable['notDrivers'][number][] = [];
  for (const module of modules) {
    stopIfCancelled(token);
    await checkModule(session, module, (report, code, textOf) => {
      const at: At = (location) => locationOf(location, textOf, session.texts.uriOf);
      drivers.push(...tablesOf(module.name, report, code, at));
      notDrivers.push(...report.notDrivers.map(({ message, location }) => ({ message, location: at(location) })));
    });
  }
  return { drivers, notDrivers };
}

function tablesOf(name: string, report: Report, code: CModule, at: At): readonly DriverTable[] {
  return report.drivers.map(({ driver, findings }, index) => ({
    name: report.drivers.length === 1 ? name : `${name}: ${driver.ops.name}`,
    ops: { name: driver.ops.name, location: at(driver.ops.location) },
    setState: { name: driver.setState.name, location: at(driver.setState.location) },
    profile: { ...driver.profile, title: profileOf(driver.profile.id).title },
    states: statesOf(driver),
    flagSets: driver.flagSets.map(({ flags, when, locations }) => {
      const last = locations[locations.length - 1];
      return { flags, when, declaredAt: last === undefined ? null : at(last) };
    }),
    arcs: driver.arcs.map((arc) => rowOf(arc, driver, code, at)),
    missing: driver.missing.map((arc) => missingOf(arc, at)),
    superfluous: driver.superfluous.map(({ from, to }) => ({ from, to })),
    // What is wrong with comments is nobody's in particular: it is told once.
    findings: [...findings, ...(index === 0 ? report.findings : [])].map(({ rule, severity, message, location }) => ({
      rule,
      severity,
      message,
      location: at(location),
    })),
  }));
}

/** The states of the arcs, in the profile's order. */
function statesOf(driver: DriverModel): DriverTable['states'] {
  return profileOf(driver.profile.id).states.filter((state) => driver.arcs.some((arc) => arc.from === state));
}

function rowOf(arc: ArcModel, driver: DriverModel, code: CModule, at: At): ArcRow {
  return {
    from: arc.from,
    to: arc.to,
    status: arc.status,
    required: arc.required,
    returns: [...new Set(arc.outcomes.map(resultOf))],
    due: contractOf(arc) === 'none' ? 'null' : 'new-file',
    condition: arc.condition,
    place: at(placeOf({ driver, module: code }, arc)),
  };
}

function resultOf(outcome: Outcome): ArcResult {
  switch (outcome.kind) {
    case 'success':
      return outcome.file;
    case 'error':
    case 'unknown':
      return outcome.kind;
  }
}

function missingOf(arc: MissingArc, at: At): MissingRow {
  const { from, to, flagSets, stopsMigration, always } = arc;
  const requiredBy = namedFlags(arc.requiredBy);
  const breaks = arc.breaks.map((broken) => ({ from: broken.from, to: broken.to }));
  return { from, to, requiredBy, flagSets, breaks, stopsMigration, always, rejectedAt: at(arc.rejectedAt) };
}
