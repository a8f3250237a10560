import { arcText, isBlocked, statesFor } from '../uapi';
import { exampleDriver } from './example';
import { arcKey, arcOf, finding, isByDefault, placeOf } from './finding';
import type { Rule } from './rule';
import { isOfUndeclaredFlag } from './undeclared-flag';

/** An arc that is handled and never asked for. */
export const superfluousArc: Rule = {
  id: 'superfluous-arc',
  severity: 'hint',
  summary: 'an arc is handled that the core never asks for',
  docs: {
    whatItFinds:
      'An arc that the driver handles although, with the flags it can declare, vfio_mig_get_next_state() never answers with it.',
    whyItMatters:
      'It is dead code in the part of the driver that has to be right: it is never run, hence never tested, and it tells readers of ways that do not exist.',
    example: exampleDriver({
      arms: `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return demo_open(demo, &demo_resume_fops, O_WRONLY);
`,
    }),
    fixed: exampleDriver(),
    knownMisses:
      'Arcs that a default path accepts (accepts-unknown-arc) and arcs of a flag that is not declared at all (undeclared-flag) are left to those rules.',
    references: [
      'drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): vfio_from_fsm_table and the flags that each state needs',
    ],
  },
  check(context) {
    const { driver } = context;
    const reachable = new Set(driver.flagSets.flatMap((set) => statesFor(set.flags)));
    // Without STOP_COPY nothing is ever asked for, which invalid-flags says once.
    if (!driver.flagSets.some((set) => set.flags.includes('STOP_COPY'))) {
      return [];
    }
    return driver.superfluous.flatMap((pair) => {
      const arc = arcOf(driver, pair);
      // Without the core's next state the driver is asked for every pair of states itself.
      const askedDirectly = !driver.usesNextState && reachable.has(pair.from) && reachable.has(pair.to);
      if (
        arc === undefined ||
        isBlocked(pair) ||
        askedDirectly ||
        isByDefault(driver, arc) ||
        isOfUndeclaredFlag(driver, pair)
      ) {
        return [];
      }
      return finding(superfluousArc, {
        message: `${arcText(arc)} is handled, but the core never asks for it with the flags that the driver declares.`,
        location: placeOf(context, arc),
        key: arcKey(arc),
        tags: ['unnecessary'],
      });
    });
  },
};
