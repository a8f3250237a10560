import { deviceOpsFor, profileFor } from '../check';
import { inEnglish, skeletonFor } from '../mend';
import { flagNames, isProfileId, parseFlag, profileIds } from '../uapi';
import type { OptionSpecs } from './args';
import { CommandLineError, parseCommandLine } from './args';
import { nodeFileSystem } from './files';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { didYouMean } from './suggest';

const options: OptionSpecs = {
  flags: { type: 'string' },
  name: { type: 'string' },
  part: { type: 'boolean' },
  profile: { type: 'string', oneOf: profileIds },
};

/** `skeleton --flags FLAGS --name NAME`: a new driver, or with `--part` its migration alone, on standard output. */
export async function runSkeleton(args: readonly string[], platform: Platform): Promise<number> {
  const line = parseCommandLine(args, options, { paths: false });
  const flags = (line.text('flags') ?? '').split(/[|,\s]+/).filter((text) => text !== '');
  const name = line.text('name');
  if (flags.length === 0) throw new CommandLineError('"--flags" is missing: such as --flags "STOP_COPY|P2P|PRE_COPY"');
  if (name === null) throw new CommandLineError('"--name" is missing: what all names of the driver begin with');
  const known = flags.map((text) => {
    const flag = parseFlag(text);
    if (flag === null) throw new CommandLineError(`there is no flag "${text}"${didYouMean(text, flagNames)}`);
    return flag;
  });
  const profile = line.text('profile') ?? '';
  const fs = nodeFileSystem();
  const { id } = await profileFor(fs, platform.cwd, isProfileId(profile) ? profile : null);
  const made = skeletonFor({
    flags: known,
    name,
    profile: id,
    scope: line.has('part') ? 'part' : 'driver',
    deviceOps: await deviceOpsFor(fs, platform.cwd, id),
  });
  if ('problem' in made) throw new CommandLineError(inEnglish(made.problem).replace(/\.$/, ''));
  platform.stdout.write(made.text);
  return exitCodes.clean;
}
