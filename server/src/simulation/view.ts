import type { DataFile, Device, World } from '../device';
import { checksumOf, fileOf, lengthOf, precopyBytes } from '../device';
import type { DeviceView, FdView, WorldView } from '../wire';

/** What is shown of a world. */
export function viewOf(world: World): WorldView {
  return {
    now: world.now,
    devices: world.devices.map((device) => deviceView(world, device)),
    fds: world.fds.flatMap(({ fd }) => fdView(fd, fileOf(world, fd))),
    inFlight: lengthOf(world.packets.map(({ data }) => data)),
    dmas: world.dmas.map(({ from, to, bytes, due }) => ({ from, to, bytes, due })),
  };
}

function deviceView(world: World, device: Device): DeviceView {
  const { setup, open, state, loaded } = device;
  const file = world.files.find(({ id }) => id === device.saving || id === device.resuming);
  return {
    name: setup.name,
    open,
    state,
    session: file === undefined ? null : sessionView(file, device),
    loaded: loaded === null ? null : checksumOf(loaded),
  };
}

function sessionView(file: DataFile, device: Device): DeviceView['session'] {
  if (file.side === 'write') {
    return { side: 'write', written: file.length };
  }
  const { initialBytes, dirtyBytes } = precopyBytes(file, device);
  const unread = file.filled - file.position;
  return {
    side: 'read',
    read: file.position,
    initialBytes,
    dirtyBytes,
    remaining: unread + (file.complete ? 0 : device.setup.geometry.final),
    complete: file.complete,
  };
}

function fdView(fd: number, file: DataFile | null): FdView[] {
  return file === null ? [] : [{ fd, device: file.device, side: file.side, dead: file.dead }];
}
