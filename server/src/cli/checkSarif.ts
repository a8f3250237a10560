import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { ruleInfos, ruleMarkdown } from '../check';
import type { Finding, Severity } from '../rules/rule';
import type { CheckRenderer } from './check';
import { placeIn, shownPath } from './display';
import type { Platform } from './platform';
import { ruleText } from './ruleText';

const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
const levelOf: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'note' };

/** SARIF 2.1.0 as GitHub code scanning takes it: relative paths, help text for every rule, stable fingerprints. */
export function renderSarif(platform: Platform): CheckRenderer {
  const results: unknown[] = [];
  const fingerprints = new Map<string, number>();
  return {
    module(shown) {
      for (const finding of shown.findings) {
        results.push(result(finding, shown.module, platform.cwd, fingerprints, null));
      }
      for (const { finding, reason } of shown.suppressed) {
        results.push(result(finding, shown.module, platform.cwd, fingerprints, reason));
      }
    },
    end() {
      const driver = {
        name: 'vfio-arcs',
        semanticVersion: platform.version,
        rules: ruleInfos.map((rule) => ({
          id: rule.id,
          name: pascalCase(rule.id),
          shortDescription: { text: rule.summary },
          fullDescription: { text: rule.docs.whatItFinds },
          help: { text: ruleText(rule), markdown: ruleMarkdown(rule) },
          defaultConfiguration: { level: levelOf[rule.severity] },
          properties: {
            tags: ['vfio', 'live-migration'],
            precision: 'high',
            'problem.severity': problemSeverity(rule.severity),
          },
        })),
      };
      const run = {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { uri: `${pathToFileURL(platform.cwd).href}/`.replace(/\/+$/, '/') } },
        results,
      };
      platform.stdout.write(`${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, null, 2)}\n`);
    },
  };
}

function result(
  finding: Finding,
  module: CModule,
  cwd: string,
  given: Map<string, number>,
  allowed: string | null,
): unknown {
  return {
    ruleId: finding.rule,
    ruleIndex: ruleInfos.findIndex((rule) => rule.id === finding.rule),
    level: levelOf[finding.severity],
    message: { text: finding.message },
    locations: [physical(module, finding.location, cwd)],
    relatedLocations: finding.related.map((each, id) => ({
      id,
      message: { text: each.message },
      ...physical(module, each.location, cwd),
    })),
    partialFingerprints: { 'vfioArcsFinding/v1': fingerprint(finding, module, cwd, given) },
    ...(allowed === null ? {} : { suppressions: [{ kind: 'inSource', justification: allowed }] }),
  };
}

function physical(module: CModule, location: Location, cwd: string): { readonly physicalLocation: unknown } {
  const { file, start, end } = placeIn(module, location);
  const region = { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
  return { physicalLocation: { artifactLocation: artifact(file, cwd), region } };
}

/** Paths below the working folder are relative to it; others can only be absolute. */
function artifact(file: string, cwd: string): unknown {
  const shown = shownPath(cwd, file);
  if (shown.startsWith('../') || shown.startsWith('/')) {
    return { uri: pathToFileURL(file).href };
  }
  return { uri: shown.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

/**
 * What makes a finding the same one after edits elsewhere: rule, file, what the rule calls it and the source line's words, not
 * its number. Equal ones are numbered.
 */
function fingerprint(finding: Finding, module: CModule, cwd: string, given: Map<string, number>): string {
  const { file, source } = placeIn(module, finding.location);
  const words = source.trim().replace(/\s+/g, ' ');
  const parts = [finding.rule, shownPath(cwd, file), finding.key, words].join('\n');
  const hash = createHash('sha256').update(parts).digest('hex').slice(0, 32);
  const number = (given.get(hash) ?? 0) + 1;
  given.set(hash, number);
  return `${hash}:${number}`;
}

function problemSeverity(severity: Severity): string {
  return severity === 'hint' ? 'recommendation' : severity;
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
