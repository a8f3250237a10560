import { exactly, except, isComparison, rangeWhere } from './facts';
import type { State } from './state';
import type { Site, Value } from './value';

/** Adds a condition's outcome to what a path knows; false when it contradicts. */
export function assume(state: State, cond: Value, holds: boolean, site: Site): boolean {
  if (cond.k !== 'symbol') return cond.k === 'int' ? (cond.v !== 0n) === holds : holds;
  const because = { site, holds };
  if (cond.origin.k === 'term') {
    const [left, right] = cond.origin.args;
    if (cond.origin.op === '!' && left) return assume(state, left, !holds, site);
    if (isComparison(cond.origin.op) && left?.k === 'symbol' && right?.k === 'int') {
      return state.assume(left, rangeWhere(cond.origin.op, right.v, holds), because);
    }
  }
  return state.assume(cond, holds ? except(0n) : exactly(0n), because);
}
