import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { alwaysMissing } from '../check';
import type { Finding } from '../rules/rule';
import { arcText } from '../uapi';
import type { CheckRenderer } from './check';
import { placeIn, shownPath } from './display';
import type { Platform } from './platform';

/** `vfio-arcs.check/1`, documented in README.md beside this file. */
export function renderJson(platform: Platform): CheckRenderer {
  const drivers: unknown[] = [];
  const findings: unknown[] = [];
  const suppressed: unknown[] = [];
  const locate = (module: CModule, location: Location) => {
    const { file, start, end } = placeIn(module, location);
    return {
      file: shownPath(platform.cwd, file),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  };
  const findingJson = (module: CModule, { rule, severity, message, key, tags, location, related }: Finding) => ({
    rule,
    severity,
    message,
    key,
    ...locate(module, location),
    tags,
    related: related.map((each) => ({ message: each.message, ...locate(module, each.location) })),
  });
  return {
    module(shown) {
      findings.push(...shown.findings.map((finding) => findingJson(shown.module, finding)));
      suppressed.push(
        ...shown.suppressed.map(({ finding, reason }) => ({ ...findingJson(shown.module, finding), reason })),
      );
      drivers.push(
        ...shown.drivers.map(({ driver }) => ({
          name: driver.ops.name,
          ...locate(shown.module, driver.ops.location),
          profile: driver.profile,
          flagSets: driver.flagSets.map(({ flags, when }) => ({ flags, when })),
          missing: alwaysMissing(driver).map(arcText),
          undecided: driver.arcs.filter((arc) => arc.required && arc.status === 'undecided').map(arcText),
        })),
      );
    },
    end() {
      platform.stdout.write(
        `${JSON.stringify({ schema: 'vfio-arcs.check/1', drivers, findings, suppressed }, null, 2)}\n`,
      );
    },
  };
}
