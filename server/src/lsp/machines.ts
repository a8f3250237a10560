import type { CancellationToken } from 'vscode-languageserver';
import type { Report } from '../check';
import { describeDriver, describeReference } from '../simulation';
import { flagSetText, profileOf, validFlagSets } from '../uapi';
import type { MachineDescription, MachineRef } from '../wire';
import { checked, checkModule } from './checks';
import type { TextOf } from './convert';
import { locationOf, pathOfUri } from './convert';
import type { ModuleState } from './modules';
import { refused } from './refusal';
import type { Session } from './session';

/** From what names a machine to the machine. */

/** The machine, from the newest text of its driver. Throws `refused` when there is none. */
export async function machineFor(
  session: Session,
  ref: MachineRef,
  token?: CancellationToken,
): Promise<MachineDescription> {
  if (ref.kind === 'reference') {
    const sets = validFlagSets(ref.profile).map(flagSetText);
    if (!sets.includes(flagSetText(ref.flags))) {
      const { title } = profileOf(ref.profile);
      throw refused('{0} is no flag set of {1}; it has {2}', flagSetText(ref.flags), title, sets.join(', '));
    }
    return describeReference(ref.flags, ref.profile);
  }
  for (const module of await checked(session, pathOfUri(ref.uri), token)) {
    let found: MachineDescription | null = null;
    await checkModule(session, module, (report, _code, textOf) => {
      found = machineIn(session, module, report, textOf, ref);
    });
    if (found !== null) return found;
  }
  throw refused('{0} has no migration driver with the ops {1}, or nothing sets its flags', pathOfUri(ref.uri), ref.ops);
}

/** The machine of a driver in a report; null when it is not there or has no such flag set. */
export function machineIn(
  session: Session,
  module: ModuleState,
  report: Report,
  textOf: TextOf,
  { uri, ops, flagSet = 0 }: Extract<MachineRef, { kind: 'driver' }>,
): MachineDescription | null {
  const found = report.drivers.find(
    ({ driver }) => driver.ops.name === ops && session.texts.uriOf(driver.ops.location.file) === uri,
  );
  if (found === undefined || module.code === null) return null;
  return describeDriver({
    driver: found.driver,
    module: module.code,
    flagSet,
    name: report.drivers.length === 1 ? module.name : `${module.name}: ${ops}`,
    at: (location) => locationOf(location, textOf, session.texts.uriOf),
  });
}
