import type { Arc, Errno, FlagSet } from '../uapi';

/**
 * Where a failed arc leaves the device: in the state it was in, in the one it was on its way to (a driver that updates its
 * state too early), or in ERROR.
 */
export type Leaves = 'state' | 'next' | 'ERROR';

/**
 * What a driver makes of an arc.
 * - `success`: `file` says whether it hands out what the contract asks for, NULL although a new file is due, or a new file
 *   although none is.
 * - `failure`: `leaves` null: as the driver's traits say.
 * - `missing`: the driver does not know the arc, so it answers this errno (-EINVAL normally) and changes nothing.
 */
export type ArcOutcome =
  | { readonly kind: 'success'; readonly file: 'as-due' | 'null' | 'new-file' }
  | { readonly kind: 'failure'; readonly errno: Errno; readonly leaves: Leaves | null }
  | { readonly kind: 'missing'; readonly errno: Errno };

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
