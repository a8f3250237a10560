import type { DeclaredFlags, DriverModel } from '../analysis/model';
import { flagSetText, flagsOfBits, profileOf } from '../uapi';
import { exampleDriver } from './example';
import { finding, flagList } from './finding';
import type { Rule } from './rule';

/** A flag set that the protocol does not define. */
export const invalidFlags: Rule = {
  id: 'invalid-flags',
  severity: 'error',
  summary: 'migration_flags has a value that the protocol does not define',
  docs: {
    whatItFinds:
      'A value of migration_flags with P2P or PRE_COPY but without STOP_COPY, or with bits that the kernel generation does not know.',
    whyItMatters:
      'STOP_COPY is mandatory: without it no state can be requested, and vfio-pci core does not register the device. Other bits promise user space something that has no meaning.',
    example: exampleDriver({ flags: 'VFIO_MIGRATION_P2P' }),
    fixed: exampleDriver(),
    knownMisses: 'A value of 0: a path that declares nothing is taken as one on which the device does not migrate.',
    references: [
      'include/uapi/linux/vfio.h, struct vfio_device_feature_migration: "Other combinations of flags have behavior to be defined in the future"',
      'drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device(): refuses migration ops without VFIO_MIGRATION_STOP_COPY',
    ],
  },
  check({ driver }) {
    return driver.flagSets.flatMap((set) =>
      faultsOf(driver, set).map(({ key, message }) =>
        finding(invalidFlags, {
          message,
          location: set.locations[set.locations.length - 1] ?? driver.ops.location,
          key,
          related: set.locations
            .slice(0, -1)
            .map((location) => ({ message: 'a part of the flags is set here', location })),
        }),
      ),
    );
  },
};

function faultsOf(driver: DriverModel, set: DeclaredFlags): readonly { key: string; message: string }[] {
  const faults: { key: string; message: string }[] = [];
  const when = set.when === null ? '' : ` (${set.when})`;
  const profile = profileOf(driver.profile.id);
  if (set.flags.length > 0 && !set.flags.includes('STOP_COPY')) {
    const message = `${flagSetText(set.flags)} is declared without VFIO_MIGRATION_STOP_COPY${when}, which is mandatory: no state can be requested.`;
    faults.push({ key: `without STOP_COPY: ${flagSetText(set.flags)}`, message });
  }
  // The analysis keeps what the profile does not define as bits, though another generation may have a name for them.
  const { flags: named, unknownBits: nameless } = flagsOfBits(set.unknownBits);
  const foreign = [...named, ...set.flags.filter((flag) => !profile.flags.includes(flag))];
  if (foreign.length > 0) {
    const message = `${flagList(foreign)} ${foreign.length === 1 ? 'is' : 'are'} declared${when}, but ${profile.title} does not define ${foreign.length === 1 ? 'it' : 'them'}.`;
    faults.push({ key: `undefined: ${foreign.join(' ')}`, message });
  }
  if (nameless !== 0n) {
    const bits = `0x${nameless.toString(16)}`;
    const message = `The bits ${bits} are declared${when}, but ${profile.title} does not define them.`;
    faults.push({ key: `bits ${bits}`, message });
  }
  return faults;
}
