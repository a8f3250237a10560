import type { Errno } from '../uapi';

/** What the protocol leaves to a driver, or what drivers do against its recommendation. */
export interface Traits {
  /** read() in a PRE_COPY state when everything so far was read. uAPI: -ENOMSG. */
  readonly temporaryEnd: 'ENOMSG' | 'zero';
  /** `none`: the data fd has no poll of its own, so the kernel calls it always ready for everything. */
  readonly poll: 'by-data' | 'none';
  /** Where an arc that fails leaves the device when its outcome does not say so: where it stood, or in ERROR. */
  readonly failedArcLeaves: 'state' | 'ERROR';
  /** Whether entering ERROR ends the open session. */
  readonly errorEndsSession: boolean;
  /** Whether a device that is opened again is RUNNING, whatever it was when it was closed. */
  readonly closeResetsState: boolean;
  /** Whether VFIO_DEVICE_RESET makes the device RUNNING and ends its session, as it has to. */
  readonly resetResetsState: boolean;
  /** Whether the file that is read from answers VFIO_MIG_GET_PRECOPY_INFO; -ENOTTY if not. */
  readonly precopyInfo: boolean;
  /** What PRECOPY_INFO calls initial: the data there was when the session began, or whatever is not read yet. */
  readonly initialBytes: 'first-pass' | 'all-unread';
  /** Whether what the guest changes in a PRE_COPY state is streamed again before STOP_COPY. */
  readonly streamsDirty: boolean;
  /** What MIG_DATA_SIZE answers: what is still to be read if the device stopped now, or always the whole. */
  readonly dataSize: 'remaining' | 'whole';
  /** What RESUMING -> STOP looks at. `length` accepts any bytes as long as there are enough, `none` whatever there is. */
  readonly resumeCheck: 'whole-stream' | 'length' | 'none';
  /** Bytes at the beginning of the stream that write() itself checks as soon as it has them (-EFAULT); 0: none. */
  readonly checkedOnWrite: number;
  /** What write() answers to more than the device's whole stream; null when it does not count. */
  readonly tooMuchData: Errno | null;
  /** Whether entering STOP_COPY from a PRE_COPY state without a session starts one, instead of failing (-EINVAL). */
  readonly startsLostSession: boolean;
  /** lseek() on the data fd: -ESPIPE, as for any stream, or without effect. pread() is always refused. */
  readonly seek: 'refused' | 'ignored';
  /** Whether the driver has the DMA logging ops. */
  readonly dmaLogging: boolean;
}

/** What the protocol recommends. Source: include/uapi/linux/vfio.h, enum vfio_device_mig_state and the ioctls after it. */
export const recommendedTraits: Traits = {
  temporaryEnd: 'ENOMSG',
  poll: 'by-data',
  failedArcLeaves: 'state',
  errorEndsSession: true,
  closeResetsState: true,
  resetResetsState: true,
  precopyInfo: true,
  initialBytes: 'first-pass',
  streamsDirty: true,
  dataSize: 'remaining',
  resumeCheck: 'whole-stream',
  checkedOnWrite: 0,
  tooMuchData: null,
  startsLostSession: false,
  seek: 'refused',
  dmaLogging: true,
};
