import { profileOf } from '../uapi';
import { exampleDriver } from './example';
import { finding } from './finding';
import type { Rule } from './rule';

/** A migration op that the profile's core requires is absent. */
export const missingMigrationOp: Rule = {
  id: 'missing-migration-op',
  severity: 'error',
  summary: 'a migration op that the core requires is absent',
  docs: {
    whatItFinds:
      'Migration ops without a callback that the core of the kernel generation requires: set_state and get_state, from Linux 6.2 on also get_data_size.',
    whyItMatters: 'vfio-pci core refuses to register the device, or calls a NULL pointer when user space asks.',
    example: exampleDriver({
      ops: '\t.migration_set_state = demo_set_state,\n\t.migration_get_state = demo_get_state,\n',
    }),
    fixed: exampleDriver(),
    knownMisses:
      'Ops that are filled in by code rather than by their initialiser are taken as the analysis finds them.',
    references: [
      'drivers/vfio/pci/vfio_pci_core.c, vfio_pci_core_register_device(): refuses migration ops that lack one of the three (from Linux 6.2 on)',
      'include/linux/vfio.h, struct vfio_migration_ops: "Optional callback to get the estimated data length that will be required to complete stop copy"',
    ],
  },
  check({ driver }) {
    const profile = profileOf(driver.profile.id);
    const present = new Set(
      driver.ops.members.filter(({ value }) => !/^(?:NULL|0)$/.test(value.trim())).map(({ name }) => name),
    );
    return profile.mandatoryOps
      .filter((op) => !present.has(op))
      .map((op) =>
        finding(missingMigrationOp, {
          message: `${driver.ops.name} has no .${op}, which ${profile.title} requires: the device is not registered or can not migrate.`,
          location: driver.ops.location,
          key: op,
        }),
      );
  },
};
