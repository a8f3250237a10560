import type { Arc, Errno, StateName } from '../uapi';
import { valueOfState } from '../uapi';
import type { Leaves } from './machine';
import type { Segment } from './segment';

/** Bits of `flags` in struct vfio_device_feature; UNKNOWN stands for any bit that the kernel does not define. */
export type FeatureOp = 'GET' | 'SET' | 'PROBE' | 'UNKNOWN';

/** VFIO_DEVICE_FEATURE_* of the migration protocol. Source: include/uapi/linux/vfio.h. */
export const featureNumbers = {
  MIGRATION: 1,
  MIG_DEVICE_STATE: 2,
  DMA_LOGGING_START: 6,
  DMA_LOGGING_STOP: 7,
  DMA_LOGGING_REPORT: 8,
  MIG_DATA_SIZE: 9,
  MIG_PRECOPY_INFOv2: 12,
} as const;

/**
 * What can happen. First what userspace does (`device` names a device fd, `fd` is a data fd; `badPointer`: the buffer can
 * not be reached), then what the world does. Times are microseconds, sizes bytes:
 * whole numbers, not negative.
 */
export type Event =
  | {
      readonly kind: 'feature';
      readonly device: string;
      readonly feature: number;
      readonly ops: readonly FeatureOp[];
      readonly argsz: number;
      /** device_state in the struct of MIG_DEVICE_STATE. */
      readonly request: number;
    }
  | { readonly kind: 'reset'; readonly device: string }
  | { readonly kind: 'closeDevice'; readonly device: string }
  | { readonly kind: 'openDevice'; readonly device: string }
  | { readonly kind: 'read'; readonly fd: number; readonly length: number; readonly badPointer?: boolean }
  | { readonly kind: 'write'; readonly fd: number; readonly data: readonly Segment[]; readonly badPointer?: boolean }
  | {
      readonly kind: 'precopyInfo';
      readonly fd: number;
      readonly argsz: number;
      readonly flags: number;
      readonly badPointer?: boolean;
    }
  | {
      readonly kind: 'poll' | 'pread' | 'lseek' | 'mmap' | 'fcntl' | 'otherIoctl';
      readonly fd: number;
    }
  | { readonly kind: 'close'; readonly fd: number }
  /** How many more fds the process may open; null: no limit. */
  | { readonly kind: 'limitFds'; readonly free: number | null }
  /** The next time the driver carries out this arc, it fails. */
  | {
      readonly kind: 'fault';
      readonly device: string;
      readonly arc: Arc;
      readonly errno: Errno;
      readonly leaves: Leaves | null;
      /** Which error return of the driver this stands for; for records only. */
      readonly site?: string;
    }
  /** The device moves to ERROR by itself. */
  | { readonly kind: 'breakDown'; readonly device: string }
  | { readonly kind: 'dirty'; readonly device: string; readonly bytes: number }
  /** From now on the guest dirties this much a second while the device is RUNNING or in PRE_COPY. */
  | { readonly kind: 'workload'; readonly device: string; readonly bytesPerSecond: number }
  /** The driver has new initial data; without the opt-in to PRECOPY_INFOv2 it is streamed as dirt. */
  | { readonly kind: 'reinit'; readonly device: string; readonly bytes: number }
  | { readonly kind: 'pass'; readonly time: number }
  /** Reads from a data fd and puts what came on the link; it is written to `to` when it arrives. */
  | { readonly kind: 'send'; readonly fd: number; readonly length: number; readonly to: number }
  | {
      readonly kind: 'dma';
      readonly from: string;
      readonly to: string;
      readonly bytes: number;
      readonly duration: number;
    };

/** Bytes of struct vfio_device_feature with one of the migration structs behind it. */
const featureSize = 16;

/** SET of MIG_DEVICE_STATE, rightly called. `state` may be a number that is no state. */
export function setState(device: string, state: StateName | number): Event {
  const request = typeof state === 'number' ? state : valueOfState(state);
  return {
    kind: 'feature',
    device,
    feature: featureNumbers.MIG_DEVICE_STATE,
    ops: ['SET'],
    argsz: featureSize,
    request,
  };
}

/** GET of MIG_DEVICE_STATE, rightly called. */
export function getState(device: string): Event {
  return {
    kind: 'feature',
    device,
    feature: featureNumbers.MIG_DEVICE_STATE,
    ops: ['GET'],
    argsz: featureSize,
    request: 0,
  };
}
