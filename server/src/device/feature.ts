import type { Errno } from '../uapi';
import { bitsOf, profileOf, valueOfState } from '../uapi';
import type { Event, FeatureOp } from './event';
import { featureNumbers } from './event';
import type { Effect, FeatureReply } from './reply';
import { featureReply } from './reply';
import { savingFile } from './session';
import { transition } from './transition';
import type { Device, World } from './world';
import { collectFiles, deviceNamed, withDevice } from './world';

type FeatureEvent = Extract<Event, { kind: 'feature' }>;

interface Called {
  readonly world: World;
  readonly effects: readonly Effect[];
}

/** Bytes of struct vfio_device_feature before its data. */
const headerSize = 8;

/** What a feature allows besides PROBE, and the bytes of its struct. Source: vfio_check_feature() and its callers. */
interface Feature {
  readonly ops: readonly FeatureOp[];
  readonly size: number;
}

/** VFIO_DEVICE_FEATURE on a device, with every check of the core in the kernel's order. */
export function callFeature(world: World, event: FeatureEvent): Called {
  const device = deviceNamed(world, event.device);
  if (device === null || !device.open) {
    return answer(world, featureReply('EBADF'));
  }
  const wrong = checkCall(event);
  if (wrong !== null) {
    return answer(world, featureReply(wrong));
  }
  const feature = featureOf(device, event.feature);
  if (feature === null) {
    return answer(world, featureReply('ENOTTY'));
  }
  if (event.feature === featureNumbers.MIG_PRECOPY_INFOv2 && !device.setup.machine.flags.includes('PRE_COPY')) {
    return answer(world, featureReply('EINVAL'));
  }
  const verdict = checkFeature(event, feature);
  return verdict === 'execute' ? execute(world, device, event) : answer(world, featureReply(verdict));
}

function answer(world: World, reply: FeatureReply): Called {
  return { world, effects: [reply] };
}

/** Source: vfio_ioctl_device_feature(). */
function checkCall({ argsz, ops }: FeatureEvent): Errno | null {
  const both = ops.includes('GET') && ops.includes('SET') && !ops.includes('PROBE');
  return argsz < headerSize || ops.includes('UNKNOWN') || both ? 'EINVAL' : null;
}

/** Source: vfio_check_feature(). Null: a PROBE that succeeds. */
function checkFeature({ argsz, ops }: FeatureEvent, feature: Feature): Errno | null | 'execute' {
  const requested = ops.filter((op) => op === 'GET' || op === 'SET');
  if (requested.some((op) => !feature.ops.includes(op))) {
    return 'EINVAL';
  }
  if (ops.includes('PROBE')) {
    return null;
  }
  return requested.length === 0 || argsz - headerSize < feature.size ? 'EINVAL' : 'execute';
}

/** Null for what this kernel or this driver does not have: -ENOTTY. */
function featureOf({ setup }: Device, number: number): Feature | null {
  const profile = profileOf(setup.profile);
  const logging = setup.traits.dmaLogging;
  switch (number) {
    case featureNumbers.MIGRATION:
      return { ops: ['GET'], size: 8 };
    case featureNumbers.MIG_DEVICE_STATE:
      return { ops: ['GET', 'SET'], size: 8 };
    case featureNumbers.DMA_LOGGING_START:
      return logging ? { ops: ['SET'], size: 24 } : null;
    case featureNumbers.DMA_LOGGING_STOP:
      return logging ? { ops: ['SET'], size: 0 } : null;
    case featureNumbers.DMA_LOGGING_REPORT:
      return logging ? { ops: ['GET'], size: 32 } : null;
    case featureNumbers.MIG_DATA_SIZE:
      return profile.mandatoryOps.includes('migration_get_data_size') ? { ops: ['GET'], size: 8 } : null;
    case featureNumbers.MIG_PRECOPY_INFOv2:
      return profile.precopyInfoV2 ? { ops: ['SET'], size: 0 } : null;
    default:
      return null;
  }
}

function execute(world: World, device: Device, event: FeatureEvent): Called {
  const { name, machine } = device.setup;
  switch (event.feature) {
    case featureNumbers.MIGRATION:
      return answer(world, featureReply(null, { flags: Number(bitsOf(machine.flags)) }));
    case featureNumbers.MIG_DEVICE_STATE:
      return event.ops.includes('GET')
        ? answer(world, featureReply(null, { struct: { state: valueOfState(device.state), dataFd: -1 } }))
        : set(world, name, event.request);
    case featureNumbers.MIG_DATA_SIZE:
      return answer(world, featureReply(null, { stopCopyLength: dataSize(world, device) }));
    case featureNumbers.MIG_PRECOPY_INFOv2:
      return answer(withDevice(world, name, { precopyInfoV2: true }), featureReply(null));
    default:
      // DMA logging: its ranges and bitmaps are about the guest's memory, which is not modelled.
      return answer(world, featureReply(null));
  }
}

/** Source: vfio_ioctl_device_feature_mig_device_state() and vfio_ioct_mig_return_fd(). */
function set(start: World, name: string, request: number): Called {
  const { world, errno, file, path, asked, failedArc, effects } = transition(start, name, request);
  const gave = { path, asked, failedArc };
  const reply = (error: Errno | null, dataFd: number | null): Called['effects'] => {
    // The core copies the caller's struct back, so a failed SET shows the state that was asked for.
    const struct = dataFd === null ? null : { state: request, dataFd };
    return [...effects, featureReply(error, { ...gave, struct })];
  };
  if (file === null) {
    return { world, effects: reply(errno, -1) };
  }
  const fd = lowestFree(world);
  if (world.freeFds === 0 || fd >= mostFds) {
    return { world: collectFiles(world), effects: reply('EMFILE', null) };
  }
  const freeFds = world.freeFds === null ? null : world.freeFds - 1;
  return { world: { ...world, freeFds, fds: [...world.fds, { fd, file }] }, effects: reply(null, fd) };
}

/** Numbers below are the process's own: its terminal. */
const firstFd = 3;
/** The soft limit that Linux gives to a process (RLIMIT_NOFILE). */
const mostFds = 1024;

function lowestFree({ fds }: World): number {
  const used = new Set(fds.map(({ fd }) => fd));
  let fd = firstFd;
  while (used.has(fd)) {
    fd++;
  }
  return fd;
}

function dataSize(world: World, device: Device): number {
  const { traits, geometry } = device.setup;
  const file = savingFile(world, device);
  return traits.dataSize === 'whole' || file === null
    ? geometry.initial + geometry.final
    : file.filled - file.position + (file.complete ? 0 : geometry.final);
}
