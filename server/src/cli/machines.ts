import { pathToFileURL } from 'node:url';
import type { DriverModel } from '../analysis/model';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { describeDriver, describeReference } from '../simulation';
import type { FlagSet, ProfileId } from '../uapi';
import { flagSet, flagSetText, newestProfile, parseFlag, profileIds, profileOf, validFlagSets } from '../uapi';
import type { MachineDescription, WireLocation } from '../wire';
import type { CommandLine, OptionSpecs } from './args';
import { CommandLineError } from './args';
import type { Trouble } from './collect';
import { checkPaths } from './collect';
import { placeIn } from './display';
import type { Platform } from './platform';
import { didYouMean } from './suggest';

/** The options that choose the machine to simulate. */
export const machineOptions: OptionSpecs = {
  reference: { type: 'string' },
  driver: { type: 'string' },
  flags: { type: 'string' },
  profile: { type: 'string', oneOf: profileIds },
};

/**
 * The machine that the command line names: a driver's (PATH, with --driver and --flags where there are several) or the
 * protocol's (--reference FLAGS). Null when there is no driver or it could not be read, which has been said on standard error.
 * Throws CommandLineError when it is not clear which one is meant.
 */
export async function machineOn(line: CommandLine, platform: Platform): Promise<MachineDescription | null> {
  const profile = profileIds.find((id) => id === line.text('profile')) ?? null;
  const reference = line.text('reference');
  const [path, ...others] = line.paths;
  if (others.length > 0) {
    throw new CommandLineError(`one driver at a time, not also "${others[0]}"`);
  }
  if (path === undefined) {
    const text = reference ?? flagSetText(newestProfile.flags);
    return referenceOf(text, profile ?? newestProfile.id);
  }
  if (reference !== null) {
    throw new CommandLineError('either a path or --reference, not both');
  }
  return machineAt(path, line, platform);
}

function referenceOf(text: string, profile: ProfileId): MachineDescription {
  const flags = flagsIn(text);
  const sets = validFlagSets(profile).map(flagSetText);
  if (!sets.includes(flagSetText(flags))) {
    throw new CommandLineError(
      `"${text}" is no flag set of ${profileOf(profile).title} (${sets.map((set) => set.replaceAll(' ', '')).join(', ')})`,
    );
  }
  return describeReference(flags, profile);
}

/** "STOP_COPY|P2P", "stop_copy,p2p" */
function flagsIn(text: string): FlagSet {
  const names = text.split(/[|,+\s]+/).filter((name) => name !== '');
  return flagSet(
    names.map((name) => {
      const flag = parseFlag(name);
      if (flag === null) {
        throw new CommandLineError(`"${name}" is no flag${didYouMean(name, newestProfile.flags)}`);
      }
      return flag;
    }),
  );
}

interface Candidate {
  readonly name: string;
  readonly driver: DriverModel;
  readonly machines: readonly MachineDescription[];
}

/** The machine of the driver at a path, as --driver, --flags and --profile choose it; null as for `machineOn`. */
export async function machineAt(
  path: string,
  line: CommandLine,
  platform: Platform,
): Promise<MachineDescription | null> {
  const profile = profileIds.find((id) => id === line.text('profile')) ?? null;
  const trouble: Trouble = { happened: false };
  const candidates: Candidate[] = [];
  for await (const { source, module, report } of checkPaths([path], platform, { profile }, trouble)) {
    for (const { driver } of report.drivers) {
      const name = report.drivers.length === 1 ? source.name : `${source.name}: ${driver.ops.name}`;
      candidates.push({ name, driver, machines: machinesOf(driver, module, name) });
    }
  }
  if (candidates.length === 0) {
    return null;
  }
  const { name, machines } = chosen(candidates, line.text('driver'));
  return withFlags(name, machines, line.text('flags'));
}

/** One machine for each flag set of the driver. */
function machinesOf(driver: DriverModel, module: CModule, name: string): readonly MachineDescription[] {
  const at = (location: Location) => wireLocation(module, location);
  return driver.flagSets.flatMap((_set, flagSet) => describeDriver({ driver, module, flagSet, name, at }) ?? []);
}

function wireLocation(module: CModule, location: Location): WireLocation {
  const { file, start, end } = placeIn(module, location);
  const position = ({ line, column }: typeof start) => ({ line: line - 1, character: column - 1 });
  return { uri: pathToFileURL(file).href, range: { start: position(start), end: position(end) } };
}

function chosen(candidates: readonly Candidate[], wanted: string | null): Candidate {
  const named = candidates.filter(
    ({ name, driver }) => wanted === null || name === wanted || driver.ops.name === wanted,
  );
  const [first, ...others] = named;
  if (first !== undefined && others.length === 0) {
    return first;
  }
  const names = candidates.map(({ driver }) => driver.ops.name);
  throw new CommandLineError(
    first === undefined
      ? `no driver "${wanted}" there (${names.join(', ')})${didYouMean(wanted ?? '', names)}`
      : `several drivers there; choose one with --driver (${names.join(', ')})`,
  );
}

function withFlags(name: string, machines: readonly MachineDescription[], wanted: string | null): MachineDescription {
  const [richest] = machines;
  if (richest === undefined) {
    throw new CommandLineError(`${name} sets no migration_flags that could be found, so its machine is not known`);
  }
  if (wanted === null) {
    return richest;
  }
  const flags = flagSetText(flagsIn(wanted));
  const found = machines.find((machine) => flagSetText(machine.flags) === flags);
  if (found === undefined) {
    const sets = machines.map((machine) => flagSetText(machine.flags).replaceAll(' ', ''));
    throw new CommandLineError(`${name} never declares ${flags.replaceAll(' ', '')} (${sets.join(', ')})`);
  }
  return found;
}
