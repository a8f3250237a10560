import { hasShape, isEvent, isSimulationImportParams, isSimulationOpenParams } from '../../../server/src/wire';
import {
  type Detail,
  details,
  type Model,
  type RunOrigin,
  type Speed,
  speeds,
  type View,
  views,
  wasGivenUp,
} from './model';

/** Raised when what is kept changes its meaning; a page takes only its own. */
const version = 4;

/** What VS Code keeps for the page while it is hidden and over a reload of the window. */
export interface SavedState {
  readonly version: typeof version;
  readonly runs: readonly SavedRun[];
  /** Index of the run that is shown. */
  readonly current: number;
  readonly device: string | null;
  readonly view: View;
  readonly detail: Detail;
  readonly split: number | null;
  readonly speed: Speed;
}

interface SavedRun {
  readonly label: string;
  readonly origin: RunOrigin;
  readonly cursor: number;
  /** The user did not wait until it was there. */
  readonly cancelled: boolean;
}

/** What to keep of a model. */
export function savedState(model: Model): SavedState {
  return {
    version,
    runs: model.runs.map((run) => ({
      label: run.label,
      origin: run.origin,
      cursor: run.cursor,
      cancelled: wasGivenUp(run),
    })),
    current: Math.max(
      0,
      model.runs.findIndex(({ key }) => key === model.current),
    ),
    device: model.device,
    view: model.view,
    detail: model.detail,
    split: model.split,
    speed: model.speed,
  };
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isString = (value: unknown): boolean => typeof value === 'string';
const isListed =
  (list: readonly unknown[]) =>
  (value: unknown): boolean =>
    list.includes(value);

/** True for what this version has kept and can take up again. */
export function isSavedState(value: unknown): value is SavedState {
  return hasShape(value, {
    version: isListed([version]),
    runs: (runs) => Array.isArray(runs) && runs.length > 0 && runs.every(isSavedRun),
    current: isCount,
    device: (device) => device === null || isString(device),
    view: isListed(views),
    detail: isListed(details),
    split: (split) => split === null || isCount(split),
    speed: isListed(speeds),
  });
}

function isSavedRun(value: unknown): boolean {
  return hasShape(value, {
    label: isString,
    origin: isOrigin,
    cursor: isCount,
    cancelled: (cancelled) => typeof cancelled === 'boolean',
  });
}

function isOrigin(value: unknown): boolean {
  return (
    hasShape(value, {
      from: isListed(['machines']),
      open: isSimulationOpenParams,
      events: (events) => Array.isArray(events) && events.every(isEvent),
    }) || hasShape(value, { from: isListed(['file']), file: isSimulationImportParams })
  );
}
