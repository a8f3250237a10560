import type { DriverModel } from '../analysis/model';
import type { CModule } from '../c/module';
import { coverageOf } from '../check';
import type { Finding } from '../rules/rule';
import type { Translate } from '../wire';
import type { ModuleState } from './modules';

/** A driver with what is known of it. */
export interface CheckedDriver {
  readonly module: ModuleState;
  readonly driver: DriverModel;
  readonly findings: readonly Finding[];
  /** The code that the model was made from. */
  readonly code: CModule;
}

/** The drivers of a module that was checked and does not rest. */
export function driversOf(module: ModuleState): readonly CheckedDriver[] {
  const { report, code } = module;
  if (report === null || code === null) return [];
  return report.drivers.map(({ driver, findings }) => ({ module, driver, findings, code }));
}

/** What a driver is called: its module's name, with the ops where the module has several. */
export function driverName({ module, driver }: CheckedDriver): string {
  return (module.report?.drivers.length ?? 0) > 1 ? `${module.name}: ${driver.ops.name}` : module.name;
}

/** "14 of 15 arcs · STOP_COPY|P2P|PRE_COPY" */
export function summaryOf({ driver }: CheckedDriver, t: Translate): string {
  const coverage = coverageOf(driver);
  const flags = driver.flagSets[0]?.flags.join('|');
  if (coverage === null || flags === undefined) return t('arcs unknown · no migration_flags found');
  const { required, handled, undecided } = coverage;
  const counts =
    undecided > 0
      ? t('{0} of {1} arcs, {2} undecided', handled, required, undecided)
      : t('{0} of {1} arcs', handled, required);
  return `${counts} · ${flags || t('no flags')}`;
}
