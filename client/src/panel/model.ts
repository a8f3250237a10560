import type {
  Arc,
  Event,
  ImpossibleStep,
  MachineRef,
  ScenarioRequest,
  SimulationCatalogue,
  SimulationImportParams,
  SimulationOpenParams,
  SimulationSession,
  TraceComparison,
  TraceStep,
} from '../../../server/src/wire';
import type { Effect } from './message';
import type { Texts } from './scenario/form';

/** How a run began, to begin it again: after a reload of the window or of the server. */
export type RunOrigin =
  | {
      readonly from: 'machines';
      readonly open: SimulationOpenParams;
      /** Sent by hand after opening; empty with a scenario. */
      readonly events: readonly Event[];
    }
  | { readonly from: 'file'; readonly file: SimulationImportParams };

/** The scenario that made a run, with its faults; null for what was done by hand and for what a file told. */
export function scenarioOf(origin: RunOrigin): ScenarioRequest | null {
  return origin.from === 'machines' ? (origin.open.scenario ?? null) : null;
}

/** One session of the server as the panel shows it. */
export interface Run {
  /** The panel's own name for it: that of the server changes when the server does. */
  readonly key: number;
  readonly label: string;
  readonly origin: RunOrigin;
  /** Null until the server has opened it. */
  readonly session: SimulationSession | null;
  /** How many of the steps have happened at the moment that is shown. */
  readonly cursor: number;
  /** Steps that end otherwise than before the edit of the driver. */
  readonly changed: readonly number[];
  /** The steps before it: before all edits since the run was opened, run or asked for something; null when there was none. */
  readonly before: readonly TraceStep[] | null;
  /** In what a file told, the first step that the machine can not make. */
  readonly impossible: ImpossibleStep | null;
  /** What of the file was passed over. */
  readonly notes: readonly string[];
  /** Why the driver can not be simulated as it stands; null when it can. */
  readonly problem: string | null;
  /** True while the server works on it. */
  readonly busy: boolean;
  /** Events that wait for the answer to those before them. */
  readonly waiting: readonly Event[];
  /** What was asked of it last and not done, to be asked for once more; null when all was. */
  readonly undone: Undone | null;
}

/** What was not done, since the user ended it or the server refused it. */
export interface Undone {
  readonly effect: Effect;
  readonly by: 'user' | 'server';
}

/** The run that is shown beside another, or beside itself before the edit of its driver. */
export interface Comparison {
  readonly with: number | 'before-edit';
  /** The other run is `a`, the one that is shown `b`; null until the server has compared them. */
  readonly result: TraceComparison | null;
}

/** Steps a second while running. */
export const speeds = [1, 4, 16, 64] as const;
export type Speed = (typeof speeds)[number];

/** What is beside the lanes. */
export const views = ['diagram', 'arcs', 'group', 'scenario', 'lab', 'faults'] as const;
export type View = (typeof views)[number];

/** How much the lanes tell: everything, or only the steps in which a state was asked for or something failed. */
export const details = ['all', 'states'] as const;
export type Detail = (typeof details)[number];

/** Names a row by its step and its place in it, so that it stays the same row whatever is shown around it. */
export interface RowPlace {
  readonly step: number;
  readonly row: number;
}

/** Everything that the page shows. */
export interface Model {
  readonly catalogue: SimulationCatalogue | null;
  readonly runs: readonly Run[];
  /** Key of the run that is shown. */
  readonly current: number | null;
  readonly nextKey: number;
  /** The device whose machine is shown and asked. */
  readonly device: string | null;
  readonly view: View;
  readonly selectedArc: Arc | null;
  /** Null: nothing is compared. */
  readonly comparison: Comparison | null;
  /** What is written in the form of a scenario; null: nothing yet. */
  readonly draft: { readonly scenario: string; readonly texts: Texts } | null;
  readonly detail: Detail;
  /** How much of the room the machine has, in percent; null: as much as suits it. */
  readonly split: number | null;
  /** Null: none in particular, so the last that has happened. */
  readonly selectedRow: RowPlace | null;
  /** Changes with each start, so that ticks of an earlier one are known; null while it does not run. */
  readonly playing: number | null;
  readonly speed: Speed;
  /** What went wrong, until it is dismissed. */
  readonly trouble: string | null;
  /** The last thing that happened, for screen readers. */
  readonly announcement: string;
}

export const emptyModel: Model = {
  catalogue: null,
  runs: [],
  current: null,
  nextKey: 1,
  device: null,
  view: 'diagram',
  detail: 'all',
  split: null,
  selectedArc: null,
  comparison: null,
  draft: null,
  selectedRow: null,
  playing: null,
  speed: 4,
  trouble: null,
  announcement: '',
};

/** The run that is shown; null while there is none. */
export function currentRun(model: Model): Run | null {
  return model.runs.find(({ key }) => key === model.current) ?? null;
}

/** True for a run that is not there and will not be: it could not be opened, or the user did not wait for it. */
export function isUnopened({ session, busy }: Run): boolean {
  return session === null && !busy;
}

/** True for a run that the user did not wait for: it is only opened when they ask for it again. */
export function wasGivenUp(run: Run): boolean {
  return isUnopened(run) && run.undone?.by === 'user';
}

/** What to open for a machine: a migration between two of them. */
export function originFor(machine: MachineRef, scenario: ScenarioRequest): RunOrigin {
  const devices = ['source', 'target'].map((name) => ({ name, machine }));
  return { from: 'machines', open: { devices, scenario }, events: [] };
}
