import { rules } from '../rules';
import { exampleDriver } from '../rules/example';
import type { Rule, RuleDocs } from '../rules/rule';

/** What there is to say about an id of a finding, whether a driver's or a comment's. */
export type RuleInfo = Omit<Rule, 'check'>;

const whyItMatters =
  'A comment that allows a finding is a claim about the code. When it no longer fits, the next reader trusts a claim that nobody checks.';
const references = ['server/src/cli/README.md of this project, "Suppressing a finding"'];
const allowed = '\t/* vfio-arcs: allow superfluous-arc -- older user space asks for it through debugfs */\n';
const extraArm = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return NULL;
`;

function info(
  id: string,
  summary: string,
  docs: Omit<RuleDocs, 'whyItMatters' | 'references' | 'knownMisses'>,
): RuleInfo {
  return { id, severity: 'warning', summary, docs: { ...docs, whyItMatters, references, knownMisses: 'None known.' } };
}

/** A comment allows what is not there. */
export const unusedSuppression = info('unused-suppression', 'a comment allows a finding that is not there', {
  whatItFinds:
    'A comment "vfio-arcs: allow <id> -- reason" where no finding of that rule is on its line, the next line or in the function below it.',
  example: exampleDriver({ arms: allowed }),
  fixed: exampleDriver({ arms: allowed + extraArm }),
});

/** A comment allows a finding and does not say why. */
export const reasonlessSuppression = info('reasonless-suppression', 'a comment allows a finding without a reason', {
  whatItFinds: 'A comment "vfio-arcs: allow <id>" without "-- reason". It allows nothing until the reason is there.',
  example: exampleDriver({ arms: `\t/* vfio-arcs: allow superfluous-arc */\n${extraArm}` }),
  fixed: exampleDriver({ arms: allowed + extraArm }),
});

/** A comment that can not be understood. */
export const unknownSuppression = info('unknown-suppression', 'a comment allows a rule that does not exist', {
  whatItFinds:
    'A comment that starts with "vfio-arcs:" and names no rule that exists, or gives no instruction that is known.',
  example: exampleDriver({ arms: `\t/* vfio-arcs: allow extra-arc -- older user space asks for it */\n${extraArm}` }),
  fixed: exampleDriver({ arms: allowed + extraArm }),
});

/** True for the rules whose findings a comment can allow: those about drivers, not those about comments. */
export function isAllowable(id: string): boolean {
  return rules.some((rule) => rule.id === id);
}

/** The ids that are about comments; they can not themselves be allowed by one. */
export const suppressionRules: readonly RuleInfo[] = [unusedSuppression, reasonlessSuppression, unknownSuppression];
