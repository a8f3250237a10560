import type { Effect, Updated } from './message';
import type { Model, Undone } from './model';
import { currentRun } from './model';
import { t } from './texts';
import { changeRun, only, shownRun, then, titleOf } from './updating';
import { cancelledWords } from './words';

/** What remains of a request that was not done: everything is as it was before, and nothing waits any more. */

/** The server refused it, and said why. */
export function refused(model: Model, effect: Effect, why: string): Updated<Model> {
  const { model: left, effects } = leftBy(model, { effect, by: 'server' });
  return { model: { ...left, trouble: why, announcement: why }, effects };
}

/** The user ended it, who needs no reason for that, but to know what is there now. */
export function cancelled(model: Model, effect: Effect): Updated<Model> {
  const { model: left, effects } = leftBy(model, { effect, by: 'user' });
  const run = currentRun(left);
  const isTold = run?.undone?.effect === effect;
  return { model: { ...left, announcement: isTold ? cancelledWords(run) : t('Cancelled') }, effects };
}

/** What was said of something that was not done needs not to be read any more; the way to a run that is not there remains. */
export function dismissed(model: Model): Model {
  const run = currentRun(model);
  const left = { ...model, trouble: null };
  return run?.session == null ? left : changeRun(left, run.key, (each) => ({ ...each, undone: null }));
}

function leftBy(model: Model, undone: Undone): Updated<Model> {
  const { effect } = undone;
  switch (effect.kind) {
    case 'compare':
      return only({ ...model, comparison: null });
    case 'branch': {
      const from = model.runs.find(({ session }) => session?.id === effect.id);
      const left = { ...model, runs: model.runs.filter(({ key }) => key !== effect.key) };
      if (from === undefined) return only(left);
      const told = changeRun(left, from.key, (run) => ({ ...run, undone }));
      return model.current === effect.key ? then(shownRun(told, from.key), titleOf(from.session)) : only(told);
    }
    case 'open':
    case 'import':
    case 'run':
    case 'dispatch': {
      const left = changeRun(model, effect.key, (run) => ({ ...run, busy: false, waiting: [], undone }));
      if (model.current === effect.key) return then(left, titleOf(currentRun(left)?.session ?? null));
      return only(model.comparison?.with === effect.key ? { ...left, comparison: null } : left);
    }
    default:
      return only(model);
  }
}
