import { callData } from './dataFd';
import type { Event } from './event';
import { callFeature } from './feature';
import { closeDevice, openDevice, resetDevice } from './lifetime';
import type { Effect } from './reply';
import { dirty, pass, reinit, send, startDma } from './time';
import { enterError } from './transition';
import type { World } from './world';
import { deviceNamed, withDevice } from './world';

/** What an event led to. */
export interface Step {
  readonly state: World;
  readonly effects: readonly Effect[];
}

/**
 * One event. Total and deterministic: every event is possible in every state, what userspace did wrong is answered with the
 * kernel's errno, and an event of the world about a device or fd that is not there does nothing.
 */
export function step(state: World, event: Event): Step {
  switch (event.kind) {
    case 'feature':
      return stepped(callFeature(state, event));
    case 'reset':
      return replied(resetDevice(state, event.device));
    case 'closeDevice':
      return replied(closeDevice(state, event.device));
    case 'openDevice':
      return replied(openDevice(state, event.device));
    case 'limitFds':
      return silent({ ...state, freeFds: event.free });
    case 'fault':
      return silent(armed(state, event));
    case 'breakDown':
      return silent(enterError(state, event.device));
    case 'dirty':
      return silent(dirty(state, event.device, event.bytes));
    case 'workload':
      return silent(withDevice(state, event.device, { dirtyRate: event.bytesPerSecond }));
    case 'reinit':
      return silent(reinit(state, event.device, event.bytes));
    case 'pass':
      return stepped(pass(state, event.time));
    case 'send':
      return stepped(send(state, event.fd, event.length, event.to));
    case 'dma':
      return stepped(startDma(state, { from: event.from, to: event.to, bytes: event.bytes }, event.duration));
    default:
      return replied(callData(state, event));
  }
}

function stepped({ world, effects }: { readonly world: World; readonly effects: readonly Effect[] }): Step {
  return { state: world, effects };
}

function replied({ world, reply }: { readonly world: World; readonly reply: Effect }): Step {
  return { state: world, effects: [reply] };
}

function silent(state: World): Step {
  return { state, effects: [] };
}

function armed(world: World, event: Extract<Event, { kind: 'fault' }>): World {
  const { device, arc, errno, leaves, site = null } = event;
  const faults = deviceNamed(world, device)?.faults ?? [];
  return withDevice(world, device, { faults: [...faults, { arc, errno, leaves, site }] });
}
