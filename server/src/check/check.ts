import { analyse, SummaryCache } from '../analysis';
import type { ProfileChoice } from '../analysis/model';
import { functionAt } from '../analysis/selection';
import type { CModule } from '../c/module';
import { rules } from '../rules';
import type { Finding } from '../rules/rule';
import type { CheckConfig, DriverReport, Report } from './report';
import type { RuleInfo } from './suppressionRules';
import { suppressionRules } from './suppressionRules';
import { Suppressions } from './suppressions';

/** Nothing set: the tree's profile and every rule at its own severity. */
export const defaultConfig: CheckConfig = { profile: null, rules: {} };

/** Every id that a finding can have, with its documentation, in the order of reports. */
export const ruleInfos: readonly RuleInfo[] = [...rules, ...suppressionRules];

/**
 * Everything that is to say about one module. Pure: does no I/O and does not throw on any C.
 * `profile` is the module's (see profileFor); `config.rules` changes severities or turns rules off; `cache` is kept by
 * whoever checks the module again after an edit.
 * Findings are ordered by place; one that two drivers of the module share is given for the first of them.
 */
export function checkModule(
  module: CModule,
  profile: ProfileChoice,
  config: CheckConfig = defaultConfig,
  cache: SummaryCache = new SummaryCache(),
): Report {
  const { drivers, notDrivers } = analyse(module, { profile, cache });
  const suppressions = new Suppressions(module);
  const isOff = (id: string) => config.rules[id] === 'off';
  const active = rules.filter((rule) => !isOff(rule.id));
  const given = new Set<string>();
  const allowed: Report['suppressed'][number][] = [];
  const reports = drivers.map((driver): DriverReport => {
    const found = active
      .flatMap((rule) => rule.check({ driver, module }))
      .filter((finding) => !isAboutBrokenText(finding, module))
      .filter((finding) => isFirst(finding, given))
      .map((finding) => withSeverity(finding, config));
    const sorted = suppressions.apply(found);
    allowed.push(...sorted.allowed);
    return { driver, findings: [...sorted.kept].sort(byPlace) };
  });
  const findings = suppressions.findings(isOff).map((finding) => withSeverity(finding, config));
  return { drivers: reports, findings: [...findings].sort(byPlace), notDrivers, suppressed: allowed };
}

/** Rules that speak of text that is no C: what arcs lose by it, and what is not known because of it. */
const ofBrokenText: ReadonlySet<string> = new Set(['missing-arc', 'conditional-arc', 'undecided-arc']);

/** True for a finding in a function whose text is no C: what it does is known once it is typed to its end. */
function isAboutBrokenText({ rule, location }: Finding, module: CModule): boolean {
  if (ofBrokenText.has(rule)) return false;
  return (
    functionAt(module, location)
      ?.ir()
      .problems.some(({ kind }) => kind === 'syntax') ?? false
  );
}

/** Two drivers can share a step function, and so its faults. */
function isFirst(finding: Finding, given: Set<string>): boolean {
  const { file, span } = finding.location;
  const key = [finding.rule, finding.key, file, span.start, span.end, finding.message].join('\n');
  return given.size < given.add(key).size;
}

function withSeverity(finding: Finding, config: CheckConfig): Finding {
  const severity = config.rules[finding.rule];
  return severity === undefined || severity === 'off' ? finding : { ...finding, severity };
}

/** Array.sort is stable, so that findings at one place stay in the order of the rules. */
function byPlace(a: Finding, b: Finding): number {
  if (a.location.file !== b.location.file) {
    return a.location.file < b.location.file ? -1 : 1;
  }
  return a.location.span.start - b.location.span.start;
}
