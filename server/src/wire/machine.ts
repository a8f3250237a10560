import type { ArcOutcome, Leaves, Traits } from '../device';
import type { Arc, Contract, Errno, FlagName, ProfileId, StateName } from '../uapi';
import type { WireLocation } from './arcTable';

/** Where a simulated machine comes from: what the protocol asks for, or the driver whose ops stand in a file. */
export type MachineRef =
  | { readonly kind: 'reference'; readonly flags: readonly FlagName[]; readonly profile: ProfileId }
  | {
      readonly kind: 'driver';
      /** The file with the migration ops. */
      readonly uri: string;
      /** The ops variable's name: a file may have several. */
      readonly ops: string;
      /** Which of the driver's flag sets, counted from the richest; 0 when left out. */
      readonly flagSet?: number;
    };

/** True for one driver under whichever of its flag sets, and for the protocol with the same flags. */
export function isSameMachine(a: MachineRef, b: MachineRef): boolean {
  if (a.kind === 'driver') return b.kind === 'driver' && a.uri === b.uri && a.ops === b.ops;
  return b.kind === 'reference' && a.profile === b.profile && a.flags.join() === b.flags.join();
}

export const arcVerdicts = ['handled', 'conditional', 'missing', 'undecided', 'superfluous', 'not-required'] as const;
/**
 * What the flags ask for and the driver does, in one word. `conditional`: handled, but not whenever its flags are declared.
 * `superfluous`: handled though none of the driver's flag sets asks for it. `not-required`: not asked for under these flags.
 */
export type ArcVerdict = (typeof arcVerdicts)[number];

/** A machine that can be simulated, with what a diagram and a log need to say about it. */
export interface MachineDescription {
  readonly ref: MachineRef;
  /** For titles: "mlx5", "the protocol". */
  readonly name: string;
  readonly flags: readonly FlagName[];
  /** The condition under which the driver declares these flags, as C text; null when always, and for the reference. */
  readonly when: string | null;
  readonly profile: ProfileId;
  /** The states that the flags allow, in the order of their values, so without ERROR. */
  readonly states: readonly StateName[];
  /** One for every ordered pair of different states that the flags allow. */
  readonly arcs: readonly MachineArc[];
  readonly traits: Traits;
  /** Which traits were read from the driver, and where; the others are the protocol's recommendation. */
  readonly traitSources: readonly TraitSource[];
  /** set_state's definition; null for the reference. */
  readonly setState: WireLocation | null;
}

export interface MachineArc extends Arc {
  readonly verdict: ArcVerdict;
  /** What the simulated device does. An undecided arc is taken to succeed. */
  readonly outcome: ArcOutcome;
  readonly contract: Contract;
  /** Where the driver selects the arc, or rejects it; null for the reference and where no place can be told. */
  readonly handler: WireLocation | null;
  /** For `conditional`: what must hold, as C text. */
  readonly condition: string | null;
  /** How the driver comes to its outcome, in order of execution. */
  readonly story: readonly { readonly what: string; readonly location: WireLocation }[];
  readonly faults: readonly FaultSwitch[];
}

/** An error return of the driver that can be made to happen once. */
export interface FaultSwitch {
  /** Unique in the machine and the same after an edit elsewhere: arc, place and errno as text. */
  readonly id: string;
  readonly errno: Errno;
  /** False when the driver hands on what a call returned, so that `errno` stands for any. */
  readonly errnoKnown: boolean;
  /** The call whose failure this is; null when the driver itself refuses. */
  readonly call: string | null;
  /** The failing call, else the return. */
  readonly location: WireLocation;
  /** Null: as the traits say. */
  readonly leaves: Leaves | null;
  /** "mlx5vf_cmd_suspend_vhca() fails" */
  readonly text: string;
}

export interface TraitSource {
  readonly trait: keyof Traits;
  /** "the fops of the saving file have no .poll" */
  readonly why: string;
  readonly location: WireLocation | null;
}
