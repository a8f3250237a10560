import type { CModule } from '../c/module';
import type { NotDriver } from './discover';
import { findOps } from './discover';
import { driverModel } from './driver';
import type { DriverModel, ProfileChoice } from './model';
import { Signatures, SummaryCache } from './summaries';

export { errnoName } from './constants';
export type { NotDriver } from './discover';
export type * from './model';
export { SummaryCache } from './summaries';

export interface Analysis {
  readonly drivers: readonly DriverModel[];
  readonly notDrivers: readonly NotDriver[];
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
  const signatures = new Signatures(module, cache);
  return {
    drivers: found.map((ops) => driverModel(module, ops, found.length, options.profile, cache, signatures)),
    notDrivers,
  };
}
