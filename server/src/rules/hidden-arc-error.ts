import { placeKey } from '../analysis/selection';
import { exampleDriver } from './example';
import { arcList, finding, groupBy, successesOf } from './finding';
import type { Rule } from './rule';

/** set_state turns a step's error into success. */
export const hiddenArcError: Rule = {
  id: 'hidden-arc-error',
  severity: 'error',
  summary: 'an error of a step is turned into success',
  docs: {
    whatItFinds: 'A place where the error of a step is dropped, so that set_state answers the request with success.',
    whyItMatters:
      'User space goes on as if the device were in the state that it asked for: it reads a stream that does not exist, or starts a guest on a device that did not resume.',
    example: exampleDriver({
      loop: `	while (new != demo->state) {
		if (vfio_mig_get_next_state(vdev, demo->state, new, &next)) {
			file = ERR_PTR(-EINVAL);
			break;
		}
		file = demo_step(demo, next);
		if (IS_ERR(file)) {
			file = NULL;
			break;
		}
		demo->state = next;
	}
`,
    }),
    fixed: exampleDriver(),
    knownMisses: 'Errors that a step itself ignores: that may be what the driver wants, for example when it cleans up.',
    references: [
      'include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: if the device fails to reach the state, the ioctl returns an error and the state has to be read',
    ],
  },
  check({ driver }) {
    const hidden = driver.arcs
      .filter((arc) => arc.required)
      .flatMap((arc) =>
        successesOf(arc.outcomes).flatMap((success) =>
          success.hiddenError === null ? [] : { arc, success, at: success.hiddenError },
        ),
      );
    return groupBy(hidden, ({ at }) => placeKey(at)).map((group) => {
      const [first] = group;
      const arcs = [...new Set(group.map(({ arc }) => arc))];
      return finding(hiddenArcError, {
        message: `An error is dropped here and the request answered with success, for ${arcList(arcs)}. User space then takes the device to be in the new state; return the error.`,
        location: first.at,
        key: `hidden in ${first.at.file.slice(first.at.file.lastIndexOf('/') + 1)}`,
        related: [{ message: 'success is returned here', location: first.success.at }],
      });
    });
  },
};
