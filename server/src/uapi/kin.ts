import type { Arc } from './arcs';
import { contractOf, endsSession, sameArc } from './arcs';
import type { StateName } from './states';
import { stateOf } from './states';

/**
 * True when what a driver does on `other` is, as far as the protocol tells, what it has to do on `arc`: the same change of
 * what the device may do, and the same opening or closing of a session. Closing a saving session is the same in every state,
 * opening one in every state in which the device runs; an arc on which a session goes on may touch that session, and so is no
 * model for one without.
 */
export function sharesWork(arc: Arc, other: Arc): boolean {
  if (sameArc(arc, other) || contractOf(arc) !== contractOf(other)) return false;
  if (endsSession(arc) || endsSession(other)) {
    return endsSession(arc) && endsSession(other) && stateOf(arc.from)?.session === stateOf(other.from)?.session;
  }
  if (contractOf(arc) === 'new-read-fd') return isStopped(arc.from) === isStopped(other.from);
  const sameChange = activityIn(arc.from) === activityIn(other.from) && activityIn(arc.to) === activityIn(other.to);
  return sameChange && (goesOn(arc) || !goesOn(other));
}

function isStopped(state: StateName): boolean {
  return activityIn(state) === 'nothing';
}

/** True when the arc begins and ends within one data session. */
function goesOn({ from, to }: Arc): boolean {
  const session = stateOf(from)?.session;
  return session !== 'none' && session === stateOf(to)?.session;
}

/** How much a device may do in a state. */
function activityIn(state: StateName): 'all' | 'no peer-to-peer DMA' | 'nothing' {
  switch (state) {
    case 'RUNNING':
    case 'PRE_COPY':
      return 'all';
    case 'RUNNING_P2P':
    case 'PRE_COPY_P2P':
      return 'no peer-to-peer DMA';
    default:
      return 'nothing';
  }
}
