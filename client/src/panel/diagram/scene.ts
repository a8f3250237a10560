import type {
  Arc,
  Effect,
  MachineDescription,
  SimulationSession,
  StateName,
  TraceStep,
} from '../../../../server/src/wire';
import { sameArc } from '../../../../server/src/wire';

/** What the drawing shows of a run at one moment. */
export interface Scene {
  readonly machine: MachineDescription;
  /** Whose machine is drawn. */
  readonly device: string;
  readonly tokens: readonly Token[];
  readonly trail: Trail | null;
  readonly armed: readonly ArmedFault[];
}

/** Where a device stands. */
export interface Token {
  readonly device: string;
  readonly state: StateName;
  readonly open: boolean;
}

/** What a device did in the last step that has happened. */
export interface Trail {
  readonly device: string;
  readonly arcs: readonly Arc[];
  /** The arc that its driver failed or refused. */
  readonly failed: Arc | null;
  /** Whether VFIO_DEVICE_RESET brought it to RUNNING. */
  readonly reset: boolean;
}

/** A fault that will happen the next time that the driver carries out the arc. */
export interface ArmedFault {
  readonly arc: Arc;
  readonly errno: string;
}

/** The run after its first `cursor` steps, on the machine of that device; null when the run has no such device. */
export function sceneOf({ devices, steps }: SimulationSession, cursor: number, device: string): Scene | null {
  const machine = devices.find(({ name }) => name === device)?.machine;
  if (machine === undefined) {
    return null;
  }
  const step = steps[cursor - 1];
  const states = step?.after.devices ?? devices.map(({ name }) => ({ name, state: 'RUNNING' as const, open: true }));
  return {
    machine,
    device,
    tokens: states.map(({ name, state, open }) => ({ device: name, state, open })),
    trail: step === undefined ? null : trailOf(step),
    armed: armedFaults(steps.slice(0, cursor), device),
  };
}

function trailOf({ event, effects }: TraceStep): Trail | null {
  if (event.kind === 'reset') {
    return { device: event.device, arcs: [], failed: null, reset: effects.some(isSuccess) };
  }
  const reply = effects.find((effect) => effect.kind === 'feature');
  if (event.kind !== 'feature' || reply === undefined) {
    return null;
  }
  const arcs = reply.path.slice(1).flatMap((to, index): Arc[] => {
    const from = reply.path[index];
    // Where the driver left it in ERROR there was no arc to it.
    return from === undefined || to === 'ERROR' ? [] : [{ from, to }];
  });
  return arcs.length === 0 && reply.failedArc === null
    ? null
    : { device: event.device, arcs, failed: reply.failedArc, reset: false };
}

function isSuccess(effect: Effect): boolean {
  return effect.kind === 'device' && effect.errno === null;
}

/** A fault is used up when its arc has failed. */
function armedFaults(steps: readonly TraceStep[], device: string): readonly ArmedFault[] {
  const armed: ArmedFault[] = [];
  for (const { event, effects } of steps) {
    if (event.kind === 'fault' && event.device === device) {
      armed.push({ arc: event.arc, errno: event.errno });
    }
    if (event.kind === 'feature' && event.device === device) {
      for (const effect of effects) {
        const failed = effect.kind === 'feature' ? effect.failedArc : null;
        const used = failed === null ? -1 : armed.findIndex(({ arc }) => sameArc(arc, failed));
        if (used >= 0) {
          armed.splice(used, 1);
        }
      }
    }
  }
  return armed;
}
