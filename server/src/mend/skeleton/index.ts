import type { FlagSet, ProfileId } from '../../uapi';
import { flags as allFlags, flagSet, flagSetText, profileOf } from '../../uapi';
import { armsFor } from './arms';
import {
  container,
  entries,
  hardware,
  operations,
  prototypes,
  registration,
  step,
  structs,
  unlockDeclaration,
} from './device';
import { fileOperations, precopyIoctl, resumingFile, savingFile, savingPoll, sessions } from './files';

/** What a skeleton is made for. */
export interface SkeletonRequest {
  readonly flags: FlagSet;
  /** What all names begin with. */
  readonly name: string;
  readonly profile: ProfileId;
  /** `driver`: with device ops, probe and module; `part`: the migration alone, for a driver that has these. */
  readonly scope: 'driver' | 'part';
}

/** The C text, or why there is none, in one sentence. */
export type Skeleton = { readonly text: string } | { readonly problem: string };

/** A new driver, or its migration part, that handles exactly the arcs that the flags require. */
export function skeletonFor({ flags, name, profile, scope }: SkeletonRequest): Skeleton {
  const { title, opsType, precopyInfo, precopyInfoV2, mandatoryOps, flags: known } = profileOf(profile);
  const unknown = flags.filter((flag) => !known.includes(flag));
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name)) {
    return {
      problem: `"${name}" can not begin the names of a driver: lower case letters, digits and _ make up to 31 characters, a letter first.`,
    };
  }
  if (!flags.includes('STOP_COPY'))
    return { problem: 'Without STOP_COPY there is no migration; every flag set has it.' };
  if (unknown.length > 0) return { problem: `${title} has no ${flagSetText(flagSet(unknown))}.` };
  if (opsType !== 'vfio_migration_ops') {
    return {
      problem: `${title} keeps the migration ops in struct vfio_device_ops; skeletons are for Linux 6.0 and later.`,
    };
  }
  const p2p = flags.includes('P2P');
  const precopy = flags.includes('PRE_COPY') && precopyInfo !== null;
  const declared = allFlags
    .filter((flag) => flags.includes(flag.name))
    .map(({ constant }) => constant)
    .join(' |\n\t\t\t\t');
  const isPart = scope === 'part';
  const parts = [
    head(precopy),
    structs(name, precopy),
    ...(isPart ? [prototypes(name)] : []),
    hardware(name, p2p),
    container(name),
    ...(precopy ? [unlockDeclaration(name)] : []),
    savingFile(name, precopy),
    ...(precopy ? [savingPoll(name), precopyIoctl(name, precopyInfoV2, p2p)] : []),
    resumingFile(name),
    fileOperations(name, precopy),
    sessions(name, precopy),
    step(name, armsFor(flags, name)),
    operations(name, mandatoryOps.includes('migration_get_data_size')),
    entries(name, declared, isPart ? '' : 'static '),
    ...(isPart ? [] : [registration(name)]),
  ];
  return { text: `${parts.join('\n\n')}\n` };
}

function head(precopy: boolean): string {
  const headers = [
    'anon_inodes',
    'err',
    'file',
    'fs',
    'module',
    'mutex',
    'pci',
    ...(precopy ? ['poll'] : []),
    'slab',
    'spinlock',
    'uaccess',
    'vfio_pci_core',
    ...(precopy ? ['wait'] : []),
  ];
  return headers.map((header) => `#include <linux/${header}.h>`).join('\n');
}
