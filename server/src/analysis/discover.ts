import type { Expr, GlobalIR, Initializer, Location } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { deviceObject } from './expressions';
import { single } from './facts';
import type { Machine } from './machine';
import { allFacts } from './merge';
import type { NamedFunction, OpsModel } from './model';
import { allStepsOf } from './trail';
import type { Loc, Value } from './value';
import { pointerTo, root, symbol } from './value';

/** A table of ops with a set_state in it, as found in the text. */
export interface FoundOps {
  readonly ops: OpsModel;
  readonly global: GlobalIR;
  readonly setState: FunctionDecl;
  readonly getState: FunctionDecl | null;
}

export interface NotDriver {
  readonly message: string;
  readonly location: Location;
}

const setStateMember = 'migration_set_state';

/** Where something relative to a global's start lies in its file. */
export function inGlobal(global: GlobalIR, span: { readonly start: number; readonly end: number }): Location {
  return { file: global.file, span: { start: global.start + span.start, end: global.start + span.end } };
}

export function locationOf(decl: FunctionDecl): Location {
  return { file: decl.file, span: decl.nameSpan };
}

export const namedFunction = (decl: FunctionDecl): NamedFunction => ({ name: decl.name, location: locationOf(decl) });

/** The function or variable that an initialiser names; null for anything else. */
function nameIn(value: Initializer): string | null {
  let expr: Expr | null = value.k === 'expr' ? value.value : null;
  while (expr?.k === 'cast') expr = expr.arg;
  return (expr?.k === 'load' || expr?.k === 'addr') && expr.place.k === 'global' ? expr.place.name : null;
}

/** Every ops table of the module that sets migration_set_state, and why some give no driver. */
export function findOps(module: CModule): { found: FoundOps[]; notDrivers: NotDriver[] } {
  const found: FoundOps[] = [];
  const notDrivers: NotDriver[] = [];
  for (const global of module.globalMentions(setStateMember)) {
    if (global.initializer?.k !== 'list') continue;
    const members = global.initializer.entries.flatMap((entry) => {
      const designator = entry.designators[0];
      const value = nameIn(entry.value);
      if (designator?.k !== 'field' || value === null) return [];
      return [{ name: designator.name, value, location: inGlobal(global, entry.span) }];
    });
    const member = members.find((m) => m.name === setStateMember);
    if (!member) continue;
    const setState = module.functions(member.value, global.file)[0];
    if (!setState) {
      notDrivers.push({
        message: `${member.value}(), the migration_set_state of ${global.name}, is not defined in this module, so its arcs can not be seen.`,
        location: member.location,
      });
      continue;
    }
    const getName = members.find((m) => m.name === 'migration_get_state')?.value;
    const type =
      global.type.k === 'struct' && global.type.name === 'vfio_device_ops' ? 'vfio_device_ops' : 'vfio_migration_ops';
    found.push({
      ops: { name: global.name, type, location: inGlobal(global, global.nameSpan), members },
      global,
      setState,
      getState: (getName && module.functions(getName, global.file)[0]) || null,
    });
  }
  if (found.length === 0 && notDrivers.length === 0) notDrivers.push(...protocolV1(module));
  return { found, notDrivers };
}

/** Drivers of the first protocol (before 5.18) are named, not analysed. */
function protocolV1(module: CModule): NotDriver[] {
  for (const file of module.files) {
    const match = /\b(VFIO_DEVICE_STATE_V1_\w+|VFIO_REGION_SUBTYPE_MIGRATION|vfio_device_migration_info)\b/.exec(
      file.text,
    );
    if (!match) continue;
    const span = { start: match.index, end: match.index + match[0].length };
    return [
      {
        message: `${match[0]} belongs to version 1 of the migration protocol (before Linux 5.18), which is not the v2 protocol that is checked here.`,
        location: { file: file.path, span },
      },
    ];
  }
  return [];
}

/** Where the driver keeps its current state. */
export interface StateLocation {
  readonly loc: Loc;
  readonly value: Value;
  readonly foundBy: string;
}

/**
 * Finds the current state's place: what migration_get_state copies out; else what set_state hands to
 * vfio_mig_get_next_state() as the current state; else what it compares with the requested state.
 */
export function findStateLocation(machine: Machine, ops: FoundOps): StateLocation | null {
  return fromGetState(machine, ops) ?? fromSetState(machine, ops);
}

function fromGetState(machine: Machine, ops: FoundOps): StateLocation | null {
  if (!ops.getState) return null;
  const out = root('out:state', { k: 'int', bits: 32, signed: false, name: 'u32' });
  const results = machine.run(ops.getState, [pointerTo(deviceObject('vfio_device')), pointerTo(out)], machine.start());
  for (const result of results) {
    const value = result.state.read(out);
    if (value.k === 'symbol' && value.origin.k === 'memory' && value.origin.loc.key !== out.key) {
      return { loc: value.origin.loc, value, foundBy: `${ops.getState.name}() copies it out` };
    }
  }
  return null;
}

function fromSetState(machine: Machine, ops: FoundOps): StateLocation | null {
  const wanted = symbol('wanted', { k: 'param', name: 'the requested state' });
  const results = machine.run(ops.setState, [pointerTo(deviceObject('vfio_device')), wanted], machine.start());
  for (const result of results) {
    for (const step of allStepsOf(result.state.trail)) {
      if (step.k !== 'next-state') continue;
      const { current } = step;
      if (current.k === 'symbol' && current.origin.k === 'memory') {
        return {
          loc: current.origin.loc,
          value: current,
          foundBy: `${ops.setState.name}() hands it to vfio_mig_get_next_state()`,
        };
      }
    }
  }
  const votes = new Map<string, { readonly at: StateLocation; n: number }>();
  const vote = (value: Value | undefined): void => {
    if (value?.k !== 'symbol' || value.origin.k !== 'memory') return;
    const known = votes.get(value.id);
    if (known) known.n++;
    else
      votes.set(value.id, {
        at: { loc: value.origin.loc, value, foundBy: `${ops.setState.name}() compares it with states` },
        n: 1,
      });
  };
  for (const result of results) {
    for (const fact of allFacts(result.state)) {
      const { origin } = fact.of;
      if (origin.k === 'term' && origin.args.some((a) => a.id === wanted.id)) for (const a of origin.args) vote(a);
      const only = single(fact);
      if (origin.k === 'memory' && (fact.not.length > 0 || (only !== null && only > 0n && only < 8n))) vote(fact.of);
    }
  }
  return [...votes.values()].sort((a, b) => b.n - a.n)[0]?.at ?? null;
}
