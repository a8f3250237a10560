import type { Arc, FlagSet } from '../uapi';
import type { Errno } from './errno';

/**
 * What a driver makes of an arc. `leaves` says where a failure leaves the device; null: as the driver's traits say.
 * `missing`: the driver does not know the arc, so it answers -EINVAL and changes nothing.
 */
export type ArcOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure'; readonly errno: Errno; readonly leaves: 'state' | 'ERROR' | null }
  | { readonly kind: 'missing' };

/** The state machine of a driver: the flags that it declares and what it makes of each arc. Both never change. */
export interface Machine {
  readonly flags: FlagSet;
  outcomeOf(arc: Arc): ArcOutcome;
}

const success: ArcOutcome = { kind: 'success' };

/** The machine that the protocol asks for: every arc succeeds that the kernel can ask for with these flags. */
export function referenceMachine(flags: FlagSet): Machine {
  return { flags, outcomeOf: () => success };
}
