import type { FlagSet } from './flags';
import type { StateName } from './states';
import { isAllowed, stateNames } from './states';
import { nextStateTable } from './table';

/**
 * What vfio_mig_get_next_state() answers: the next state on the way from `cur` to `wanted` for a device with these flags.
 * null where the kernel answers -EINVAL: either state is not one the device has, or the way is blocked.
 * `cur` itself when it is also the wanted one. States that the device lacks are skipped by looking again from there.
 */
export function nextState(flags: FlagSet, cur: StateName, wanted: StateName): StateName | null {
  if (!isAllowed(flags, cur) || !isAllowed(flags, wanted)) {
    return null;
  }
  let next = nextStateTable[cur][wanted];
  // Each look goes on from a state that was not seen before, so more looks than states can not be needed; ERROR ends
  // them at once, because the table leads from ERROR to ERROR for ever.
  for (let looks = 0; looks < stateNames.length && next !== 'ERROR'; looks++) {
    if (isAllowed(flags, next)) {
      return next;
    }
    next = nextStateTable[next][wanted];
  }
  return null;
}

/**
 * Every state that one request takes the device through: those after `from`, up to and with `to`.
 * Empty when `from` is `to`; null when the request is refused.
 */
export function pathOf(flags: FlagSet, from: StateName, to: StateName): StateName[] | null {
  if (!isAllowed(flags, from) || !isAllowed(flags, to)) {
    return null;
  }
  const path: StateName[] = [];
  let cur = from;
  while (cur !== to) {
    const next = nextState(flags, cur, to);
    if (next === null || path.includes(next)) {
      return null;
    }
    path.push(next);
    cur = next;
  }
  return path;
}
