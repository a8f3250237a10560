import type { TraceStep } from '../wire';

/**
 * What two runs of the same events have in common at their beginning, and which steps of the second ended otherwise: lines that
 * only moved are no change.
 */
export function changesBetween(
  before: readonly TraceStep[],
  after: readonly TraceStep[],
): { readonly from: number; readonly changed: readonly number[] } {
  const first = after.findIndex((step, index) => !isSame(step, before[index]));
  const from = first < 0 ? after.length : first;
  const changed = after.flatMap((step, index) => {
    const old = before[index];
    const same =
      index < from || (old !== undefined && isSame(step.event, old.event) && isSame(step.effects, old.effects));
    return same ? [] : [index];
  });
  return { from, changed };
}

/** Whether two values are the same JSON. Long runs share many of their parts, so the same object is looked at first. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (!isObject(a) || !isObject(b)) {
    return false;
  }
  let left = 0;
  for (const key in a) {
    if (!isSame(a[key], b[key])) {
      return false;
    }
    left++;
  }
  for (const _key in b) {
    left--;
  }
  return left === 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
