import type { CModule } from '../c/module';
import type { NotDriver } from './discover';
import { findOps } from './discover';
import { driverModel } from './driver';
import { Functions } from './functions';
import { defaultBudgets } from './machine';
import type { Statistics } from './meter';
import { Meter } from './meter';
import type { DriverModel, ProfileChoice } from './model';
import { SummaryCache } from './summaries';

export { errnoName } from './constants';
export type { NotDriver } from './discover';
export { defaultBudgets } from './machine';
export type { Statistics } from './meter';
export type * from './model';
export { refusalAmong } from './refusal';
export { SummaryCache } from './summaries';

export interface Analysis {
  readonly drivers: readonly DriverModel[];
  readonly notDrivers: readonly NotDriver[];
  /** What each of the drivers cost. */
  readonly statistics: readonly Statistics[];
}

export interface AnalyseOptions {
  readonly profile: ProfileChoice;
  /** Kept by the caller for a module that is analysed again and again: what an edit does not touch is not run anew. */
  readonly cache?: SummaryCache;
}

/** Finds the drivers of a module and executes each one's set_state for every pair of states. Cannot fail. */
export function analyse(module: CModule, options: AnalyseOptions): Analysis {
  const { found, notDrivers } = findOps(module);
  const cache = options.cache ?? new SummaryCache();
  const functions = new Functions(module, cache);
  const meters = found.map(() => new Meter(defaultBudgets.fuel, defaultBudgets.total));
  const drivers = found.map((ops, i) =>
    driverModel(module, ops, found.length, options.profile, cache, functions, meters[i] as Meter),
  );
  return { drivers, notDrivers, statistics: meters.map(({ evaluations, steps }) => ({ evaluations, steps })) };
}
