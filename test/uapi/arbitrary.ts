import fc from 'fast-check';
import type { FlagSet, StateName } from '../../server/src/uapi';
import { flagNames, stateNames } from '../../server/src/uapi';

/** Every flag set that can be written down, legal or not: few enough to try them all. */
export const everyFlagSet: readonly FlagSet[] = Array.from({ length: 1 << flagNames.length }, (_, bits) =>
  flagNames.filter((_flag, bit) => (bits >> bit) & 1),
);

/** The flag sets that the protocol knows. */
export const legalFlagSets = everyFlagSet.filter((set) => set.includes('STOP_COPY'));

/** Every ordered pair of states, ERROR and equal ones too. */
export const everyPair: readonly { readonly from: StateName; readonly to: StateName }[] = stateNames.flatMap((from) =>
  stateNames.map((to) => ({ from, to })),
);

export const anyFlagSet = fc.constantFrom(...everyFlagSet);
export const anyState = fc.constantFrom(...stateNames);
export const anyArc = fc.record({ from: anyState, to: anyState });
