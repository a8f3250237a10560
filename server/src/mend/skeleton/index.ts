import type { FlagSet, ProfileId } from '../../uapi';
import { flags as allFlags, flagSet, flagSetText, profileOf } from '../../uapi';
import type { Wording } from '../wording';
import { worded } from '../wording';
import { wrapped } from '../wrap';
import { armsFor } from './arms';
import { container, entries, hardware, operations, registration, step, structs } from './device';
import type { DeviceOps } from './deviceOps';
import { fileOperations, precopyIoctl, resumingFile, savingFile, savingPoll, sessions } from './files';

/** What a skeleton is made for. */
export interface SkeletonRequest {
  readonly flags: FlagSet;
  /** What all names begin with. */
  readonly name: string;
  readonly profile: ProfileId;
  /** `driver`: with device ops, probe and module; `part`: the migration alone, for a file that has these. */
  readonly scope: 'driver' | 'part';
  /** What the tree has that the driver comes to; null or left out when there is none. */
  readonly deviceOps?: DeviceOps | null;
}

/** The C text, or why there is none, in one sentence. */
export type Skeleton = { readonly text: string } | { readonly problem: Wording };

/** A new driver, or its migration part, that handles exactly the arcs that the flags require. */
export function skeletonFor({ flags, name, profile, scope, deviceOps = null }: SkeletonRequest): Skeleton {
  const { title, opsType, flags: known } = profileOf(profile);
  const unknown = flags.filter((flag) => !known.includes(flag));
  if (!/^[a-z][a-z0-9_]{0,23}$/.test(name)) {
    return {
      problem: worded(
        '"{0}" can not begin the names of a driver: lower case letters, digits and _ make up to 24 characters, a letter first.',
        name,
      ),
    };
  }
  if (!flags.includes('STOP_COPY'))
    return { problem: worded('Without STOP_COPY there is no migration; every flag set has it.') };
  if (unknown.length > 0) {
    return { problem: worded('There is no {0} in {1}.', flagSetText(flagSet(unknown)), title) };
  }
  if (opsType !== 'vfio_migration_ops') {
    return {
      problem: worded(
        'In {0} the migration ops are in struct vfio_device_ops; skeletons are for Linux 6.0 and later.',
        title,
      ),
    };
  }
  const request = { flags, name, profile, scope, deviceOps };
  const taken = kernelNameTaken(request);
  return taken === null
    ? { text: textOf(request) }
    : { problem: worded('"{0}" can not begin the names of a driver: the kernel has {1} already.', name, taken) };
}

/** A name that the text would define and that it has from the kernel as well; told by a text in which no name is like that. */
function kernelNameTaken(request: Required<SkeletonRequest>): string | null {
  const words = new Set(wordsOf(textOf({ ...request, name: 'zz9' })));
  const own = [...words].filter((word) => word.startsWith('zz9_'));
  return own.map((word) => word.replace('zz9', request.name)).find((word) => words.has(word)) ?? null;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

function textOf({ flags, name, profile, scope, deviceOps }: Required<SkeletonRequest>): string {
  const { precopyInfo, precopyInfoV2, mandatoryOps } = profileOf(profile);
  const p2p = flags.includes('P2P');
  const precopy = flags.includes('PRE_COPY') && precopyInfo !== null;
  const declared = allFlags.filter((flag) => flags.includes(flag.name)).map(({ constant }) => constant);
  const isPart = scope === 'part';
  const parts = [
    head(isPart, precopy),
    structs(name, precopy),
    hardware(name, p2p, precopy),
    container(name),
    savingFile(name, precopy),
    ...(precopy ? [savingPoll(name), precopyIoctl(name, precopyInfoV2)] : []),
    resumingFile(name),
    fileOperations(name, precopy),
    ...sessions(name, precopy, profile),
    step(name, armsFor(flags, name, precopy)),
    operations(name, mandatoryOps.includes('migration_get_data_size')),
    entries(name, declared),
    ...(isPart ? [] : [registration(name, profile, deviceOps)]),
  ];
  return wrapped(`${parts.join('\n\n')}\n`);
}

/** The licence of a kernel driver. In parts, because this project's own sources have another. */
const licence = `// ${'SPDX'}-License-Identifier: GPL-2.0-only`;

/** A part comes into a file that has its licence. */
function head(isPart: boolean, precopy: boolean): string {
  const headers = [
    'anon_inodes',
    'err',
    'file',
    'fs',
    'minmax',
    'module',
    'mutex',
    'pci',
    ...(precopy ? ['poll'] : []),
    'slab',
    'spinlock',
    'string',
    'types',
    'uaccess',
    'vfio_pci_core',
    ...(precopy ? ['wait'] : []),
  ];
  const includes = headers.map((header) => `#include <linux/${header}.h>`).join('\n');
  return isPart ? includes : `${licence}\n\n${includes}`;
}
