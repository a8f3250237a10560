import type { StateName } from './states';
import { stateOf } from './states';

/** One ordered pair of states: a step that a driver carries out, or a transition that a user asks for. */
export interface Arc {
  readonly from: StateName;
  readonly to: StateName;
}

/** What a successful arc hands to the core: a new fd to read from, a new fd to write to, or NULL. */
export type Contract = 'new-read-fd' | 'new-write-fd' | 'none';

/** "RUNNING -> PRE_COPY" */
export function arcText(arc: Arc): string {
  return `${arc.from} -> ${arc.to}`;
}

/** True when both name the same pair. */
export function sameArc(a: Arc, b: Arc): boolean {
  return a.from === b.from && a.to === b.to;
}

/** True for the two ways that the uAPI closes expressly: STOP_COPY to PRE_COPY and to PRE_COPY_P2P. */
export function isBlocked(arc: Arc): boolean {
  return arc.from === 'STOP_COPY' && (arc.to === 'PRE_COPY' || arc.to === 'PRE_COPY_P2P');
}

/**
 * What data_fd a successful arc brings. A new session starts when the arc enters RESUMING or enters the saving group from
 * outside; moving inside the group goes on with the open fd, so that the arc itself returns NULL. For a whole
 * user-visible transition the answer holds too: the file comes from its last arc.
 */
export function contractOf(arc: Arc): Contract {
  const before = stateOf(arc.from)?.session;
  const after = stateOf(arc.to)?.session;
  if (before === undefined || arc.from === 'ERROR' || isBlocked(arc) || before === after) {
    return 'none';
  }
  return after === 'saving' ? 'new-read-fd' : after === 'resuming' ? 'new-write-fd' : 'none';
}

/**
 * True when the arc ends the data session that is open in `from`: the driver must make its fd reach end of stream or an
 * error and drop its own reference. Reset and close end a session as well.
 */
export function endsSession(arc: Arc): boolean {
  const before = stateOf(arc.from)?.session;
  return before !== undefined && before !== 'none' && before !== stateOf(arc.to)?.session;
}
