import type { Expr } from '../c/ir';
import { printType } from '../c/print';
import type { Functions } from './functions';
import type { ToldStep } from './trail';
import type { Site } from './value';

interface Return {
  readonly site: Site;
  readonly depth: number;
  /** True when it returned the constant. */
  readonly isOfConstant: boolean;
  readonly type: string;
}

/**
 * Where a constant that set_state returns was settled, of the steps that led there: constants of one number can not be told
 * apart, so the result is followed from set_state's own return inwards, through functions of its type that hand it on, to the
 * return in whose text it is written. null when nothing was returned.
 */
export function settledAt(steps: readonly ToldStep[], id: string, functions: Functions): Site | null {
  const returns = steps.flatMap(({ step, depth, inner }): readonly Return[] => {
    if (step.k !== 'return') return [];
    const type = printType(functions.declOf(step.site.fn)?.ir().returns);
    return [{ site: step.site, depth, isOfConstant: step.value.id === inner(id), type }];
  });
  let at = returns.length - 1;
  for (let next = at; next >= 0; next = handedOnBy(returns, at, functions)) at = next;
  return returns[at]?.site ?? null;
}

/** The index of the return of a called function that a return hands on; -1 when it hands none on. */
function handedOnBy(returns: readonly Return[], index: number, functions: Functions): number {
  const outer = returns[index];
  if (outer === undefined || !isOfLocal(outer.site, functions)) return -1;
  // What lies deeper happened in calls of this very run of the function; further back is another one.
  const begin = returns.findLastIndex(({ depth }, at) => at < index && depth <= outer.depth) + 1;
  const lastOf = (isType: (type: string) => boolean): number =>
    returns.findLastIndex(
      ({ depth, isOfConstant, type }, at) =>
        begin <= at && at < index && depth === outer.depth + 1 && isOfConstant && isType(type),
    );
  const same = lastOf((type) => type === outer.type);
  // A set_state whose steps return a number makes its result of theirs.
  return same >= 0 || outer.depth > 0 ? same : lastOf((type) => type !== 'void');
}

/** True for a return of a variable or of a call's result: nothing is written there. */
function isOfLocal({ fn, span }: Site, functions: Functions): boolean {
  return (functions.declOf(fn)?.ir().blocks ?? []).some(
    ({ terminator }) =>
      terminator.k === 'return' &&
      terminator.span.start === span.start &&
      terminator.value !== null &&
      isLocal(terminator.value),
  );
}

function isLocal(expr: Expr): boolean {
  return expr.k === 'cast' ? isLocal(expr.arg) : expr.k === 'load' && expr.place.k === 'local';
}
