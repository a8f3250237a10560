import type {
  Arc,
  Event,
  ExportFormat,
  MachineRef,
  ScenarioRequest,
  SimulationAdvance,
  SimulationCatalogue,
  SimulationChanged,
  SimulationImportParams,
  SimulationImportResult,
  SimulationSession,
  StateName,
  TraceComparison,
  WireLocation,
} from '../../../server/src/wire';
import type { ChosenFile, FileToSave, Start } from './contract';
import type { Detail, RowPlace, RunOrigin, Speed, View } from './model';
import type { PictureFormat, PictureOf } from './picture/take';
import type { SavedState } from './saved';

type Imported = Extract<SimulationImportResult, { session: SimulationSession }>;

/** Another run by its key, itself before the edit, the same on what the protocol asks for; null: no more. */
export type CompareWith = number | 'before-edit' | 'reference' | null;

/** What happens to the panel: what the user does, and what the host answers and tells. */
export type Message =
  | { readonly kind: 'started'; readonly start: Start }
  | { readonly kind: 'restored'; readonly saved: SavedState }
  | { readonly kind: 'arcChosen'; readonly machine: MachineRef; readonly arc: Arc }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'catalogued'; readonly catalogue: SimulationCatalogue }
  /** `origin`: what brings it about again; null: its events do. */
  | {
      readonly kind: 'opened';
      readonly key: number;
      readonly session: SimulationSession;
      readonly origin: RunOrigin | null;
    }
  | {
      readonly kind: 'imported';
      readonly key: number;
      readonly file: SimulationImportParams;
      readonly result: Imported;
    }
  | { readonly kind: 'compared'; readonly key: number; readonly result: TraceComparison }
  | { readonly kind: 'saved'; readonly name: string }
  | { readonly kind: 'advanced'; readonly key: number; readonly advance: SimulationAdvance }
  /** It was not done: the server refused it, or the user ended it. */
  | { readonly kind: 'refused'; readonly effect: Effect; readonly why: string }
  | { readonly kind: 'cancelled'; readonly effect: Effect }
  /** Asks once more for what was not done of the run that is shown. */
  | { readonly kind: 'again' }
  | { readonly kind: 'changed'; readonly change: SimulationChanged }
  | { readonly kind: 'cursorMoved'; readonly uri: string; readonly line: number }
  | { readonly kind: 'open'; readonly machine: MachineRef }
  | { readonly kind: 'runScenario'; readonly scenario: ScenarioRequest | null }
  | { readonly kind: 'ask'; readonly state: StateName }
  | { readonly kind: 'send'; readonly event: Event }
  | { readonly kind: 'go'; readonly cursor: number }
  | { readonly kind: 'goBy'; readonly steps: number }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'togglePlay' }
  | { readonly kind: 'tick'; readonly playing: number }
  | { readonly kind: 'speed'; readonly speed: Speed }
  | { readonly kind: 'branch' }
  | { readonly kind: 'showRun'; readonly key: number }
  | { readonly kind: 'closeRun'; readonly key: number }
  | { readonly kind: 'showDevice'; readonly device: string }
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'compare'; readonly with: CompareWith }
  /** To the next difference after the moment that is shown, or the last before it. */
  | { readonly kind: 'goToDifference'; readonly direction: 1 | -1 }
  | { readonly kind: 'export'; readonly format: ExportFormat }
  | { readonly kind: 'picture'; readonly subject: PictureOf['subject']; readonly format: PictureFormat }
  | { readonly kind: 'save'; readonly file: FileToSave }
  | { readonly kind: 'import' }
  | { readonly kind: 'fileChosen'; readonly file: ChosenFile }
  | { readonly kind: 'draftScenario'; readonly scenario: string }
  | { readonly kind: 'draftParameter'; readonly scenario: string; readonly name: string; readonly text: string }
  /** Switches an error return of the device that is shown on or off. */
  | { readonly kind: 'switchFault'; readonly id: string; readonly on: boolean }
  | { readonly kind: 'selectArc'; readonly arc: Arc | null }
  /** Jumps to the moment of a row, and shows its line of C where it has one. */
  | { readonly kind: 'goToRow'; readonly place: RowPlace }
  | { readonly kind: 'detail'; readonly detail: Detail }
  | { readonly kind: 'split'; readonly split: number | null }
  | { readonly kind: 'splitBy'; readonly percent: number }
  | { readonly kind: 'show'; readonly location: WireLocation; readonly focus: boolean }
  | { readonly kind: 'pickMachine' }
  | { readonly kind: 'dismiss' };

/** What the page is to do beside showing the model. Answers come back as messages. */
export type Effect =
  | { readonly kind: 'catalogue' }
  | { readonly kind: 'pickMachine' }
  | { readonly kind: 'open'; readonly key: number; readonly origin: RunOrigin }
  | {
      readonly kind: 'dispatch';
      readonly key: number;
      readonly id: string;
      readonly at: number;
      readonly events: readonly Event[];
    }
  | { readonly kind: 'run'; readonly key: number; readonly id: string; readonly scenario: ScenarioRequest }
  /** Opens another session with the first steps, and sends events to it. */
  | {
      readonly kind: 'branch';
      readonly key: number;
      readonly id: string;
      readonly at: number;
      readonly events: readonly Event[];
    }
  | { readonly kind: 'import'; readonly key: number; readonly file: SimulationImportParams }
  | { readonly kind: 'chooseFile' }
  /** `key` is the run that is shown, `a` the session it is held against. */
  | { readonly kind: 'compare'; readonly key: number; readonly a: string; readonly b: string }
  | { readonly kind: 'export'; readonly id: string; readonly format: ExportFormat }
  | { readonly kind: 'picture'; readonly picture: PictureOf; readonly format: PictureFormat }
  | { readonly kind: 'save'; readonly file: FileToSave }
  | { readonly kind: 'close'; readonly id: string }
  | { readonly kind: 'show'; readonly location: WireLocation; readonly focus: boolean }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly then: Message };

export interface Updated<M> {
  readonly model: M;
  readonly effects: readonly Effect[];
}
