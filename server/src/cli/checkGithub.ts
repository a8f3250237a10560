import type { Severity } from '../rules/rule';
import type { CheckRenderer } from './check';
import { placeIn, shownPath } from './display';
import type { Platform } from './platform';

const commandOf: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'notice' };

/** Workflow commands of GitHub Actions, which become annotations in the pull request. */
export function renderGithub(platform: Platform): CheckRenderer {
  return {
    module({ module, findings }) {
      for (const finding of findings) {
        const { file, start, end } = placeIn(module, finding.location);
        const properties = {
          file: shownPath(platform.cwd, file),
          line: String(start.line),
          endLine: String(end.line),
          // Columns are shown only for places within one line.
          ...(start.line === end.line ? { col: String(start.column), endColumn: String(end.column) } : {}),
          title: finding.rule,
        };
        const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
        platform.stdout.write(`::${commandOf[finding.severity]} ${list.join(',')}::${escapeData(finding.message)}\n`);
      }
    },
    end() {},
  };
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
