import { exampleDriver } from './example';
import { errorsOf, finding, successesOf, unknownsOf } from './finding';
import type { Rule } from './rule';

/** The default path succeeds. */
export const acceptsUnknownArc: Rule = {
  id: 'accepts-unknown-arc',
  severity: 'error',
  summary: 'a pair of states that the driver does not know succeeds',
  docs: {
    whatItFinds: 'A set_state that answers a pair of states that no arm handles with success instead of an error.',
    whyItMatters:
      'The device is then said to be in a state that nothing put it into: an arc that a later kernel adds, or that was forgotten, "works" without doing anything, and user space saves or resumes garbage.',
    example: exampleDriver({ otherwise: '\treturn NULL;\n' }),
    fixed: exampleDriver(),
    knownMisses: 'Default paths that succeed only under a condition while they refuse otherwise.',
    references: [
      'drivers/vfio/pci/mlx5/main.c, mlx5vf_pci_step_device_state_locked(): "vfio_mig_get_next_state() does not use arcs other than the above", then WARN_ON(true) and ERR_PTR(-EINVAL)',
    ],
  },
  check({ driver }) {
    // A step's error that is dropped on the way is what hidden-arc-error speaks of.
    const successes = successesOf(driver.defaultPath).filter((success) => success.hiddenError === null);
    const refuses = errorsOf(driver.defaultPath).some((error) => error.failedCall === null);
    const proven =
      unknownsOf(driver.defaultPath).length === 0 &&
      (!refuses || successes.some((each) => each.conditions.length === 0));
    const first = successes[0];
    if (!proven || first === undefined) {
      return [];
    }
    return [
      finding(acceptsUnknownArc, {
        message:
          'A pair of states that the driver does not know succeeds here without anything done. Return ERR_PTR(-EINVAL) for it.',
        location: first.at,
        key: 'default',
      }),
    ];
  },
};
