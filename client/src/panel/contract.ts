import type {
  Arc,
  MachineDescription,
  MachineRef,
  SimulationAdvance,
  SimulationBranchParams,
  SimulationCatalogue,
  SimulationChanged,
  SimulationCloseParams,
  SimulationCompareParams,
  SimulationDispatchParams,
  SimulationExport,
  SimulationExportParams,
  SimulationImportParams,
  SimulationImportResult,
  SimulationMachineParams,
  SimulationOpenParams,
  SimulationRunParams,
  SimulationSession,
  TraceComparison,
  WireLocation,
} from '../../../server/src/wire';
import {
  hasShape,
  isArc,
  isLocation,
  isMachineDescription,
  isMachineRef,
  isSimulationAdvance,
  isSimulationBranchParams,
  isSimulationCatalogue,
  isSimulationChanged,
  isSimulationCloseParams,
  isSimulationCompareParams,
  isSimulationDispatchParams,
  isSimulationExport,
  isSimulationExportParams,
  isSimulationImportParams,
  isSimulationImportResult,
  isSimulationMachineParams,
  isSimulationOpenParams,
  isSimulationRunParams,
  isSimulationSession,
  isTraceComparison,
} from '../../../server/src/wire';

/**
 * What passes between the panel's page and the extension that hosts it: plain JSON. Each side takes nothing for granted that
 * the other sends: what does not pass these guards is refused.
 */

/** What the page asks for and what it gets. The first ten go to the language server as they are; the rest the host does. */
export interface Calls {
  readonly catalogue: { readonly params: null; readonly result: SimulationCatalogue };
  readonly machine: { readonly params: SimulationMachineParams; readonly result: MachineDescription };
  readonly open: { readonly params: SimulationOpenParams; readonly result: SimulationSession };
  readonly dispatch: { readonly params: SimulationDispatchParams; readonly result: SimulationAdvance };
  readonly run: { readonly params: SimulationRunParams; readonly result: SimulationSession };
  readonly branch: { readonly params: SimulationBranchParams; readonly result: SimulationSession };
  readonly import: { readonly params: SimulationImportParams; readonly result: SimulationImportResult };
  readonly export: { readonly params: SimulationExportParams; readonly result: SimulationExport };
  readonly compare: { readonly params: SimulationCompareParams; readonly result: TraceComparison };
  readonly close: { readonly params: SimulationCloseParams; readonly result: null };
  /** Lets the user choose a machine; null when they chose none. */
  readonly pickMachine: { readonly params: { readonly title: string }; readonly result: MachineRef | null };
  /** Lets the user choose where a file goes and writes it; its name, null when they chose none. */
  readonly save: { readonly params: FileToSave; readonly result: string | null };
  /** Lets the user choose a file and reads it; null when they chose none. */
  readonly chooseFile: { readonly params: null; readonly result: ChosenFile | null };
}

export interface FileToSave {
  /** A name without folder, which the user may change. */
  readonly name: string;
  readonly content: { readonly text: string } | { readonly base64: string };
}

export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

export type CallName = keyof Calls;
export type Params<C extends CallName> = Calls[C]['params'];
export type Result<C extends CallName> = Calls[C]['result'];

/** From the page. */
export type FromPanel =
  /** The page listens; the host answers `start`. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly params: unknown }
  /** Shows a place in an editor. `focus`: the cursor goes there too. */
  | { readonly kind: 'show'; readonly location: WireLocation; readonly focus: boolean }
  | { readonly kind: 'title'; readonly title: string };

/** What to open, for a page that has nothing of its own to restore. `nothing`: the user is to choose. */
export type Start =
  | {
      readonly from: 'machine';
      readonly machine: MachineRef;
      /** To look at first; null: none in particular. */
      readonly arc: Arc | null;
    }
  | { readonly from: 'file'; readonly file: ChosenFile }
  | { readonly from: 'nothing' };

/** From the host. */
export type ToPanel =
  | { readonly kind: 'start'; readonly start: Start }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  /** The call failed; `message` is one sentence for the user. */
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  /** The user ended the call before it was answered. */
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'changed'; readonly change: SimulationChanged }
  /** An arc of a machine that the page shows was chosen elsewhere. */
  | { readonly kind: 'arc'; readonly machine: MachineRef; readonly arc: Arc }
  /** Another server runs now: it knows none of the sessions. */
  | { readonly kind: 'restarted' }
  /** Where the cursor is in an editor; the line counts from zero. */
  | { readonly kind: 'cursor'; readonly uri: string; readonly line: number };

const isString = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isNull = (value: unknown): value is null => value === null;
const isAnything = (): boolean => true;
const is =
  (kind: string) =>
  (value: unknown): boolean =>
    value === kind;

const isPick = (value: unknown): value is { readonly title: string } => hasShape(value, { title: isString });
const isChosenMachine = (value: unknown): value is MachineRef | null => value === null || isMachineRef(value);
const isFileToSave = (value: unknown): value is FileToSave =>
  hasShape(value, {
    name: (name) => isString(name) && /^[^/\\]{1,200}$/.test(name),
    content: (content) => hasShape(content, { text: isString }) || hasShape(content, { base64: isString }),
  });
const isSaved = (value: unknown): value is string | null => value === null || isString(value);
const isChosenFile = (value: unknown): value is ChosenFile | null =>
  value === null || hasShape(value, { name: isString, text: isString });

const isStart = (value: unknown): boolean =>
  hasShape(value, { from: is('machine'), machine: isMachineRef, arc: (arc) => arc === null || isArc(arc) }) ||
  hasShape(value, { from: is('file'), file: (file) => file !== null && isChosenFile(file) }) ||
  hasShape(value, { from: is('nothing') });

type Guards = {
  readonly [C in CallName]: {
    readonly params: (value: unknown) => value is Params<C>;
    readonly result: (value: unknown) => value is Result<C>;
  };
};

/** What each call takes and gives, at run time. */
export const calls: Guards = {
  catalogue: { params: isNull, result: isSimulationCatalogue },
  machine: { params: isSimulationMachineParams, result: isMachineDescription },
  open: { params: isSimulationOpenParams, result: isSimulationSession },
  dispatch: { params: isSimulationDispatchParams, result: isSimulationAdvance },
  run: { params: isSimulationRunParams, result: isSimulationSession },
  branch: { params: isSimulationBranchParams, result: isSimulationSession },
  import: { params: isSimulationImportParams, result: isSimulationImportResult },
  export: { params: isSimulationExportParams, result: isSimulationExport },
  compare: { params: isSimulationCompareParams, result: isTraceComparison },
  close: { params: isSimulationCloseParams, result: isNull },
  pickMachine: { params: isPick, result: isChosenMachine },
  save: { params: isFileToSave, result: isSaved },
  chooseFile: { params: isNull, result: isChosenFile },
};

const isCallName = (value: unknown): boolean => isString(value) && Object.hasOwn(calls, value);

/** True for a message from the page; the parameters of a call are looked at when it is done. */
export function isFromPanel(value: unknown): value is FromPanel {
  return (
    hasShape(value, { kind: is('ready') }) ||
    hasShape(value, { kind: is('call'), id: isCount, name: isCallName, params: isAnything }) ||
    hasShape(value, { kind: is('show'), location: isLocation, focus: isBoolean }) ||
    hasShape(value, { kind: is('title'), title: isString })
  );
}

/** True for a message from the host; results are looked at where the call is known. */
export function isToPanel(value: unknown): value is ToPanel {
  return (
    hasShape(value, { kind: is('start'), start: isStart }) ||
    hasShape(value, { kind: is('answer'), id: isCount, result: isAnything }) ||
    hasShape(value, { kind: is('refusal'), id: isCount, message: isString }) ||
    hasShape(value, { kind: is('cancelled'), id: isCount }) ||
    hasShape(value, { kind: is('changed'), change: isSimulationChanged }) ||
    hasShape(value, { kind: is('arc'), machine: isMachineRef, arc: isArc }) ||
    hasShape(value, { kind: is('restarted') }) ||
    hasShape(value, { kind: is('cursor'), uri: isString, line: isCount })
  );
}
