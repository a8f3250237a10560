import { arcText, isBlocked } from '../uapi';
import { exampleDriver } from './example';
import { arcKey, finding, isByDefault, isHandled, placeOf } from './finding';
import type { Rule } from './rule';

/** An arc from STOP_COPY back to pre-copy. */
export const blockedArc: Rule = {
  id: 'blocked-arc',
  severity: 'warning',
  summary: 'an arc is handled that the uAPI does not permit',
  docs: {
    whatItFinds: 'A driver that handles STOP_COPY -> PRE_COPY or STOP_COPY -> PRE_COPY_P2P.',
    whyItMatters:
      'The uAPI closes both ways and keeps them for a later flag. The core never asks for them, so the code is dead today, and if they are ever opened it will not mean what was then defined.',
    example: exampleDriver({
      arms: `	if (cur == VFIO_DEVICE_STATE_STOP_COPY && new == VFIO_DEVICE_STATE_PRE_COPY)
		return NULL;
`,
    }),
    fixed: exampleDriver(),
    knownMisses: 'None known.',
    references: [
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state, STOP_COPY -> PRE_COPY and STOP_COPY -> PRE_COPY_P2P: "These arcs are not permitted and return error if requested"',
    ],
  },
  check(context) {
    const { driver } = context;
    return driver.arcs
      .filter((arc) => isBlocked(arc) && isHandled(arc) && !isByDefault(driver, arc))
      .map((arc) =>
        finding(blockedArc, {
          message: `${arcText(arc)} is handled, but the uAPI does not permit it and the core refuses it. Let it fall through to the error.`,
          location: placeOf(context, arc),
          key: arcKey(arc),
        }),
      );
  },
};
