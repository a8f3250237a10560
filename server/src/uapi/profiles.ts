import type { Doc } from './doc';
import type { FlagSet } from './flags';
import type { StateName } from './states';
import { statesFor } from './states';

/** The generations of the protocol, oldest first, named by the first kernel release (or the patch series). */
export const profileIds = ['patch-v7', '5.18', '6.0', '6.2', '7.1'] as const;

export type ProfileId = (typeof profileIds)[number];

/** A callback of the driver that the core calls for migration. */
export type OpName = 'migration_set_state' | 'migration_get_state' | 'migration_get_data_size';

/** What one generation of kernels asks of a migration driver. */
export interface Profile {
  readonly id: ProfileId;
  /** For menus and reports: "Linux 6.2 to 7.0". */
  readonly title: string;
  /** The flags that the generation's header defines. */
  readonly flags: FlagSet;
  /** The states that can be requested, in the order of their values, so without ERROR. */
  readonly states: readonly StateName[];
  /** The struct that holds the migration ops. */
  readonly opsType: 'vfio_device_ops' | 'vfio_migration_ops';
  /** The ops without which migration is not offered or the device is not registered. */
  readonly mandatoryOps: readonly OpName[];
  /** Null where VFIO_MIG_GET_PRECOPY_INFO does not exist. `mandatory`: for drivers that declare PRE_COPY. */
  readonly precopyInfo: { readonly validIn: readonly StateName[]; readonly mandatory: boolean } | null;
  /** Whether VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2 and vfio_check_precopy_ioctl() exist. */
  readonly precopyInfoV2: boolean;
  readonly doc: Doc;
}

const stateOps: readonly OpName[] = ['migration_set_state', 'migration_get_state'];
const allOps: readonly OpName[] = [...stateOps, 'migration_get_data_size'];
const withoutPrecopy: FlagSet = ['STOP_COPY', 'P2P'];
const everyFlag: FlagSet = ['STOP_COPY', 'P2P', 'PRE_COPY'];
const precopyStates: readonly StateName[] = ['PRE_COPY', 'PRE_COPY_P2P'];

function profile(
  facts: Omit<Profile, 'states' | 'doc'>,
  doc: { readonly summary: string; readonly details: readonly string[]; readonly source: string },
): Profile {
  return { ...facts, states: statesFor(facts.flags), doc: { title: facts.title, ...doc } };
}

/** Oldest first, newest last. */
export const profiles: readonly [Profile, ...Profile[]] = [
  profile(
    {
      id: 'patch-v7',
      title: 'PRE_COPY patch series v7 (2022)',
      flags: everyFlag,
      opsType: 'vfio_device_ops',
      mandatoryOps: stateOps,
      precopyInfo: { validIn: ['PRE_COPY'], mandatory: false },
      precopyInfoV2: false,
    },
    {
      summary: 'The proposal that brought PRE_COPY, as posted in early 2022 and before any kernel had it.',
      details: [
        'VFIO_MIG_GET_PRECOPY_INFO is optional here, and valid in PRE_COPY only.',
        'initial_bytes and dirty_bytes together should tell the size of what an immediate STOP_COPY would stream.',
      ],
      source: 'the patch "vfio: Extend the device migration protocol with PRE_COPY", version 7',
    },
  ),
  profile(
    {
      id: '5.18',
      title: 'Linux 5.18 and 5.19',
      flags: withoutPrecopy,
      opsType: 'vfio_device_ops',
      mandatoryOps: stateOps,
      precopyInfo: null,
      precopyInfoV2: false,
    },
    {
      summary: 'The first release of the second protocol: no PRE_COPY, and the ops are members of vfio_device_ops.',
      details: [
        'Older kernels have the first protocol, with bits instead of states, which is another thing altogether.',
      ],
      source: 'include/linux/vfio.h, struct vfio_device_ops (Linux 5.18)',
    },
  ),
  profile(
    {
      id: '6.0',
      title: 'Linux 6.0 and 6.1',
      flags: withoutPrecopy,
      opsType: 'vfio_migration_ops',
      mandatoryOps: stateOps,
      precopyInfo: null,
      precopyInfoV2: false,
    },
    {
      summary: 'Still without PRE_COPY; the ops moved into a struct vfio_migration_ops of their own.',
      details: ['Linux 6.1 added the DMA logging features.'],
      source: 'include/linux/vfio.h, struct vfio_migration_ops (Linux 6.1)',
    },
  ),
  profile(
    {
      id: '6.2',
      title: 'Linux 6.2 to 7.0',
      flags: everyFlag,
      opsType: 'vfio_migration_ops',
      mandatoryOps: allOps,
      precopyInfo: { validIn: precopyStates, mandatory: true },
      precopyInfoV2: false,
    },
    {
      summary:
        'PRE_COPY exists; migration_get_data_size is mandatory, and so is VFIO_MIG_GET_PRECOPY_INFO with PRE_COPY.',
      details: [
        'The vfio-pci core refuses to register a device whose migration ops lack one of the three callbacks or whose flags lack STOP_COPY.',
        'initial_bytes and dirty_bytes need no longer have a relation to the size of STOP_COPY.',
      ],
      source:
        'include/uapi/linux/vfio.h and drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device() (Linux 6.12)',
    },
  ),
  profile(
    {
      id: '7.1',
      title: 'Linux 7.1 and later',
      flags: everyFlag,
      opsType: 'vfio_migration_ops',
      mandatoryOps: allOps,
      precopyInfo: { validIn: precopyStates, mandatory: true },
      precopyInfoV2: true,
    },
    {
      summary: 'As 6.2, with version 2 of the pre-copy information and a helper of the core that checks its ioctl.',
      details: [
        'A user may opt in to VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2, after which the output flags of VFIO_MIG_GET_PRECOPY_INFO have a meaning.',
      ],
      source: 'include/uapi/linux/vfio.h and include/linux/vfio.h (Linux 7.3)',
    },
  ),
];

/** What holds for a driver when nothing tells which kernel it is for. */
export const newestProfile: Profile = profiles[profiles.length - 1] ?? profiles[0];

/** True for the id of a profile. */
export function isProfileId(text: string): text is ProfileId {
  return profiles.some((each) => each.id === text);
}

/** The profile with that id. */
export function profileOf(id: ProfileId): Profile {
  return profiles.find((each) => each.id === id) ?? newestProfile;
}

/** The flag sets that a driver of the generation may declare: STOP_COPY alone first, the richest last. */
export function validFlagSets(id: ProfileId): readonly FlagSet[] {
  const sets: FlagSet[] = [['STOP_COPY']];
  for (const flag of profileOf(id).flags.filter((each) => each !== 'STOP_COPY')) {
    sets.push(...sets.map((set) => [...set, flag]));
  }
  return sets;
}
