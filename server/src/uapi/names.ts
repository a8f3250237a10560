import type { Doc } from './doc';
import { stateMachineSource } from './doc';

/** What a name of the kernel's migration interface is. */
export type NameKind = 'op' | 'ioctl' | 'feature' | 'struct' | 'field' | 'function' | 'constant';

/** A name of the kernel's migration interface other than states and flags, with its documentation. */
export interface KernelName {
  /** As in C; a field as `struct.field`. */
  readonly name: string;
  readonly kind: NameKind;
  /** Other spellings that mean it and nothing else: a field alone, where no other struct here has one of that name. */
  readonly aliases: readonly string[];
  readonly doc: Doc;
}

const uapi = 'include/uapi/linux/vfio.h';
const header = 'include/linux/vfio.h';
const core = 'drivers/vfio/vfio_main.c';

function entry(
  kind: NameKind,
  name: string,
  source: string,
  summary: string,
  ...details: readonly string[]
): KernelName {
  const member = name.split('.')[1];
  const aliases = kind === 'field' && member !== undefined && member !== 'flags' ? [member] : [];
  return { name, kind, aliases, doc: { title: name, summary, details, source } };
}

const ops: readonly KernelName[] = [
  entry(
    'op',
    'migration_set_state',
    `${header}, struct vfio_migration_ops`,
    'The driver takes the device to the requested state and returns the data fd of the session that this opens, NULL where none is due, or an error pointer.',
    'It is mandatory for migration. A typical driver asks vfio_mig_get_next_state() for one step after the other and carries out the arcs.',
    'A file may come only from the last arc of a combination. When an arc fails, the device stays in a state on the way, or goes to ERROR if none can be restored.',
    'The data fd must reach end of stream or an error whenever the device leaves the states of its session, and before close_device returns.',
  ),
  entry(
    'op',
    'migration_get_state',
    `${header}, struct vfio_migration_ops`,
    'The driver reports the current state of the device.',
    'It is mandatory for migration. After a reset it reports RUNNING.',
  ),
  entry(
    'op',
    'migration_get_data_size',
    `${header}, struct vfio_migration_ops`,
    'The driver estimates how many bytes STOP_COPY will have to stream.',
    'It answers VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, in any state. It is mandatory for migration from Linux 6.2 on: vfio-pci core refuses to register a device without it.',
  ),
  entry(
    'op',
    'log_start',
    `${header}, struct vfio_log_ops`,
    'The driver starts to log which pages of the given IOVA ranges the device writes by DMA.',
    'It returns the page size that it chose through its argument.',
  ),
  entry('op', 'log_stop', `${header}, struct vfio_log_ops`, 'The driver stops the DMA logging that log_start began.'),
  entry(
    'op',
    'log_read_and_clear',
    `${header}, struct vfio_log_ops`,
    'The driver marks the pages of a range that were written since the last call, and forgets them.',
  ),
  entry(
    'op',
    'close_device',
    `${header}, struct vfio_device_ops`,
    'The last user is gone: the driver ends any data session and gives the device up.',
    'Data fds may outlive it in the hands of the user; they must give end of stream or an error from then on.',
  ),
];

const ioctls: readonly KernelName[] = [
  entry(
    'ioctl',
    'VFIO_DEVICE_FEATURE',
    `${uapi}, VFIO_DEVICE_FEATURE`,
    'The ioctl through which a user gets, sets or probes a feature of the device; migration is a group of such features.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_MIGRATION',
    `${uapi}, struct vfio_device_feature_migration`,
    'Device feature 1, get only: the migration flags of the device.',
    'The core answers it from migration_flags; a device without migration ops gives ENOTTY.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE',
    `${uapi}, struct vfio_device_feature_mig_state`,
    'Device feature 2: set takes the device to another state and may return a data fd, get reads the current state.',
    'The driver has to complete the whole transition before the call returns, and must not change the state on its own except by reset.',
    'A failed set may leave the device in the old state or in any state on the way. The user reads the state and decides whether to go back, go on or reset.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_DMA_LOGGING_START',
    `${uapi}, struct vfio_device_feature_dma_logging_control`,
    'Device feature 6, set only: start logging the DMA writes of the device within the given IOVA ranges.',
    'It is independent of the migration state. The page size is a wish; the device returns the one that it took. A second start without a stop is not allowed.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP',
    `${uapi}, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP`,
    'Device feature 7, set only: stop the DMA logging.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT',
    `${uapi}, struct vfio_device_feature_dma_logging_report`,
    'Device feature 8, get only: which pages of a range the device wrote, clearing the log for that range.',
    'Bits of the bitmap are only ever set. After an error the user has to take all memory as dirty.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_MIG_DATA_SIZE',
    `${uapi}, struct vfio_device_feature_mig_data_size`,
    'Device feature 9, get only: the estimated number of bytes that STOP_COPY will stream.',
    'It may be asked in any state. It exists from Linux 6.2 on.',
  ),
  entry(
    'feature',
    'VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2',
    `${uapi}, VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2`,
    'Device feature 12, set only: the user opts in to output flags of VFIO_MIG_GET_PRECOPY_INFO that can be relied on.',
    'It takes no data and lasts until the device is closed. A device without PRE_COPY gives EINVAL. It exists from Linux 7.1 on.',
    'Without it the flags keep their old behaviour: many drivers returned whatever the user had put there.',
  ),
  entry(
    'ioctl',
    'VFIO_MIG_GET_PRECOPY_INFO',
    `${uapi}, VFIO_MIG_GET_PRECOPY_INFO`,
    'An ioctl on the saving data fd that tells how many bytes pre-copy still has to stream.',
    'It is valid in PRE_COPY and PRE_COPY_P2P; in any other state the driver answers EINVAL. Another command gives ENOTTY, an argsz that is too small EINVAL, a bad pointer EFAULT.',
    'From Linux 6.2 on it is mandatory for drivers that declare VFIO_MIGRATION_PRE_COPY. The patch series of 2022 had it optional and valid in PRE_COPY only.',
    'When both sizes are zero, read() is at the temporary end of stream and should fail with ENOMSG; poll() waits for more.',
  ),
  entry(
    'ioctl',
    'VFIO_DEVICE_RESET',
    `${uapi}, VFIO_DEVICE_RESET and enum vfio_device_mig_state`,
    'The ioctl that resets the device; for migration it leads from any state, ERROR too, to RUNNING.',
    'It ends every data session, and is the way to abandon RESUMING.',
  ),
];

const structs: readonly KernelName[] = [
  entry(
    'struct',
    'vfio_device_mig_state',
    stateMachineSource,
    'The enum of the migration states; the comment above it in the header specifies the state machine.',
  ),
  entry(
    'struct',
    'vfio_device_feature_migration',
    `${uapi}, struct vfio_device_feature_migration`,
    'What VFIO_DEVICE_FEATURE_MIGRATION returns: the migration flags of the device.',
  ),
  entry(
    'field',
    'vfio_device_feature_migration.flags',
    `${uapi}, struct vfio_device_feature_migration`,
    'The migration flags: VFIO_MIGRATION_STOP_COPY, with VFIO_MIGRATION_P2P and VFIO_MIGRATION_PRE_COPY as options.',
  ),
  entry(
    'struct',
    'vfio_device_feature_mig_state',
    `${uapi}, struct vfio_device_feature_mig_state`,
    'What VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE takes and returns: a state and a data fd.',
  ),
  entry(
    'field',
    'vfio_device_feature_mig_state.device_state',
    `${uapi}, struct vfio_device_feature_mig_state`,
    'The requested state on set, the current state on get; a value of enum vfio_device_mig_state.',
  ),
  entry(
    'field',
    'vfio_device_feature_mig_state.data_fd',
    `${uapi}, struct vfio_device_feature_mig_state`,
    'The fd of the data session that a set has just opened, otherwise -1.',
    'The user closes it. The stream is opaque; its order must be kept, its segmentation need not.',
  ),
  entry(
    'struct',
    'vfio_device_feature_mig_data_size',
    `${uapi}, struct vfio_device_feature_mig_data_size`,
    'What VFIO_DEVICE_FEATURE_MIG_DATA_SIZE returns.',
  ),
  entry(
    'field',
    'vfio_device_feature_mig_data_size.stop_copy_length',
    `${uapi}, struct vfio_device_feature_mig_data_size`,
    'The estimated number of bytes that STOP_COPY will stream.',
  ),
  entry(
    'struct',
    'vfio_precopy_info',
    `${uapi}, struct vfio_precopy_info`,
    'What VFIO_MIG_GET_PRECOPY_INFO returns: how much pre-copy data is left.',
  ),
  entry(
    'field',
    'vfio_precopy_info.argsz',
    `${uapi}, struct vfio_precopy_info`,
    'In: the size of the struct that the user has. The driver answers EINVAL when it ends before dirty_bytes does.',
  ),
  entry(
    'field',
    'vfio_precopy_info.flags',
    `${uapi}, struct vfio_precopy_info`,
    'Out: reserved, until the user opts in to VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2.',
    'A driver that does not assign it hands the value of the user back. From Linux 7.1 on, and after the opt-in, it is zero or VFIO_PRECOPY_INFO_REINIT.',
  ),
  entry(
    'field',
    'vfio_precopy_info.initial_bytes',
    `${uapi}, struct vfio_precopy_info`,
    'Out: how much of the initial pre-copy data is left; it starts above zero and falls as the user reads.',
    'The user should go on to STOP_COPY only when it is zero, or the migration may be slower.',
  ),
  entry(
    'field',
    'vfio_precopy_info.dirty_bytes',
    `${uapi}, struct vfio_precopy_info`,
    'Out: how much has changed since it was read; it starts at zero, rises as the device changes its state and falls as the user reads.',
  ),
  entry(
    'constant',
    'VFIO_PRECOPY_INFO_REINIT',
    `${uapi}, struct vfio_precopy_info`,
    'An output flag of VFIO_MIG_GET_PRECOPY_INFO: new initial data is on the stream, so initial_bytes starts anew and dirty_bytes is zero again.',
    'A driver may report it only to a user that opted in to VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2. It exists from Linux 7.1 on.',
  ),
];

const driverSide: readonly KernelName[] = [
  entry(
    'struct',
    'vfio_migration_ops',
    `${header}, struct vfio_migration_ops`,
    'The migration callbacks of a driver, from Linux 6.0 on; before, they were members of vfio_device_ops.',
    'Its members are migration_set_state, migration_get_state and, from Linux 6.2 on, migration_get_data_size; all are mandatory.',
  ),
  entry(
    'struct',
    'vfio_log_ops',
    `${header}, struct vfio_log_ops`,
    'The DMA logging callbacks of a driver; all three are mandatory for a driver that sets log_ops.',
    'The core does not track whether logging is on: the driver itself must refuse a second start, and cope with a stop or a report out of turn.',
  ),
  entry(
    'struct',
    'vfio_device_ops',
    `${header}, struct vfio_device_ops`,
    'The callbacks of a VFIO driver; in Linux 5.18 and 5.19 the migration callbacks are members of it.',
  ),
  entry(
    'field',
    'vfio_device.migration_flags',
    `${header}, struct vfio_device`,
    'The migration flags that the driver declares; they decide which states exist and which arcs the core asks for.',
    'It belongs to mig_ops and is set with it, before the device is registered: vfio-pci core refuses to register migration ops without VFIO_MIGRATION_STOP_COPY.',
  ),
  entry(
    'field',
    'vfio_device.mig_ops',
    `${header}, struct vfio_device`,
    'The migration callbacks of the device; without them it has no migration.',
    'It has to be set before the device is registered and to stay as it is. It exists from Linux 6.0 on.',
  ),
  entry(
    'field',
    'vfio_device.log_ops',
    `${header}, struct vfio_device`,
    'The DMA logging callbacks of the device; without them it has no DMA logging.',
    'It has to be set before the device is registered and to stay as it is.',
  ),
  entry(
    'function',
    'vfio_mig_get_next_state',
    `${core}, vfio_mig_get_next_state()`,
    'The core tells a driver the next state on the way from the current state to the requested one.',
    'It looks only at the two states and at migration_flags, and skips states that the device does not declare. A driver calls it until the requested state is reached.',
    'It answers EINVAL for a state that the device does not have, for ERROR, and for STOP_COPY to PRE_COPY or PRE_COPY_P2P.',
  ),
  entry(
    'function',
    'vfio_check_precopy_ioctl',
    `${header}, vfio_check_precopy_ioctl()`,
    'A helper for the ioctl of the saving fd: it checks the command, copies the struct in and checks argsz.',
    'It answers ENOTTY, EFAULT or EINVAL, and clears the output flags for a user that opted in to VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2. The migration state is left for the driver to check.',
    'It exists from Linux 7.1 on.',
  ),
];

/** Every documented name besides states, flags and arcs. */
export const kernelNames: readonly KernelName[] = [...ops, ...ioctls, ...structs, ...driverSide];
