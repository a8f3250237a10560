import { arcsOf, isBlocked, transitionsOf } from '../uapi';
import { exampleDriver } from './example';
import { arcList, arcOf, finding } from './finding';
import type { Rule } from './rule';

/** set_state does not ask the core for the next state. */
export const noNextState: Rule = {
  id: 'no-next-state',
  severity: 'warning',
  summary: 'set_state does not go through vfio_mig_get_next_state()',
  docs: {
    whatItFinds:
      'A set_state that takes the requested state as the next one and rejects combination transitions, those that lead over other states.',
    whyItMatters:
      'User space may ask for any state from any other, so that it need not know the optional ones. Such a driver answers RUNNING -> STOP_COPY with an error, which is how every user space starts to save.',
    example: exampleDriver({
      loop: `	file = demo_step(demo, new);
	if (!IS_ERR(file))
		demo->state = new;
`,
    }),
    fixed: exampleDriver(),
    knownMisses: 'Drivers that have their own table of ways and handle every combination.',
    references: [
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state: "The remaining possible transitions are interpreted as combinations of the above FSM arcs"',
      'drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): "Compute the next step in the FSM"',
    ],
  },
  check({ driver }) {
    const flags = driver.flagSets[0]?.flags;
    if (driver.usesNextState || flags === undefined) {
      return [];
    }
    const rejected = transitionsOf(flags).filter(
      (pair) => !isBlocked(pair) && arcsOf(flags, pair).length > 1 && arcOf(driver, pair)?.status === 'rejected',
    );
    if (rejected.length === 0) {
      return [];
    }
    return [
      finding(noNextState, {
        message: `${driver.setState.name}() does not go through vfio_mig_get_next_state(), so the combination transitions ${arcList(rejected)} fail. Step through the states that it answers.`,
        location: driver.setState.location,
        key: 'set_state',
      }),
    ];
  },
};
