import type { DriverTraits, Known } from '../analysis';
import type { Location } from '../c/ir';
import type { Traits } from '../device';
import { recommendedTraits } from '../device';
import type { FaultSwitch, TraitSource, WireLocation } from '../wire';

/** The traits that a device runs with, and which of them the driver's text tells. */
export interface DescribedTraits {
  readonly traits: Traits;
  readonly traitSources: readonly TraitSource[];
}

type Told = { [K in keyof Traits]: readonly [trait: K, known: Known<Traits[K]> | null] }[keyof Traits];

/** What is known of the driver in place of the protocol's recommendation; the rest stays as recommended. */
export function describeTraits(
  driver: DriverTraits,
  faults: readonly FaultSwitch[],
  at: (location: Location) => WireLocation,
): DescribedTraits {
  const { countsDirty } = driver;
  const told: readonly Told[] = [
    ['temporaryEnd', driver.temporaryEnd],
    ['poll', driver.poll],
    ['seek', driver.seek],
    ['precopyInfo', driver.precopyInfo],
    ['initialBytes', countsDirty && { ...countsDirty, value: countsDirty.value ? 'first-pass' : 'all-unread' }],
    ['streamsDirty', countsDirty],
    ['dataSize', driver.dataSize],
    ['resumeCheck', driver.resumeCheck],
    ['startsLostSession', driver.startsLostSession],
    ['closeResetsState', driver.closeResetsState],
    ['resetResetsState', driver.resetResetsState],
    ['dmaLogging', driver.dmaLogging],
  ];
  const known = told.flatMap(([trait, each]) => (each === null ? [] : [{ trait, ...each }]));
  const leaves = failedArcLeaves(faults);
  return {
    traits: {
      ...recommendedTraits,
      ...Object.fromEntries(known.map(({ trait, value }) => [trait, value])),
      ...(leaves && { failedArcLeaves: leaves.value }),
    },
    traitSources: [
      ...known.map(({ trait, why, location }) => ({ trait, why, location: location && at(location) })),
      ...(leaves === null ? [] : [leaves.source]),
    ],
  };
}

/** Where every failing arc leaves the device, when that is the same for all. */
function failedArcLeaves(
  faults: readonly FaultSwitch[],
): { readonly value: Traits['failedArcLeaves']; readonly source: TraitSource } | null {
  const [first] = faults;
  if (first === undefined || first.leaves === null || first.leaves === 'next') return null;
  if (faults.some(({ leaves }) => leaves !== first.leaves)) return null;
  const why = first.leaves === 'ERROR' ? 'every arc that fails ends in ERROR' : 'no arc that fails changes the state';
  return {
    value: first.leaves,
    source: { trait: 'failedArcLeaves', why, location: first.location },
  };
}
