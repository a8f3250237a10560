import type { CModule } from '../c/module';
import type { DriverReport } from '../check';
import { ruleInfos } from '../check';
import type { Finding, Severity } from '../rules/rule';
import { profileIds } from '../uapi';
import type { OptionSpecs } from './args';
import { CommandLineError, parseCommandLine } from './args';
import { renderCheckpatch } from './checkCheckpatch';
import { renderGithub } from './checkGithub';
import { renderJson } from './checkJson';
import { renderSarif } from './checkSarif';
import { renderText } from './checkText';
import type { CheckedModule, Trouble } from './collect';
import { checkPaths } from './collect';
import { Fixer } from './fix';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { didYouMean } from './suggest';

/** What is shown of one module: its findings after --rule and --min-severity. */
export interface ShownModule {
  readonly module: CModule;
  readonly drivers: readonly DriverReport[];
  /** All findings to show, in order; those of the drivers are among them. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly reason: string }[];
}

/** Writes a report, module by module, so that the first findings of a long scan are seen at once. */
export interface CheckRenderer {
  module(module: ShownModule): void;
  end(): void;
}

export const checkFormats = ['text', 'json', 'sarif', 'github', 'checkpatch'] as const;

const renderers: Readonly<Record<(typeof checkFormats)[number], (platform: Platform) => CheckRenderer>> = {
  text: renderText,
  json: renderJson,
  sarif: renderSarif,
  github: renderGithub,
  checkpatch: renderCheckpatch,
};

/** Least first. */
export const severities: readonly Severity[] = ['hint', 'warning', 'error'];

const options: OptionSpecs = {
  format: { type: 'string', oneOf: checkFormats },
  'min-severity': { type: 'string', oneOf: severities },
  rule: { type: 'string', multiple: true },
  profile: { type: 'string', oneOf: profileIds },
  fix: { type: 'boolean' },
  diff: { type: 'boolean' },
};

/**
 * `check [PATH...]`: findings; the exit code tells whether there are any. With `--fix` what can be mended is mended first and
 * only the rest is shown; with `--diff` the mends are shown instead, and nothing is written.
 */
export async function runCheck(args: readonly string[], platform: Platform): Promise<number> {
  const line = parseCommandLine(args, options, { paths: true });
  const only = line.texts('rule');
  const unknown = only.find((id) => !ruleInfos.some((rule) => rule.id === id));
  if (unknown !== undefined) {
    throw new CommandLineError(
      `there is no rule "${unknown}"${didYouMean(
        unknown,
        ruleInfos.map((rule) => rule.id),
      )}`,
    );
  }
  const least = severities.indexOf(line.choice('min-severity', severities, 'hint'));
  const isShown = (finding: Finding) =>
    (only.length === 0 || only.includes(finding.rule)) && severities.indexOf(finding.severity) >= least;
  if (line.has('diff') && (line.has('fix') || line.has('format'))) {
    throw new CommandLineError(
      `"--diff" shows a diff and nothing else, so it goes without "--${line.has('fix') ? 'fix' : 'format'}"`,
    );
  }
  const renderer = renderers[line.choice('format', checkFormats, 'text')](platform);
  const trouble: Trouble = { happened: false };
  const paths = line.paths.length > 0 ? line.paths : ['.'];
  const profile = profileIds.find((id) => id === line.text('profile')) ?? null;
  const seen = new Set<string>();
  const fixer = line.has('fix') || line.has('diff') ? new Fixer(paths, platform, trouble, line.has('fix')) : null;
  let findings = 0;
  for await (const found of checkPaths(paths, platform, { profile }, trouble)) {
    const checked = fixer === null ? found : await fixer.fix(found, isShown);
    if (line.has('diff')) continue;
    const shown = select(checked, (finding) => isShown(finding) && isNew(finding, seen));
    findings += shown.findings.length;
    renderer.module(shown);
  }
  if (fixer !== null) fixer.end();
  if (fixer !== null && line.has('diff')) {
    return trouble.happened ? exitCodes.trouble : fixer.changed > 0 ? exitCodes.findings : exitCodes.clean;
  }
  renderer.end();
  return trouble.happened ? exitCodes.trouble : findings > 0 ? exitCodes.findings : exitCodes.clean;
}

function select(
  { module, report }: Pick<CheckedModule, 'module' | 'report'>,
  isShown: (finding: Finding) => boolean,
): ShownModule {
  const drivers = report.drivers.map((each) => ({ driver: each.driver, findings: each.findings.filter(isShown) }));
  const own = report.findings.filter(isShown);
  return {
    module,
    drivers,
    findings: [...drivers.flatMap((each) => each.findings), ...own],
    suppressed: report.suppressed.filter((each) => isShown(each.finding)),
  };
}

/** A source file can be a part of two modules; what is said of it is said once. */
function isNew({ rule, key, location, message }: Finding, seen: Set<string>): boolean {
  return seen.size < seen.add([rule, key, location.file, location.span.start, message].join('\n')).size;
}
