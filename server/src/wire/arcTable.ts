import type { Arc, FlagName, ProfileId, StateName } from '../uapi';

/** A position as LSP counts: zero-based line, character in the units that were agreed on at initialize. */
export interface WirePosition {
  readonly line: number;
  readonly character: number;
}

export interface WireRange {
  readonly start: WirePosition;
  readonly end: WirePosition;
}

export interface WireLocation {
  readonly uri: string;
  readonly range: WireRange;
}

/** What the server answers to `vfio/arcTable`. */
export interface ArcTable {
  readonly drivers: readonly DriverTable[];
  /** Why a module that mentions migration gives no driver, one sentence each. */
  readonly notDrivers: readonly { readonly message: string; readonly location: WireLocation }[];
}

/** One driver's arcs; everything a table needs to be drawn without asking again. */
export interface DriverTable {
  /** The module's name, for titles. */
  readonly name: string;
  readonly ops: { readonly name: string; readonly location: WireLocation };
  readonly setState: { readonly name: string; readonly location: WireLocation };
  readonly profile: { readonly id: ProfileId; readonly title: string; readonly reason: string };
  /** The profile's states that can be requested: rows and columns, in their order. */
  readonly states: readonly StateName[];
  /** The richest first. */
  readonly flagSets: readonly DeclaredFlagSet[];
  /** One for every ordered pair of different states. */
  readonly arcs: readonly ArcRow[];
  readonly missing: readonly MissingRow[];
  readonly superfluous: readonly Arc[];
  /** What is wrong with the driver, in the order of the places. */
  readonly findings: readonly FindingRow[];
}

export interface FlagSetRow {
  readonly flags: readonly FlagName[];
  /** The condition under which this set is declared, as C text; null when always. */
  readonly when: string | null;
}

export interface DeclaredFlagSet extends FlagSetRow {
  /** The assignment that makes the set; null when it is not in the driver's text. */
  readonly declaredAt: WireLocation | null;
}

/** The severities that findings are shown with, the gravest first. */
export const severityNames = ['error', 'warning', 'hint'] as const;

/** A finding as lists show it. */
export interface FindingRow {
  readonly rule: string;
  readonly severity: (typeof severityNames)[number];
  /** One or two sentences without markup. */
  readonly message: string;
  readonly location: WireLocation;
}

export const arcStatuses = ['handled', 'conditional', 'rejected', 'undecided'] as const;
export type ArcRowStatus = (typeof arcStatuses)[number];

export const arcResults = ['null', 'new-file', 'session-file', 'unknown-file', 'error', 'unknown'] as const;
/** What can come out of an arc. `unknown` when the analysis had to give up on some path. */
export type ArcResult = (typeof arcResults)[number];

export interface ArcRow extends Arc {
  readonly status: ArcRowStatus;
  /** True when any declared flag set requires the arc. */
  readonly required: boolean;
  readonly returns: readonly ArcResult[];
  /** What a success has to return. */
  readonly due: 'null' | 'new-file';
  readonly condition: string | null;
  /** Where the driver selects the arc; where it comes out when no condition does. */
  readonly place: WireLocation;
}

export interface MissingRow extends Arc {
  /** The flags to name as the reason; empty when no single one is. */
  readonly requiredBy: readonly FlagName[];
  /** Indices into `flagSets`. */
  readonly flagSets: readonly number[];
  readonly breaks: readonly Arc[];
  readonly stopsMigration: boolean;
  /** False when it fails only under a condition that the flags do not share. */
  readonly always: boolean;
  readonly rejectedAt: WireLocation;
}
