import type { ArcModel, DriverModel, ErrorOutcome } from '../analysis/model';
import { placeKey } from '../analysis/selection';
import type { Location } from '../c/ir';
import { exampleDriver } from './example';
import { arcKey, arcList, errorsOf, finding, groupBy, isHandled, successesOf, unknownsOf } from './finding';
import type { Finding, Rule } from './rule';

/** The current state does not follow the steps. */
export const stateOutOfStep: Rule = {
  id: 'state-out-of-step',
  severity: 'error',
  summary: 'the current state is updated before the step succeeded, or not at all',
  docs: {
    whatItFinds:
      "Arcs after which the driver's current state is not the new one although the request succeeded, arcs whose success never comes out because the loop asks for the same step for ever, and arcs that fail with the current state already updated.",
    whyItMatters:
      'The next request starts from the current state. When it is stale the loop asks for the same arc again, for ever or until an error; when it is early, a failed device is taken to be stopped, and its state is saved.',
    example: exampleDriver({
      arms: `	if (cur == VFIO_DEVICE_STATE_STOP_COPY && new == VFIO_DEVICE_STATE_STOP) {
		demo->state = new;
		if (demo_drain(demo))
			return ERR_PTR(-EIO);
		demo_close_file(demo);
		return NULL;
	}
`,
    }),
    fixed: exampleDriver(),
    knownMisses:
      'Drivers whose current state the analysis did not find, and updates that are late or early only under some condition.',
    references: [
      'include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: "device_state" after a failed request',
      'drivers/vfio/pci/mlx5/main.c, mlx5vf_pci_set_device_state(): the state is set after the step succeeded',
    ],
  },
  check({ driver }) {
    const arcs = driver.arcs.filter((arc) => arc.required && isHandled(arc) && unknownsOf(arc.outcomes).length === 0);
    return [...notUpdated(driver, arcs), ...updatedEarly(driver, arcs), ...goesRound(driver)];
  },
};

/**
 * Required arcs whose success has no end: the loop in set_state asks for the same step again, because the current state is
 * still the old one, so that at most failures come out. When no arc of the driver succeeds it holds for every arc, for
 * one that hands out a file fails then because the loop takes it for one in the middle of a combination.
 */
export function endlessArcs(driver: DriverModel): readonly ArcModel[] {
  const required = driver.arcs.filter((arc) => arc.required);
  const endless = required.filter(
    ({ outcomes }) => successesOf(outcomes).length === 0 && unknownsOf(outcomes).some((o) => o.endless),
  );
  const noSuccess = driver.arcs.every((arc) => successesOf(arc.outcomes).length === 0);
  return endless.length > 0 && noSuccess ? required : endless;
}

function goesRound(driver: DriverModel): readonly Finding[] {
  const arcs = endlessArcs(driver);
  if (arcs.length === 0) {
    return [];
  }
  const state = driver.stateLocation?.text ?? 'the current state';
  const message = `${driver.setState.name}() does not come to an end when a step succeeds, for ${arcList(arcs)}: ${state} is not set to the new state, so that the same step is asked for again. Set it after each step that succeeded.`;
  return [finding(stateOutOfStep, { message, location: driver.setState.location, key: 'never' })];
}

interface Fault {
  readonly arc: ArcModel;
  readonly at: Location;
}

function notUpdated(driver: DriverModel, arcs: readonly ArcModel[]): readonly Finding[] {
  const faults = arcs.flatMap((arc): readonly Fault[] => {
    const successes = successesOf(arc.outcomes);
    const first = successes[0];
    const never = successes.every(({ stateAfter }) => stateAfter !== 'new' && stateAfter !== 'unknown');
    return first !== undefined && never ? [{ arc, at: first.at }] : [];
  });
  return report(
    driver,
    faults,
    'late',
    (state, list) =>
      `Success is returned here, but ${state} is not the new state then, for ${list}. The next request starts from the wrong state; set it after the step succeeded.`,
  );
}

function updatedEarly(driver: DriverModel, arcs: readonly ArcModel[]): readonly Finding[] {
  const faults = arcs.flatMap((arc) =>
    groupBy(errorsOf(arc.outcomes), failureKey)
      .filter((errors) => errors.every(isAfterUpdate) && errors.some(({ stateAfter }) => stateAfter === 'new'))
      // What a function outside of the driver wrote through a pointer could be an error by its type alone.
      .filter((errors) => errors.some(({ errno, failedCall }) => errno !== null || failedCall !== null))
      .map(([first]): Fault => ({ arc, at: first.failedCall?.location ?? first.at })),
  );
  return report(
    driver,
    faults,
    'early',
    (state, list) =>
      `When this fails, ${state} is already the new state, for ${list}. The device did not get there; set it only after the step succeeded.`,
  );
}

function report(
  driver: DriverModel,
  faults: readonly Fault[],
  kind: string,
  text: (state: string, arcs: string) => string,
): readonly Finding[] {
  const state = driver.stateLocation?.text ?? 'the current state';
  return groupBy(faults, ({ at }) => placeKey(at)).map((group) => {
    const [first] = group;
    const arcs = [...new Set(group.map(({ arc }) => arc))];
    return finding(stateOutOfStep, {
      message: text(state, arcList(arcs)),
      location: first.at,
      key: `${kind}: ${arcs.map(arcKey).join(' ')}`,
    });
  });
}

function failureKey(error: ErrorOutcome): string {
  return placeKey(error.failedCall?.location ?? error.at);
}

/** `other` is what a deferred reset makes of a state that was already updated. */
function isAfterUpdate(error: ErrorOutcome): boolean {
  return error.stateAfter !== 'old' && error.stateAfter !== 'unknown';
}
