import type { DriverModel, MissingArc } from '../analysis/model';
import { requiredArcs } from '../uapi';

/** How many of the arcs that the richest flag set requires the driver handles in every case. */
export interface Coverage {
  readonly required: number;
  readonly handled: number;
  readonly undecided: number;
}

/** null when the flags are not known, and so neither what is required. */
export function coverageOf(driver: DriverModel): Coverage | null {
  const richest = driver.flagSets[0];
  if (richest === undefined) {
    return null;
  }
  const required = requiredArcs(richest.flags).length;
  const missing = driver.missing.filter((arc) => arc.flagSets.includes(0)).length;
  const undecided = driver.arcs.filter((arc) => arc.required && arc.perFlagSet[0]?.status === 'undecided').length;
  return { required, handled: required - missing - undecided, undecided };
}

/** The arcs that reports call missing: rejected in every case, not only under a condition that the flags do not share. */
export function alwaysMissing(driver: DriverModel): readonly MissingArc[] {
  return driver.missing.filter((arc) => arc.always);
}
