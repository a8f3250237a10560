import type { Effect, Event, Geometry, Link } from '../device';
import type { Arc, Errno, StateName } from '../uapi';
import type { WireLocation } from './arcTable';
import type { MachineDescription } from './machine';
import type { ParameterValues, Verdict } from './scenario';

/** The `schema` of a trace; readers refuse others. */
export const traceSchema = 'vfio-arcs/trace';
/** Raised when a field changes its meaning or goes away; readers take all versions up to theirs. */
export const traceVersion = 1;

/**
 * What happened to simulated devices: how they were set up, each event with all that came of it, the verdict. Holds all that
 * is needed to run it again. Times are microseconds since the beginning, sizes bytes.
 */
export interface Trace {
  readonly schema: typeof traceSchema;
  readonly version: typeof traceVersion;
  readonly title: string;
  /** In the order of the lanes: the source, its target or peers. */
  readonly devices: readonly TraceDevice[];
  readonly link: Link;
  /** The scenario that sent the events; null for events by hand. */
  readonly scenario: { readonly name: string; readonly parameters: ParameterValues } | null;
  readonly steps: readonly TraceStep[];
  /** Null for events by hand. */
  readonly verdict: Verdict | null;
}

export interface TraceDevice {
  /** "source", "target", "peer 1": names the device in events. */
  readonly name: string;
  readonly machine: MachineDescription;
  readonly geometry: Geometry;
  /** The format of its stream: devices of different layouts can not load each other's. */
  readonly layout: string;
}

/** One event and all that came of it. */
export interface TraceStep {
  /** When the event happened. */
  readonly at: number;
  readonly event: Event;
  /** What the engine answered: exact, for programs. */
  readonly effects: readonly Effect[];
  /** The same for people, one line each, in the lanes of those who act. */
  readonly rows: readonly TraceRow[];
  readonly after: WorldView;
}

export const lanes = ['vmm', 'core', 'driver', 'device'] as const;
/** Who acts: the VMM, the vfio core of the kernel, the driver's C, the device (with guest and wire). */
export type Lane = (typeof lanes)[number];

export const rowKinds = [
  'call',
  'next-state',
  'arc',
  'failure',
  'reply',
  'error',
  'data',
  'world',
  'wait',
  'violation',
] as const;
/**
 * `call`: a system call; `next-state`: the core looks up the next state; `arc`: the driver carries one out; `failure`: it
 * fails one; `reply`/`error`: the call returns; `data`: bytes move; `world`: time, guest, link, faults; `wait`: something had
 * to end first; `violation`: what must never happen did.
 */
export type RowKind = (typeof rowKinds)[number];

export interface TraceRow {
  readonly lane: Lane;
  /** Whose lanes; null for what concerns all devices. */
  readonly device: string | null;
  readonly kind: RowKind;
  /** One line without control characters: "SET device_state STOP_COPY". */
  readonly text: string;
  readonly errno: Errno | null;
  readonly arc: Arc | null;
  readonly fd: number | null;
  readonly bytes: number | null;
  /** The C line that brought this about. */
  readonly location: WireLocation | null;
}

/** Everything there is after a step, as far as it is shown. */
export interface WorldView {
  readonly now: number;
  readonly devices: readonly DeviceView[];
  readonly fds: readonly FdView[];
  /** Bytes on the link. */
  readonly inFlight: number;
  /** DMA between devices that has not ended. */
  readonly dmas: readonly {
    readonly from: string;
    readonly to: string;
    readonly bytes: number;
    readonly due: number;
  }[];
}

export interface DeviceView {
  readonly name: string;
  readonly open: boolean;
  readonly state: StateName;
  readonly session: SavingView | ResumingView | null;
  /** Checksum of what the last successful RESUMING -> STOP loaded; null when nothing was. */
  readonly loaded: number | null;
}

/** A saving session. What PRECOPY_INFO would answer, and what reads would still bring. */
export interface SavingView {
  readonly side: 'read';
  readonly read: number;
  readonly initialBytes: number;
  readonly dirtyBytes: number;
  /** Bytes to be read if the device stopped now. */
  readonly remaining: number;
  readonly complete: boolean;
}

export interface ResumingView {
  readonly side: 'write';
  readonly written: number;
}

export interface FdView {
  readonly fd: number;
  readonly device: string;
  readonly side: 'read' | 'write';
  /** True once its session ended: operations answer -ENODEV. */
  readonly dead: boolean;
}

/** Two traces side by side. */
export interface TraceComparison {
  /** Rows of the two traces that belong together; one of them is null where the other trace has no such step. */
  readonly pairs: readonly ComparedStep[];
  /** The index in `pairs` of the first that differs; null when all agree. */
  readonly first: number | null;
  readonly differences: number;
}

export interface ComparedStep {
  /** Index in the steps of the first and of the second trace. */
  readonly a: number | null;
  readonly b: number | null;
  /** What differs, one sentence each: "errno: EINVAL in a, none in b". Empty when the steps agree. */
  readonly differences: readonly string[];
}
