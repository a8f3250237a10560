import { analyse } from '../analysis';
import type { ProfileChoice } from '../analysis/model';
import type { CModule } from '../c/module';
import { rules } from '../rules';
import type { CheckConfig, Report } from './report';

/** Nothing set: the tree's profile and every rule at its own severity. */
export const defaultConfig: CheckConfig = { profile: null, rules: {} };

/**
 * Everything that is to say about one module. Pure: does no I/O and does not throw on any C.
 * `profile` is the module's (see profileFor); `config.rules` changes severities or turns rules off.
 */
export function checkModule(module: CModule, profile: ProfileChoice, config: CheckConfig = defaultConfig): Report {
  const { drivers, notDrivers } = analyse(module, { profile });
  const reports = drivers.map((driver) => ({
    driver,
    findings: rules
      .filter((rule) => config.rules[rule.id] !== 'off')
      .flatMap((rule) => rule.check({ driver, module })),
  }));
  return { drivers: reports, findings: [], notDrivers, suppressed: [] };
}
