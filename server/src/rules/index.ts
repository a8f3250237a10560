import type { Rule } from './rule';

/** Every rule that looks at a driver, in the order in which its findings are reported. */
export const rules: readonly Rule[] = [];

/** The rule with that id. */
export function ruleOf(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
