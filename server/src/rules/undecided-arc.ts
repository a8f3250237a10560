import type { DriverModel } from '../analysis/model';
import { placeKey } from '../analysis/selection';
import { exampleDriver } from './example';
import { arcKey, arcList, finding, groupBy, placeOf, unknownsOf } from './finding';
import type { Finding, Rule, RuleContext } from './rule';
import { endlessArcs } from './state-out-of-step';

/** The analysis could not decide. */
export const undecidedArc: Rule = {
  id: 'undecided-arc',
  severity: 'hint',
  summary: 'the analysis could not decide whether an arc is handled',
  docs: {
    whatItFinds:
      'Required arcs for which the analysis can not tell what set_state answers, with the place where it had to give up and the reason; and drivers whose flags it did not find.',
    whyItMatters:
      'No finding about such an arc means nothing: it is for you to look at. Code that a tool can not follow is often hard to follow for reviewers, too.',
    example: exampleDriver({
      members: '\tconst struct demo_ops *ops;\n\tvoid *target;\n',
      saving:
        '\tif (demo->ops->save && cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY)\n\t\tgoto *demo->target;\n',
    }),
    fixed: exampleDriver(),
    knownMisses: 'None: whatever is not known is said here.',
    references: [
      'server/src/analysis of this project: not knowing is a value with a reason and a place, never a guess',
    ],
  },
  check(context) {
    return context.driver.flagSets.length === 0 ? [flagsUnknown(context.driver)] : arcsUnknown(context);
  },
};

function flagsUnknown(driver: DriverModel): Finding {
  return finding(undecidedArc, {
    message: `No assignment to migration_flags was found for ${driver.ops.name}, so which arcs are required is not known and none is judged.`,
    location: driver.ops.location,
    key: 'flags',
  });
}

function arcsUnknown(context: RuleContext): readonly Finding[] {
  const { driver } = context;
  const missing = new Set(driver.missing.map(arcKey));
  const endless = endlessArcs(driver);
  const undecided = driver.arcs
    .filter((arc) => !endless.includes(arc))
    .filter((arc) => arc.required && arc.status === 'undecided' && !missing.has(arcKey(arc)))
    .map((arc) => {
      const unknown = unknownsOf(arc.outcomes)[0];
      return {
        arc,
        at: unknown?.at ?? placeOf(context, arc),
        reason: unknown?.reason ?? 'no way through the code was found to end',
      };
    });
  return groupBy(undecided, ({ at, reason }) => `${placeKey(at)} ${reason}`).map((group) => {
    const [first] = group;
    const arcs = group.map(({ arc }) => arc);
    return finding(undecidedArc, {
      message: `Whether ${arcList(arcs)} ${arcs.length === 1 ? 'is' : 'are'} handled could not be decided: ${first.reason}.`,
      location: first.at,
      key: arcs.map(arcKey).join(' '),
    });
  });
}
