import type {
  Arc,
  Event,
  MachineRef,
  ScenarioRequest,
  SimulationAdvance,
  SimulationCatalogue,
  SimulationChanged,
  SimulationSession,
  StateName,
  WireLocation,
} from '../../../server/src/wire';
import type { Detail, RowPlace, RunOrigin, Speed, View } from './model';
import type { SavedState } from './saved';

/** What happens to the panel: what the user does, and what the host answers and tells. */
export type Message =
  | { readonly kind: 'started'; readonly machine: MachineRef | null }
  | { readonly kind: 'restored'; readonly saved: SavedState }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'catalogued'; readonly catalogue: SimulationCatalogue }
  | { readonly kind: 'opened'; readonly key: number; readonly session: SimulationSession }
  | { readonly kind: 'advanced'; readonly key: number; readonly advance: SimulationAdvance }
  /** A request failed: for that run, or in general. */
  | { readonly kind: 'refused'; readonly key: number | null; readonly why: string }
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
  | { readonly kind: 'tick'; readonly playing: number }
  | { readonly kind: 'speed'; readonly speed: Speed }
  | { readonly kind: 'branch' }
  | { readonly kind: 'showRun'; readonly key: number }
  | { readonly kind: 'closeRun'; readonly key: number }
  | { readonly kind: 'showDevice'; readonly device: string }
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'draftScenario'; readonly scenario: string }
  | { readonly kind: 'draftParameter'; readonly scenario: string; readonly name: string; readonly text: string }
  /** Switches an error return of the device that is shown on or off. */
  | { readonly kind: 'switchFault'; readonly id: string; readonly on: boolean }
  | { readonly kind: 'selectArc'; readonly arc: Arc | null }
  /** Jumps to the moment of a row, and shows its line of C where it has one. */
  | { readonly kind: 'goToRow'; readonly place: RowPlace }
  | { readonly kind: 'detail'; readonly detail: Detail }
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
  | { readonly kind: 'close'; readonly id: string }
  | { readonly kind: 'show'; readonly location: WireLocation; readonly focus: boolean }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly then: Message };

export interface Updated<M> {
  readonly model: M;
  readonly effects: readonly Effect[];
}
