import type { CModule } from '../c/module';
import type { NotDriver } from './discover';
import { findOps } from './discover';
import { driverModel } from './driver';
import type { DriverModel, ProfileChoice } from './model';

export type * from './model';
export type { NotDriver } from './discover';
export { errnoName } from './constants';

export interface Analysis {
  readonly drivers: readonly DriverModel[];
  readonly notDrivers: readonly NotDriver[];
}

/** Finds the drivers of a module and executes each one's set_state for every pair of states. Cannot fail. */
export function analyse(module: CModule, options: { readonly profile: ProfileChoice }): Analysis {
  const { found, notDrivers } = findOps(module);
  return { drivers: found.map((ops) => driverModel(module, ops, found.length, options.profile)), notDrivers };
}
