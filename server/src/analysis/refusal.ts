import { isRefusalName } from './constants';
import type { ErrorOutcome, Outcome } from './model';

/**
 * Of all errors of a rejected pair the one that refuses it, rather than one that comes from what is done before; null when
 * none of the outcomes is an error.
 */
export function refusalAmong(outcomes: readonly Outcome[]): ErrorOutcome | null {
  const errors = outcomes.filter((outcome) => outcome.kind === 'error');
  const own = errors.filter(({ failedCall }) => failedCall === null);
  const says = own.filter(({ errno }) => errno !== null && isRefusalName(errno));
  return says[0] ?? own[0] ?? errors[0] ?? null;
}
