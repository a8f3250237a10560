import { acceptsUnknownArc } from './accepts-unknown-arc';
import { blockedArc } from './blocked-arc';
import { conditionalArc } from './conditional-arc';
import { hiddenArcError } from './hidden-arc-error';
import { invalidFlags } from './invalid-flags';
import { missingArc } from './missing-arc';
import { missingMigrationOp } from './missing-migration-op';
import { noNextState } from './no-next-state';
import type { Rule } from './rule';
import { stateOutOfStep } from './state-out-of-step';
import { superfluousArc } from './superfluous-arc';
import { undecidedArc } from './undecided-arc';
import { undeclaredFlag } from './undeclared-flag';
import { wrongDataFd } from './wrong-data-fd';

/** Every rule that looks at a driver, in the order in which findings at one place are reported. */
export const rules: readonly Rule[] = [
  missingArc,
  conditionalArc,
  superfluousArc,
  undeclaredFlag,
  blockedArc,
  invalidFlags,
  wrongDataFd,
  acceptsUnknownArc,
  hiddenArcError,
  stateOutOfStep,
  noNextState,
  missingMigrationOp,
  undecidedArc,
];

/** The rule with that id. */
export function ruleOf(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}

export { placeOf } from './finding';
