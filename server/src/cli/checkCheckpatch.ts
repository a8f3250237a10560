import type { Severity } from '../rules/rule';
import type { CheckRenderer } from './check';
import { placeIn, printable, shownPath } from './display';
import type { Platform } from './platform';

const levelOf: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', hint: 'CHECK' };

/** As `scripts/checkpatch.pl --show-types --file` of the kernel prints, for tools that read that. */
export function renderCheckpatch(platform: Platform): CheckRenderer {
  const totals: Record<Severity, number> = { error: 0, warning: 0, hint: 0 };
  return {
    module({ module, findings }) {
      for (const finding of findings) {
        const { file, start, source } = placeIn(module, finding.location);
        totals[finding.severity]++;
        const type = finding.rule.toUpperCase().replace(/-/g, '_');
        const path = printable(shownPath(platform.cwd, file));
        platform.stdout.write(
          `${levelOf[finding.severity]}:${type}: ${printable(finding.message)}\n#${start.line}: FILE: ${path}:${start.line}:\n+${printable(source)}\n\n`,
        );
      }
    },
    end() {
      platform.stdout.write(`total: ${totals.error} errors, ${totals.warning} warnings, ${totals.hint} checks\n`);
    },
  };
}
