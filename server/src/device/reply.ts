import type { Arc, Errno, StateName } from '../uapi';
import type { Segment } from './segment';

/** One look into the kernel's table of next states; `next` is null where it answers -EINVAL. */
export interface Asked {
  readonly cur: StateName;
  /** The state asked for, as the number that the caller gave. */
  readonly target: number;
  readonly next: StateName | null;
}

interface Returned {
  /** What the system call returns: -1 with an errno, else as the call says. */
  readonly ret: number;
  readonly errno: Errno | null;
}

/** The answer to VFIO_DEVICE_FEATURE. */
export interface FeatureReply extends Returned {
  readonly kind: 'feature';
  /** struct vfio_device_feature_mig_state as the call left it; null when it was not written. */
  readonly struct: { readonly state: number; readonly dataFd: number } | null;
  /** For a SET that reached the driver: the states the device was in, first to last. */
  readonly path: readonly StateName[];
  readonly asked: readonly Asked[];
  /** The arc that the driver refused. */
  readonly failedArc: Arc | null;
  /** Of MIGRATION: the flags as bits. */
  readonly flags: number | null;
  /** Of MIG_DATA_SIZE. */
  readonly stopCopyLength: number | null;
}

/** struct vfio_precopy_info as the ioctl left it. */
export interface PrecopyInfo {
  readonly argsz: number;
  readonly flags: number;
  readonly initialBytes: number;
  readonly dirtyBytes: number;
}

export type PollFlag = 'POLLIN' | 'POLLOUT' | 'POLLRDNORM' | 'POLLWRNORM' | 'POLLRDHUP' | 'POLLNVAL';

/** The answer to an operation on a data fd; what the operation does not give is null. */
export interface DataReply extends Returned {
  readonly kind: 'data';
  readonly data: Segment | null;
  readonly revents: readonly PollFlag[] | null;
  readonly info: PrecopyInfo | null;
  /** Of fcntl. */
  readonly mode: {
    readonly access: 'O_RDONLY' | 'O_WRONLY';
    readonly closeOnExec: boolean;
    readonly nonBlocking: boolean;
  } | null;
}

/** The answer to reset, open and close of a device. */
export interface DeviceReply extends Returned {
  readonly kind: 'device';
}

export type Reply = FeatureReply | DataReply | DeviceReply;

/** What a step brought about, in order. A system call's own answer comes last. */
export type Effect =
  | Reply
  /** A SET waited for DMA of the device to end. */
  | { readonly kind: 'waited'; readonly device: string; readonly time: number }
  /** Data came over the link and was written to a data fd. */
  | {
      readonly kind: 'delivered';
      readonly to: number;
      readonly data: Segment;
      readonly ret: number;
      readonly errno: Errno | null;
    }
  /** A transfer between devices is through. */
  | { readonly kind: 'dmaDone'; readonly from: string; readonly to: string; readonly bytes: number }
  /** DMA started by a device that may not, or reached one that can not take it. */
  | { readonly kind: 'violation'; readonly device: string; readonly state: StateName; readonly message: string };

/** The answer to a system call among the effects of its step; null for events that are none. */
export function replyOf(effects: readonly Effect[]): Reply | null {
  const last = effects.at(-1);
  return last?.kind === 'feature' || last?.kind === 'data' || last?.kind === 'device' ? last : null;
}

/** A data operation that failed. */
export function dataError(errno: Errno): DataReply {
  return { ...dataDone(-1), errno };
}

/** A data operation that succeeded, with what it gave. */
export function dataDone(ret: number, gave: Partial<Omit<DataReply, 'kind' | 'ret' | 'errno'>> = {}): DataReply {
  return { kind: 'data', ret, errno: null, data: null, revents: null, info: null, mode: null, ...gave };
}

/** The answer to a feature call: success without an errno. */
export function featureReply(
  errno: Errno | null,
  gave: Partial<Omit<FeatureReply, 'kind' | 'ret' | 'errno'>> = {},
): FeatureReply {
  return {
    kind: 'feature',
    ret: errno === null ? 0 : -1,
    errno,
    struct: null,
    path: [],
    asked: [],
    failedArc: null,
    flags: null,
    stopCopyLength: null,
    ...gave,
  };
}

/** The answer to a call on the device fd: success without an errno. */
export function deviceReply(errno: Errno | null): DeviceReply {
  return { kind: 'device', ret: errno === null ? 0 : -1, errno };
}
