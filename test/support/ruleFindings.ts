import assert from 'node:assert/strict';
import type { DriverModel } from '../../server/src/analysis/model';
import type { CModule } from '../../server/src/c/module';
import { ruleOf, rules } from '../../server/src/rules';
import type { Finding } from '../../server/src/rules/rule';
import { textModule } from './driverModel';

/** What one rule says of a driver. */
export function findings(id: string, driver: DriverModel, module: CModule = textModule()): readonly Finding[] {
  const rule = ruleOf(id);
  assert.ok(rule, `there is no rule ${id}`);
  return rule.check({ driver, module });
}

/** "rule key" of everything that all rules say of a driver. */
export function everything(driver: DriverModel): readonly string[] {
  return rules.flatMap((rule) => rule.check({ driver, module: textModule() })).map(({ rule, key }) => `${rule} ${key}`);
}

/** The one value of a list that must have one. */
export function only<T>(list: readonly T[]): T {
  assert.equal(list.length, 1);
  const [first] = list;
  assert.ok(first);
  return first;
}
