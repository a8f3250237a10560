import type { Event, Geometry, Link, Traits } from '../device';
import type { MachineDescription, MachineRef } from './machine';
import type { ParameterValues, ScenarioDescription, Verdict } from './scenario';
import type { Trace, TraceComparison, TraceDevice, TraceStep } from './trace';

/**
 * The simulation over LSP. A session is a trace under construction: the server keeps its devices and steps, the client looks
 * at any of them, goes back, branches. Requests that can not be answered fail with `InvalidParams` and a sentence; so do those whose
 * answer would have more than 100,000 steps. Those that run events (open, dispatch, run, import) let others be answered meanwhile,
 * can be cancelled, which leaves everything as it was, and tell their progress under a `workDoneToken`. What a client asks of a
 * session after them is answered after them.
 */

/** Request without parameters: what can be simulated, and by which scenarios. */
export const simulationCatalogueMethod = 'vfio/simulation/catalogue';
export interface SimulationCatalogue {
  /** Drivers known in open files and workspace folders, one entry for each of their flag sets. */
  readonly drivers: readonly { readonly name: string; readonly ref: MachineRef; readonly flags: string }[];
  /** What the protocol asks for, one entry for each flag set of each generation, the newest and richest first. */
  readonly references: readonly { readonly name: string; readonly ref: MachineRef; readonly flags: string }[];
  readonly scenarios: readonly ScenarioDescription[];
}

/** Request: the machine by itself, for a diagram. Answers MachineDescription. */
export const simulationMachineMethod = 'vfio/simulation/machine';
export interface SimulationMachineParams {
  readonly machine: MachineRef;
}

/**
 * Request: starts a session. Answers SimulationSession. With a scenario, the machine of the first device plays the sources
 * and that of the second, where there is one, the targets; names, sizes and the link then follow from its parameters.
 */
export const simulationOpenMethod = 'vfio/simulation/open';
export interface SimulationOpenParams {
  readonly devices: readonly DeviceRequest[];
  /** 10 Gbit/s and 0.1 ms when left out. */
  readonly link?: Link;
  /** Run at once. */
  readonly scenario?: ScenarioRequest;
  /** For titles; made from the devices and the scenario when left out. */
  readonly title?: string;
}

export interface DeviceRequest {
  readonly name: string;
  readonly machine: MachineRef;
  readonly geometry?: Geometry;
  /** In place of the machine's own. */
  readonly traits?: Partial<Traits>;
}

export interface ScenarioRequest {
  readonly name: string;
  /** Those left out have their defaults. */
  readonly parameters: ParameterValues;
  /** Fault switches that are armed before it begins, on the first device unless said otherwise. */
  readonly faults: readonly { readonly id: string; readonly device?: string }[];
}

/** A session as it stands. */
export interface SimulationSession {
  readonly id: string;
  readonly title: string;
  readonly devices: readonly TraceDevice[];
  readonly link: Link;
  readonly scenario: Trace['scenario'];
  readonly steps: readonly TraceStep[];
  readonly verdict: Verdict | null;
}

/** Request: sends events after step `at` (how many steps the client means to go on from). Answers SimulationAdvance. */
export const simulationDispatchMethod = 'vfio/simulation/dispatch';
export interface SimulationDispatchParams {
  readonly id: string;
  /** Later steps are dropped; a client that wants to keep them branches first. */
  readonly at: number;
  readonly events: readonly Event[];
}

export interface SimulationAdvance {
  /** Steps before this index are as they were. */
  readonly from: number;
  readonly steps: readonly TraceStep[];
  readonly verdict: Verdict | null;
}

/** Request: starts over with a scenario on the session's machines. Answers SimulationSession. */
export const simulationRunMethod = 'vfio/simulation/run';
export interface SimulationRunParams {
  readonly id: string;
  readonly scenario: ScenarioRequest;
}

/** Request: a session of its own with the first `at` steps. Answers SimulationSession. */
export const simulationBranchMethod = 'vfio/simulation/branch';
export interface SimulationBranchParams {
  readonly id: string;
  readonly at: number;
}

/** Request: opens a saved trace, a scenario file, a log of QEMU's `vfio_*` trace events, or samples of debugfs' migration/state. */
export const simulationImportMethod = 'vfio/simulation/import';
export interface SimulationImportParams {
  /** For messages: the file's name. */
  readonly name: string;
  readonly text: string;
  /** The machine for what names none; the protocol with all flags when left out. */
  readonly machine?: MachineRef;
}
export type SimulationImportResult =
  | {
      readonly session: SimulationSession;
      readonly impossible: ImpossibleStep | null;
      /** What of the file was passed over, a sentence each. */
      readonly notes: readonly string[];
    }
  /** `line` counts from 1; null when the whole text is meant. */
  | { readonly problem: string; readonly line: number | null };

/** The first step that the protocol or the driver can not make. */
export interface ImpossibleStep {
  readonly step: number;
  readonly why: string;
}

export const exportFormats = ['json', 'text', 'mermaid', 'plantuml', 'c'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Request: the session's trace as text. Answers SimulationExport. */
export const simulationExportMethod = 'vfio/simulation/export';
export interface SimulationExportParams {
  readonly id: string;
  readonly format: ExportFormat;
}
export interface SimulationExport {
  /** A file name without folder. */
  readonly name: string;
  readonly text: string;
}

/** Request: two sessions, or a session and itself before the edit of its driver. Answers TraceComparison. */
export const simulationCompareMethod = 'vfio/simulation/compare';
export interface SimulationCompareParams {
  readonly a: string;
  /**
   * 'before-edit': `a` as it was before its driver was edited; it then is the first of the two. What was opened, run or sent
   * since is the new beginning: an edit is many key strokes.
   */
  readonly b: string;
}
export type SimulationCompareResult = TraceComparison;

/** Request: ends a session. Answers null. */
export const simulationCloseMethod = 'vfio/simulation/close';
export interface SimulationCloseParams {
  readonly id: string;
}

/** Notification from the server: the driver of a session was edited. Its scenario was run again, or else its events. */
export const simulationChangedMethod = 'vfio/simulation/changed';
export interface SimulationChanged {
  readonly id: string;
  /** The machines as they are now, by device name. */
  readonly machines: readonly { readonly device: string; readonly machine: MachineDescription }[];
  /** Null when the driver can not be simulated as it stands; `problem` then says why, and the session stays as it was. */
  readonly advance: SimulationAdvance | null;
  readonly problem: string | null;
  /** Indices of steps whose effects are others than before the edit, as `compare` with 'before-edit' has it. */
  readonly changed: readonly number[];
}
