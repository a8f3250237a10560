import type { Traits } from '../../server/src/device';

/** What a driver's text tells of its traits, read by hand; `undefined` stands for what it does not tell. */
export type TraitsRead = Partial<Traits>;

const stream: TraitsRead = {
  seek: 'refused',
  closeResetsState: true,
  resetResetsState: true,
  failedArcLeaves: 'state',
};

/**
 * By series and driver, from the sources: the fops of the saving file (.poll, .unlocked_ioctl, .llseek, stream_open()), its read
 * (-ENOMSG), its precopy ioctl (dirty_bytes), migration_get_data_size, RESUMING -> STOP, open_device, reset_done, log_ops.
 */
export const traitsRead: Readonly<Record<string, TraitsRead>> = {
  '6.1 hisi-acc-vfio-pci': { ...stream, poll: 'none', precopyInfo: false, dmaLogging: false },
  '6.1 mlx5-vfio-pci': { ...stream, poll: 'by-data', precopyInfo: false, dmaLogging: true },
  '6.12 hisi-acc-vfio-pci': {
    ...stream,
    poll: 'none',
    precopyInfo: true,
    temporaryEnd: 'zero',
    initialBytes: 'all-unread',
    streamsDirty: false,
    dataSize: 'whole',
    startsLostSession: false,
    dmaLogging: false,
  },
  '6.12 mlx5-vfio-pci': {
    ...stream,
    poll: 'by-data',
    precopyInfo: true,
    temporaryEnd: 'ENOMSG',
    initialBytes: 'first-pass',
    streamsDirty: true,
    resumeCheck: 'none',
    startsLostSession: false,
    dmaLogging: true,
  },
  '6.12 mtty': {
    ...stream,
    poll: 'none',
    precopyInfo: true,
    temporaryEnd: 'zero',
    initialBytes: 'all-unread',
    streamsDirty: false,
    dataSize: 'whole',
    resumeCheck: 'length',
    startsLostSession: true,
    closeResetsState: false,
    dmaLogging: true,
  },
  '6.12 pds-vfio-pci': { ...stream, poll: 'none', precopyInfo: false, dataSize: 'whole', dmaLogging: true },
  '6.12 qat_vfio_pci': {
    ...stream,
    poll: 'none',
    precopyInfo: true,
    temporaryEnd: 'zero',
    initialBytes: 'all-unread',
    streamsDirty: false,
    dataSize: 'whole',
    startsLostSession: false,
    dmaLogging: false,
  },
  '7.3 virtio-vfio-pci': {
    ...stream,
    poll: 'none',
    precopyInfo: true,
    temporaryEnd: 'ENOMSG',
    initialBytes: 'first-pass',
    streamsDirty: true,
    resumeCheck: 'none',
    startsLostSession: false,
    dmaLogging: false,
  },
  '7.3 xe-vfio-pci': { ...stream, poll: 'none', precopyInfo: false, dmaLogging: false },
};
