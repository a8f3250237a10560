import type { SimulationSession } from '../../../server/src/wire';
import type { Effect, Updated } from './message';
import type { Model, Run, RunOrigin } from './model';
import { currentRun } from './model';
import { newRun } from './runs';
import { t } from './texts';
import { machineName } from './words';

/** What updates are made of. */

/** A model, and nothing to do. */
export function only(model: Model): Updated<Model> {
  return { model, effects: [] };
}

/** A model, and what to do. */
export function then(model: Model, ...effects: readonly Effect[]): Updated<Model> {
  return { model, effects };
}

/** The model with one of its runs changed. */
export function changeRun(model: Model, key: number, change: (run: Run) => Run): Model {
  return { ...model, runs: model.runs.map((run) => (run.key === key ? change(run) : run)) };
}

/** Whatever plays stops. */
export function paused(model: Model): Model {
  return model.playing === null ? model : { ...model, playing: null };
}

/** The device that is shown is one that there is. */
export function focused(model: Model): Model {
  const devices = currentRun(model)?.session?.devices ?? [];
  const known = devices.some(({ name }) => name === model.device);
  if (known) return model;
  // Chosen before there was a device to choose it on.
  const selectedArc = model.device === null ? model.selectedArc : null;
  return { ...model, device: devices[0]?.name ?? null, selectedArc };
}

/** Another run, shown at once unless it is only there to be compared with. */
export function added(
  model: Model,
  origin: RunOrigin,
  options: { readonly label?: string; readonly cursor: number; readonly show: boolean },
): Updated<Model> {
  const key = model.nextKey;
  const run = newRun(key, options.label ?? t('Run {0}', key), origin, options.cursor);
  const next = { ...model, runs: [...model.runs, run], nextKey: key + 1 };
  return then(options.show ? shownRun(next, key) : next, { kind: 'open', key, origin });
}

/** Another run is looked at. */
export function shownRun(model: Model, key: number): Model {
  return focused(paused({ ...model, current: key, selectedRow: null, comparison: null }));
}

/** The panel is called after the driver; `null`: nothing is there. */
export function titleOf(session: SimulationSession | null): Effect {
  const machine = session?.devices[0]?.machine;
  return {
    kind: 'title',
    title: machine === undefined ? t('VFIO Migration') : t('{0} migration', machineName(machine)),
  };
}
