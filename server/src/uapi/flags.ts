import type { Doc } from './doc';

/** Every flag of VFIO_DEVICE_FEATURE_MIGRATION, in the order of its bit. */
export const flagNames = ['STOP_COPY', 'P2P', 'PRE_COPY'] as const;

/** A migration flag without its `VFIO_MIGRATION_` prefix. */
export type FlagName = (typeof flagNames)[number];

/**
 * What a device declares. Functions that return one keep the canonical order STOP_COPY, P2P, PRE_COPY without repetition;
 * functions that take one accept any order. A set without STOP_COPY is no legal declaration: it allows no state at all,
 * as in the kernel, so nothing can be requested, required or migrated with it.
 */
export type FlagSet = readonly FlagName[];

export interface Flag {
  readonly name: FlagName;
  /** The name in the kernel's header. */
  readonly constant: string;
  readonly bit: number;
  readonly doc: Doc;
}

const source = 'include/uapi/linux/vfio.h, struct vfio_device_feature_migration';

/** The flags in the order of their bits. */
export const flags: readonly Flag[] = [
  {
    name: 'STOP_COPY',
    constant: 'VFIO_MIGRATION_STOP_COPY',
    bit: 0,
    doc: {
      title: 'VFIO_MIGRATION_STOP_COPY',
      summary: 'The device can be stopped, saved and restored: the part of migration that every driver must offer.',
      details: [
        'It makes RUNNING, STOP, STOP_COPY and RESUMING available.',
        'No other flag has a meaning without it, and vfio-pci core refuses to register a device that has migration ops but not this flag.',
      ],
      source,
    },
  },
  {
    name: 'P2P',
    constant: 'VFIO_MIGRATION_P2P',
    bit: 1,
    doc: {
      title: 'VFIO_MIGRATION_P2P',
      summary: 'The device can stop starting peer-to-peer DMA while it otherwise keeps running.',
      details: [
        'It adds RUNNING_P2P and, together with PRE_COPY, PRE_COPY_P2P.',
        'With it the way from RUNNING to STOP leads through RUNNING_P2P, so that several devices of one VM can be quiesced in two steps without one of them still writing into another that has already stopped.',
      ],
      source,
    },
  },
  {
    name: 'PRE_COPY',
    constant: 'VFIO_MIGRATION_PRE_COPY',
    bit: 2,
    doc: {
      title: 'VFIO_MIGRATION_PRE_COPY',
      summary:
        'The device can stream state while it still runs, so that less is left for the time when the VM is paused.',
      details: [
        'It adds PRE_COPY and, together with P2P, PRE_COPY_P2P.',
        'From Linux 6.2 on a driver that declares it must answer VFIO_MIG_GET_PRECOPY_INFO on the saving data fd.',
      ],
      source,
    },
  },
];

/** The given flags in canonical order, without repetition. Names that are no flags are dropped. */
export function flagSet(names: Iterable<string>): FlagSet {
  const wanted = new Set(names);
  return flagNames.filter((name) => wanted.has(name));
}

/** The value of `migration_flags` that declares the set. */
export function bitsOf(set: FlagSet): bigint {
  return flags.reduce((bits, flag) => (set.includes(flag.name) ? bits | (1n << BigInt(flag.bit)) : bits), 0n);
}

/**
 * Reads a value of `migration_flags`.
 * `unknownBits` holds the bits that are none of `known` (default: every flag); a negative value is read as 64 bits.
 */
export function flagsOfBits(value: bigint, known: FlagSet = flagNames): { flags: FlagSet; unknownBits: bigint } {
  const bits = BigInt.asUintN(64, value);
  const found = flags.filter((flag) => known.includes(flag.name) && (bits >> BigInt(flag.bit)) & 1n);
  const names = found.map((flag) => flag.name);
  return { flags: names, unknownBits: bits & ~bitsOf(names) };
}

/** "STOP_COPY | P2P", or "0" for the empty set. */
export function flagSetText(set: FlagSet): string {
  return flagSet(set).join(' | ') || '0';
}
