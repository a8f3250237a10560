/** What a VMM does with devices, as a program with parameters. */
export interface ScenarioDescription {
  /** For command lines: "precopy". */
  readonly name: string;
  /** For menus: "Live migration with pre-copy". */
  readonly title: string;
  /** What it does and what it shows, in one or two sentences. */
  readonly summary: string;
  /** How many devices it has, and what they are; `several`: one or more of the kind. */
  readonly roles: readonly { readonly role: string; readonly several: boolean }[];
  readonly parameters: readonly ParameterDescription[];
}

export const parameterKinds = ['bytes', 'rate', 'time', 'count', 'choice', 'flag'] as const;
/** `rate`: bytes a second; `time`: microseconds; `flag`: 0 or 1. */
export type ParameterKind = (typeof parameterKinds)[number];

export interface ParameterDescription {
  readonly name: string;
  readonly title: string;
  /** What it is, in one sentence. */
  readonly summary: string;
  readonly kind: ParameterKind;
  readonly default: number | string;
  /** Bounds of a number. */
  readonly min?: number;
  readonly max?: number;
  /** The values of a `choice`. */
  readonly choices?: readonly string[];
}

export type ParameterValues = Readonly<Record<string, number | string>>;

export const outcomes = ['migrated', 'cancelled', 'failed', 'completed', 'never-converges'] as const;
/**
 * How a scenario ended. `completed`: it was no migration and did all it set out to do; `failed`: a call answered what the
 * protocol does not allow or recovery was needed; `never-converges`: the guest dirties faster than the link carries.
 */
export type ScenarioOutcome = (typeof outcomes)[number];

export interface Verdict {
  readonly outcome: ScenarioOutcome;
  /** One sentence: what decided. */
  readonly reason: string;
  /** Microseconds from stopping the source to running the target; null when it did not come to that. */
  readonly downtime: number | null;
  /** Microseconds from the first event to the last. */
  readonly total: number;
  readonly bytes: { readonly precopy: number; readonly stopCopy: number };
  /** Index of the step that decided a failure; null without one. */
  readonly step: number | null;
}
