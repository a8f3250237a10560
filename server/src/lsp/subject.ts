import type { Arc, FlagName, StateName } from '../uapi';
import { flags, requiredArcs, sameArc, states } from '../uapi';
import { arcsAt } from './arcPlaces';
import type { CheckedDriver } from './checkedDriver';
import type { Word } from './words';

/** The arcs that the name under the cursor stands for in one driver, and what it is. */
export interface Subject {
  /** `place`: a condition, call or return that takes part in the arcs; else the constant of a state or flag elsewhere. */
  readonly kind: 'place' | 'state' | 'flag';
  readonly arcs: readonly Arc[];
}

/** null for a name that has to do with no arc. */
export function subjectAt(known: CheckedDriver, path: string, text: string, word: Word): Subject | null {
  const flag = flags.find((each) => each.constant === word.text);
  if (flag !== undefined) return { kind: 'flag', arcs: owedFor(declaredWith(known, flag.name), flag.name) };
  const arcs = arcsAt(known, path, text, word.span.start);
  if (arcs.length > 0) return { kind: 'place', arcs };
  const state = states.find((each) => each.constant === word.text);
  return state === undefined ? null : { kind: 'state', arcs: enteringArcs(known, state.name) };
}

/** The richest set of flags that the driver declares and that has the flag; empty when there is none. */
export function declaredWith({ driver }: CheckedDriver, flag: FlagName): readonly FlagName[] {
  return driver.flagSets.find((set) => set.flags.includes(flag))?.flags ?? [];
}

/** The arcs that nobody would ask for without the flag. */
export function owedFor(declared: readonly FlagName[], flag: FlagName): readonly Arc[] {
  const without = requiredArcs(declared.filter((each) => each !== flag));
  return requiredArcs(declared).filter((arc) => !without.some((other) => sameArc(arc, other)));
}

function enteringArcs({ driver }: CheckedDriver, state: StateName): readonly Arc[] {
  return driver.arcs.filter((arc) => arc.to === state && (arc.required || arc.status !== 'rejected'));
}
