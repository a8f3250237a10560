import type { DataFile, Device, World } from '../device';
import { checksumOf, fileOf, lengthOf, precopyBytes } from '../device';
import type { DeviceView, FdView, WorldView } from '../wire';

/** What is shown of a world. Parts that are as in the view `before` are the same objects: a long run has many views. */
export function viewOf(world: World, before?: WorldView): WorldView {
  const fds = world.fds.flatMap(({ fd }) => fdView(fd, fileOf(world, fd)));
  return {
    now: world.now,
    devices: world.devices.map((device) => knownView(world, device)),
    fds: before !== undefined && sameFds(before.fds, fds) ? before.fds : fds,
    inFlight: world.packets.length === 0 ? 0 : lengthOf(world.packets.map(({ data }) => data)),
    dmas: world.dmas.length === 0 ? noDmas : world.dmas.map(({ from, to, bytes, due }) => ({ from, to, bytes, due })),
  };
}

const noDmas: WorldView['dmas'] = [];

function sameFds(a: readonly FdView[], b: readonly FdView[]): boolean {
  return a.length === b.length && a.every((view, index) => sameFd(view, b[index]));
}

function sameFd({ fd, device, side, dead }: FdView, other: FdView | undefined): boolean {
  return other?.fd === fd && other.device === device && other.side === side && other.dead === dead;
}

/** Views of devices that were shown before, with the file of the session that they were made from. */
const known = new WeakMap<Device, { readonly file: DataFile | undefined; readonly view: DeviceView }>();

function knownView(world: World, device: Device): DeviceView {
  const { saving, resuming } = device;
  const none = saving === null && resuming === null;
  const file = none ? undefined : world.files.find(({ id }) => id === saving || id === resuming);
  const before = known.get(device);
  if (before !== undefined && before.file === file) {
    return before.view;
  }
  const view = deviceView(device, file);
  known.set(device, { file, view });
  return view;
}

function deviceView(device: Device, file: DataFile | undefined): DeviceView {
  const { setup, open, state, loaded } = device;
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
