import { profileOf } from '../uapi';
import type { Event } from './event';
import type { DataReply, PollFlag, PrecopyInfo } from './reply';
import { dataDone, dataError } from './reply';
import type { Segment } from './segment';
import { append, lengthOf } from './segment';
import type { DataFile, Device, ResumingFile, SavingFile, World } from './world';
import { collectFiles, deviceNamed, fileOf, withFile } from './world';

/** An operation on a data fd. */
export type DataEvent = Extract<
  Event,
  { kind: 'read' | 'write' | 'precopyInfo' | 'poll' | 'pread' | 'lseek' | 'mmap' | 'fcntl' | 'otherIoctl' | 'close' }
>;

interface Called {
  readonly world: World;
  readonly reply: DataReply;
}

/** Carries out an operation on a data fd; -EBADF when the fd is not open (poll: POLLNVAL). */
export function callData(world: World, event: DataEvent): Called {
  const file = fileOf(world, event.fd);
  const device = file === null ? null : deviceNamed(world, file.device);
  if (file === null || device === null) {
    return event.kind === 'poll'
      ? { world, reply: dataDone(1, { revents: ['POLLNVAL'] }) }
      : { world, reply: dataError('EBADF') };
  }
  switch (event.kind) {
    case 'read':
      return read(world, file, device, event.length, event.badPointer === true);
    case 'write':
      return write(world, file, device, event.data, event.badPointer === true);
    case 'close':
      return close(world, event.fd);
    default:
      return { world, reply: look(file, device, event) };
  }
}

/** What changes nothing. */
function look(
  file: DataFile,
  device: Device,
  event: Exclude<DataEvent, { kind: 'read' | 'write' | 'close' }>,
): DataReply {
  switch (event.kind) {
    case 'precopyInfo':
      return precopyInfo(file, device, event.argsz, event.flags, event.badPointer === true);
    case 'poll': {
      const revents = pollFlags(file, device);
      return dataDone(revents.length === 0 ? 0 : 1, { revents });
    }
    case 'pread':
      return dataError('ESPIPE');
    case 'lseek':
      return device.setup.traits.seek === 'refused' ? dataError('ESPIPE') : dataDone(0);
    case 'mmap':
      // Asked for with PROT_READ: the mode of the file is looked at before its operations.
      return dataError(file.side === 'write' ? 'EACCES' : 'ENODEV');
    case 'otherIoctl':
      return dataError('ENOTTY');
    case 'fcntl':
      return dataDone(0, {
        mode: { access: file.side === 'read' ? 'O_RDONLY' : 'O_WRONLY', closeOnExec: true, nonBlocking: false },
      });
  }
}

function read(world: World, file: DataFile, device: Device, length: number, badPointer: boolean): Called {
  const refused = (errno: Parameters<typeof dataError>[0]): Called => ({ world, reply: dataError(errno) });
  if (file.side !== 'read') {
    return refused('EBADF');
  }
  if (badPointer) {
    return refused('EFAULT');
  }
  if (file.dead) {
    return refused('ENODEV');
  }
  const taken = Math.min(length, file.filled - file.position);
  if (taken <= 0) {
    const temporary = !file.complete && length > 0 && device.setup.traits.temporaryEnd === 'ENOMSG';
    return temporary ? refused('ENOMSG') : { world, reply: dataDone(0) };
  }
  const data: Segment = {
    stream: file.stream,
    layout: device.setup.layout,
    offset: file.position,
    length: taken,
    end: file.complete && file.position + taken === file.filled,
    damaged: [],
  };
  return { world: withFile(world, { ...file, position: file.position + taken }), reply: dataDone(taken, { data }) };
}

function write(world: World, file: DataFile, device: Device, data: readonly Segment[], badPointer: boolean): Called {
  const refused = (errno: Parameters<typeof dataError>[0]): Called => ({ world, reply: dataError(errno) });
  if (file.side !== 'write') {
    return refused('EBADF');
  }
  if (badPointer) {
    return refused('EFAULT');
  }
  const { traits, geometry } = device.setup;
  const length = lengthOf(data);
  // A session that ended has forgotten how much it had, and drivers look at the size before they look whether it ended.
  const before = file.dead ? 0 : file.length;
  if (traits.tooMuchData !== null && before + length > geometry.initial + geometry.final) {
    return refused(traits.tooMuchData);
  }
  if (file.dead) {
    return refused('ENODEV');
  }
  const after: ResumingFile = { ...file, received: data.reduce(append, file.received), length: file.length + length };
  // The bytes are taken even when the check fails.
  return {
    world: withFile(world, after),
    reply: headerIsBad(file, after, device) ? dataError('EFAULT') : dataDone(length),
  };
}

/** True when this write completed the header and it is not that of a stream for this device. */
function headerIsBad(before: ResumingFile, after: ResumingFile, { setup }: Device): boolean {
  const size = setup.traits.checkedOnWrite;
  if (before.length >= size || after.length < size) {
    return false;
  }
  const [first] = after.received;
  return (
    first === undefined ||
    first.layout !== setup.layout ||
    first.offset !== 0 ||
    first.length < size ||
    first.damaged.some((at) => at < size)
  );
}

/** Bytes of struct vfio_precopy_info. */
const precopyInfoSize = 24;
/** VFIO_PRECOPY_INFO_REINIT */
const reinitFlag = 1;

function precopyInfo(file: DataFile, device: Device, argsz: number, flags: number, badPointer: boolean): DataReply {
  const profile = profileOf(device.setup.profile);
  if (file.side !== 'read' || profile.precopyInfo === null || !device.setup.traits.precopyInfo) {
    return dataError('ENOTTY');
  }
  if (badPointer) {
    return dataError('EFAULT');
  }
  if (argsz < precopyInfoSize || !profile.precopyInfo.validIn.includes(device.state)) {
    return dataError('EINVAL');
  }
  if (file.dead) {
    return dataError('ENODEV');
  }
  // Before the opt-in to v2 the field is reserved and comes back as it was given.
  const flagsOut = device.precopyInfoV2 ? (isReinit(file) ? reinitFlag : 0) : flags;
  return dataDone(0, { info: { argsz, flags: flagsOut, ...precopyBytes(file, device) } });
}

function isReinit(file: SavingFile): boolean {
  return file.reinit && file.position < file.initialEnd;
}

/** What of a saving session is not read yet, as PRECOPY_INFO counts it with the driver's traits. */
export function precopyBytes(file: SavingFile, { setup }: Device): Pick<PrecopyInfo, 'initialBytes' | 'dirtyBytes'> {
  const all = file.filled - file.position;
  const initial = setup.traits.initialBytes === 'all-unread' ? all : Math.max(0, file.initialEnd - file.position);
  return { initialBytes: initial, dirtyBytes: all - initial };
}

function pollFlags(file: DataFile, { setup }: Device): readonly PollFlag[] {
  if (setup.traits.poll === 'none' || file.side === 'write') {
    return ['POLLIN', 'POLLOUT', 'POLLRDNORM', 'POLLWRNORM'];
  }
  if (file.dead) {
    return ['POLLIN', 'POLLRDNORM', 'POLLRDHUP'];
  }
  return file.complete || file.position < file.filled ? ['POLLIN', 'POLLRDNORM'] : [];
}

/** The session goes on: the driver holds its file too. */
function close(world: World, fd: number): Called {
  const fds = world.fds.filter((each) => each.fd !== fd);
  const freeFds = world.freeFds === null ? null : world.freeFds + 1;
  return { world: collectFiles({ ...world, fds, freeFds }), reply: dataDone(0) };
}
