import type { GlobalIR } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { Arc, FlagSet } from '../uapi';
import { valueOfState } from '../uapi';
import type { FoundOps, StateLocation } from './discover';
import { deviceObject } from './expressions';
import type { FixedMembers } from './fixedMembers';
import type { FoundFlags } from './flags';
import { globalRoot } from './globals';
import type { Machine, PathResult } from './machine';
import type { RawOutcome, Source } from './outcomes';
import { outcomesOf } from './outcomes';
import type { State } from './state';
import type { Loc, Value } from './value';
import { inside, int, pointerTo, root } from './value';

/** What functions beside set_state are run with. */
export interface SubjectParts {
  readonly machine: Machine;
  /** Keeps more paths apart. */
  readonly wide: Machine;
  readonly source: Source;
  readonly ops: FoundOps;
  readonly stateAt: StateLocation | null;
  /** The richest; null when the flags are not known. */
  readonly set: FoundFlags | null;
  readonly fixed: FixedMembers;
}

/** No pair of states: what set_state's outcomes are told from does not matter elsewhere. */
const nowhere = { from: -1n, to: -2n };

/** A driver that has registered under its richest flag set, to run any of its functions. */
export class Subject {
  readonly machine: Machine;
  readonly ops: FoundOps;
  readonly stateAt: Loc | null;
  readonly flags: FlagSet;

  constructor(private readonly parts: SubjectParts) {
    this.machine = parts.machine;
    this.ops = parts.ops;
    this.stateAt = parts.stateAt?.loc ?? null;
    this.flags = parts.set?.flags ?? [];
  }

  get module(): CModule {
    return this.machine.module;
  }

  /** What set-up leaves for the device's whole life, with the device in the state of that number. */
  registered(current: bigint | null = null): State {
    const { set, fixed } = this.parts;
    const state = this.machine.start();
    for (const fact of set?.facts ?? []) state.assume(fact.of, fact, fact.because);
    for (const [key, value] of set?.left ?? []) {
      if (fixed.isFixedMember(key.slice(key.lastIndexOf('.') + 1))) state.write(root(key, null), value);
    }
    const device = deviceObject('vfio_device');
    const { global, ops } = this.ops;
    if (set) state.write(inside(device, '.migration_flags', null), int(set.bits));
    if (ops.type === 'vfio_migration_ops') {
      state.write(inside(device, '.mig_ops', null), pointerTo(globalRoot(this.module, global.name, global.file)));
    }
    if (this.stateAt && current !== null) state.write(this.stateAt, int(current));
    return state;
  }

  /** Runs a function from a state; null stands for an argument of which nothing is known. */
  run(decl: FunctionDecl, args: readonly (Value | null)[], from: State = this.registered()): readonly PathResult[] {
    return this.on(this.machine, decl, args, from);
  }

  private on(
    machine: Machine,
    decl: FunctionDecl,
    args: readonly (Value | null)[],
    from: State,
  ): readonly PathResult[] {
    const ir = decl.ir();
    const given = ir.params.map((_, index) => args[index] ?? machine.unknownArgument(ir, index));
    return machine.run(decl, given, from);
  }

  /** All that a run of the function may give, told apart as far as that goes. */
  answers(decl: FunctionDecl, args: readonly (Value | null)[], from: State): readonly PathResult[] {
    return this.on(this.parts.wide, decl, args, from);
  }

  /** Runs set_state for an arc. */
  setState({ from, to }: Arc): readonly PathResult[] {
    const state = this.registered(BigInt(valueOfState(from)));
    const device = pointerTo(deviceObject('vfio_device'));
    return this.run(this.ops.setState, [device, int(BigInt(valueOfState(to)))], state);
  }

  /** True when the run may end without an error: with 0, or with nothing at all. */
  succeeds(result: PathResult): boolean {
    return this.outcomes(result).some(({ outcome }) => outcome.kind === 'success' && outcome.file === 'null');
  }

  /** What a run may answer; 0 is told as success with NULL. */
  outcomes(result: PathResult): RawOutcome[] {
    return outcomesOf(result, null, nowhere, this.parts.source, []);
  }

  /** The variable that a place is; null when it is none of the module. */
  globalAt({ key }: Loc): GlobalIR | null {
    const [, file = '', name = ''] = /^g:(.*):([^:]+)$/.exec(key) ?? [];
    return this.module.globals(name, file || this.ops.global.file)[0] ?? null;
  }
}
