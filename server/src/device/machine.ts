import type { Arc, Errno, FlagSet } from '../uapi';

/**
 * Where a failed arc leaves the device: in the state it was in, in the one it was on its way to (a driver that updates its
 * state too early), or in ERROR.
 */
export type Leaves = 'state' | 'next' | 'ERROR';

/** What a success hands out: what the contract asks for, or something else instead. `session-file`: that of the open session. */
export type HandedFile = 'as-due' | 'null' | 'new-file' | 'session-file';

/**
 * What a driver makes of an arc.
 * - `success`: `leaves` says where the device is then, `next` when left out. Anything else ends the SET, with success although
 *   the device is not where it was asked to go: the driver dropped an error, or forgot to update its state.
 * - `failure`: `leaves` null: as the driver's traits say.
 * - `missing`: the driver does not know the arc, so it answers this errno (-EINVAL normally). `leaves`: `state` when left out.
 */
export type ArcOutcome =
  | { readonly kind: 'success'; readonly file: HandedFile; readonly leaves?: Leaves }
  | { readonly kind: 'failure'; readonly errno: Errno; readonly leaves: Leaves | null }
  | { readonly kind: 'missing'; readonly errno: Errno; readonly leaves?: Leaves };

/** The state machine of a driver: the flags that it declares and what it makes of each arc. Both never change. */
export interface Machine {
  readonly flags: FlagSet;
  outcomeOf(arc: Arc): ArcOutcome;
}

const success: ArcOutcome = { kind: 'success', file: 'as-due' };

/** The machine that the protocol asks for: every arc succeeds that the kernel can ask for with these flags. */
export function referenceMachine(flags: FlagSet): Machine {
  return { flags, outcomeOf: () => success };
}
