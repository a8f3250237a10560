import type { DeviceReply } from './reply';
import { deviceReply } from './reply';
import { endSessions } from './session';
import type { World } from './world';
import { deviceNamed, withDevice } from './world';

interface Called {
  readonly world: World;
  readonly reply: DeviceReply;
}

/** VFIO_DEVICE_RESET, of a driver that knows of it: RUNNING from any state, no session, no DMA of the device. The opt-in to PRECOPY_INFOv2 stays. */
export function resetDevice(world: World, name: string): Called {
  const device = deviceNamed(world, name);
  if (device?.open !== true) {
    return { world, reply: deviceReply('EBADF') };
  }
  if (!device.setup.traits.resetResetsState) {
    return { world, reply: deviceReply(null) };
  }
  return { world: withDevice(abandon(world, name), name, { state: 'RUNNING' }), reply: deviceReply(null) };
}

/** Closes the device fd: its session ends, its data fds stay open and are dead. */
export function closeDevice(world: World, name: string): Called {
  const device = deviceNamed(world, name);
  if (device?.open !== true) {
    return { world, reply: deviceReply('EBADF') };
  }
  const state = device.setup.traits.closeResetsState ? 'RUNNING' : device.state;
  return { world: withDevice(abandon(world, name), name, { open: false, state }), reply: deviceReply(null) };
}

/** Opens a device that was closed; it has one user at a time. */
export function openDevice(world: World, name: string): Called {
  const device = deviceNamed(world, name);
  if (device === null || device.open) {
    return { world, reply: deviceReply(device === null ? 'ENODEV' : 'EBUSY') };
  }
  return { world: withDevice(world, name, { open: true, precopyInfoV2: false }), reply: deviceReply(null) };
}

function abandon(world: World, name: string): World {
  return endSessions({ ...world, dmas: world.dmas.filter(({ from }) => from !== name) }, name);
}
