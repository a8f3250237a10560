import type { StateAfter } from '../../server/src/analysis/model';
import type { Arc } from '../../server/src/uapi';
import { valueOfState } from '../../server/src/uapi';

/** What the analysis calls the number that a driver that was run on an arc has as its state afterwards. */
export function stateAfter(value: number, { from, to }: Arc): StateAfter {
  if (value === valueOfState(to)) return 'new';
  if (value === valueOfState(from)) return 'old';
  return value === valueOfState('ERROR') ? 'ERROR' : 'other';
}
