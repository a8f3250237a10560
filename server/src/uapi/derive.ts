/**
 * The next state derived from what the uAPI says in prose, as an independent check of the table in `table.ts`.
 *
 * What the header gives (include/uapi/linux/vfio.h, enum vfio_device_mig_state):
 * - fifteen elementary arcs;
 * - a device without P2P behaves in a P2P state as in the same state without P2P: there the two are one;
 * - without PRE_COPY the arcs that touch a pre-copy state are gone;
 * - of several ways the shortest is taken, and none with a saving-group state in its interior.
 *
 * Read to the letter the last rule contradicts the table in one place: PRE_COPY reaches STOP_COPY through PRE_COPY_P2P,
 * although the way round through RUNNING, RUNNING_P2P and STOP has no saving state inside. What the rule protects is the
 * data session, which must be neither opened nor closed in passing. So it is applied as: between two states of the saving
 * group the way stays inside the group, any other way has no state of the group in its interior. Then the two blocked
 * transitions need no rule of their own, because no elementary arc leads from STOP_COPY to the rest of the group.
 *
 * No tie-break is needed: for every flag set and pair at most one shortest way is legal (held by a test). Should a future
 * state bring ties, the states' order decides, because arcs are searched in the order of `elementaryArcs`.
 */

import type { Arc } from './arcs';
import { sameArc } from './arcs';
import type { FlagSet } from './flags';
import type { StateName } from './states';
import { isAllowed, stateOf } from './states';

/** The arcs whose behaviour the uAPI specifies, ordered by the values of their states. Every other transition combines them. */
export const elementaryArcs: readonly Arc[] = [
  { from: 'STOP', to: 'STOP_COPY' },
  { from: 'STOP', to: 'RESUMING' },
  { from: 'STOP', to: 'RUNNING_P2P' },
  { from: 'RUNNING', to: 'RUNNING_P2P' },
  { from: 'RUNNING', to: 'PRE_COPY' },
  { from: 'STOP_COPY', to: 'STOP' },
  { from: 'RESUMING', to: 'STOP' },
  { from: 'RUNNING_P2P', to: 'STOP' },
  { from: 'RUNNING_P2P', to: 'RUNNING' },
  { from: 'RUNNING_P2P', to: 'PRE_COPY_P2P' },
  { from: 'PRE_COPY', to: 'RUNNING' },
  { from: 'PRE_COPY', to: 'PRE_COPY_P2P' },
  { from: 'PRE_COPY_P2P', to: 'STOP_COPY' },
  { from: 'PRE_COPY_P2P', to: 'RUNNING_P2P' },
  { from: 'PRE_COPY_P2P', to: 'PRE_COPY' },
];

/** The elementary arcs that are left for a device with these flags; empty for a flag set without STOP_COPY. */
export function deriveArcs(flags: FlagSet): readonly Arc[] {
  const arcs: Arc[] = [];
  for (const elementary of elementaryArcs) {
    const arc = { from: merged(flags, elementary.from), to: merged(flags, elementary.to) };
    const exists = isAllowed(flags, arc.from) && isAllowed(flags, arc.to) && arc.from !== arc.to;
    if (exists && !arcs.some((each) => sameArc(each, arc))) {
      arcs.push(arc);
    }
  }
  return arcs;
}

/**
 * Every shortest legal way between two states, each as the states after `from`, up to and with `to`.
 * Empty when a state is not allowed or no way is legal; one empty way when `from` is `to`.
 */
export function deriveWays(flags: FlagSet, from: StateName, to: StateName): readonly (readonly StateName[])[] {
  if (!isAllowed(flags, from) || !isAllowed(flags, to)) {
    return [];
  }
  const arcs = deriveArcs(flags);
  const staysInGroup = isSaving(from) && isSaving(to);
  let ways: readonly (readonly StateName[])[] = [[]];
  // A shortest way passes no state twice, so it can not have more steps than there are arcs.
  for (let length = 0; length <= arcs.length; length++) {
    const arrived = ways.filter((way) => lastOf(way, from) === to);
    if (arrived.length > 0) {
      return arrived;
    }
    ways = ways.flatMap((way) => {
      const at = lastOf(way, from);
      const onward = arcs.filter((arc) => arc.from === at && (arc.to === to || isSaving(arc.to) === staysInGroup));
      return onward.filter((arc) => arc.to !== from && !way.includes(arc.to)).map((arc) => [...way, arc.to]);
    });
  }
  return [];
}

/** The same question as `nextState` answers from the table, answered from the rules. */
export function deriveNextState(flags: FlagSet, cur: StateName, wanted: StateName): StateName | null {
  const way = deriveWays(flags, cur, wanted)[0];
  return way === undefined ? null : (way[0] ?? cur);
}

function merged(flags: FlagSet, state: StateName): StateName {
  if (flags.includes('P2P')) {
    return state;
  }
  return state === 'RUNNING_P2P' ? 'RUNNING' : state === 'PRE_COPY_P2P' ? 'PRE_COPY' : state;
}

function isSaving(state: StateName): boolean {
  return stateOf(state)?.savingGroup === true;
}

function lastOf(way: readonly StateName[], start: StateName): StateName {
  return way.at(-1) ?? start;
}
