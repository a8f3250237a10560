import type { DriverModel } from '../analysis/model';
import type { Arc, FlagName, FlagSet } from '../uapi';
import { bitsOf, flagSetText, requiredArcs, sameArc, validFlagSets } from '../uapi';
import { exampleDriver } from './example';
import { arcList, arcOf, finding, flagConstant, isByDefault, isHandled, placeOf } from './finding';
import type { Rule } from './rule';

const precopyArms = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_PRE_COPY)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_RUNNING) {
		demo_close_file(demo);
		return NULL;
	}
	if (cur == VFIO_DEVICE_STATE_PRE_COPY && new == VFIO_DEVICE_STATE_STOP_COPY)
		return demo_stop(demo) ? ERR_PTR(-EIO) : NULL;
`;

/** All arcs of a flag are handled and no path declares the flag. */
export const undeclaredFlag: Rule = {
  id: 'undeclared-flag',
  severity: 'warning',
  summary: 'all arcs of a flag are handled, but the flag is not declared',
  docs: {
    whatItFinds:
      'A flag that no path through the driver declares, while the driver handles every arc that declaring it would add.',
    whyItMatters:
      'User space is never told of the states, so that work that is there and tested is never used: a migration without pre-copy, for example.',
    example: exampleDriver({ arms: precopyArms }),
    fixed: exampleDriver({ arms: precopyArms, flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY' }),
    knownMisses: 'A flag of whose arcs one is missing, and flags that are declared outside of the module.',
    references: [
      'include/uapi/linux/vfio.h, struct vfio_device_feature_migration: "VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P means that RUNNING_P2P is supported in addition to the STOP_COPY states"',
    ],
  },
  check(context) {
    const { driver } = context;
    const group = undeclaredFlags(driver);
    const declared = driver.flagSets[0];
    if (group === null || declared === undefined) {
      return [];
    }
    const location = declared.locations[declared.locations.length - 1] ?? driver.ops.location;
    return group.flags.map((flag) => {
      const arcs = group.arcs.filter((arc) => needs(flag, arc, group.all));
      const first = arcs[0] === undefined ? undefined : arcOf(driver, arcs[0]);
      return finding(undeclaredFlag, {
        message: `${flagConstant(flag)} is not declared, but all its arcs are handled: ${arcList(arcs)}. User space can not use them; declare ${flagSetText(group.all)}.`,
        location,
        key: flag,
        related:
          first === undefined
            ? []
            : [{ message: 'the first of its arcs is handled here', location: placeOf(context, first) }],
      });
    });
  },
};

/** Flags that could be declared as they are: the largest flag set whose additional arcs are all handled. */
interface UndeclaredFlags {
  readonly flags: readonly FlagName[];
  readonly arcs: readonly Arc[];
  /** The flag set to declare. */
  readonly all: FlagSet;
}

function undeclaredFlags(driver: DriverModel): UndeclaredFlags | null {
  const declared = driver.flagSets.map((set) => set.flags);
  const richest = declared[0];
  if (richest === undefined || !richest.includes('STOP_COPY')) {
    return null;
  }
  const known = new Set(declared.flat());
  const asked = declared.flatMap((flags) => requiredArcs(flags));
  const larger = validFlagSets(driver.profile.id)
    .filter((set) => set.length > richest.length && richest.every((flag) => set.includes(flag)))
    .sort((a, b) => b.length - a.length || Number(bitsOf(a) - bitsOf(b)));
  for (const all of larger) {
    const flags = all.filter((flag) => !known.has(flag));
    const arcs = requiredArcs(all).filter((arc) => !asked.some((each) => sameArc(each, arc)));
    if (flags.length > 0 && arcs.length > 0 && arcs.every((arc) => isOwn(driver, arc))) {
      return { flags, arcs, all };
    }
  }
  return null;
}

/** True for an arc that undeclared-flag speaks of, so that no other rule calls it superfluous. */
export function isOfUndeclaredFlag(driver: DriverModel, arc: Arc): boolean {
  return undeclaredFlags(driver)?.arcs.some((each) => sameArc(each, arc)) ?? false;
}

function isOwn(driver: DriverModel, pair: Arc): boolean {
  const arc = arcOf(driver, pair);
  return arc !== undefined && isHandled(arc) && !isByDefault(driver, arc);
}

function needs(flag: FlagName, arc: Arc, all: FlagSet): boolean {
  return !requiredArcs(all.filter((each) => each !== flag)).some((each) => sameArc(each, arc));
}
