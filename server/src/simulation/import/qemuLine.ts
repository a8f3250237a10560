import type { Errno, StateName } from '../../uapi';
import { stateNames } from '../../uapi';

/**
 * What a line of QEMU's log says about the migration of a device. Sources: hw/vfio/trace-events and hw/vfio/migration.c of QEMU
 * 8.0 to 10; sizes were in hexadecimal at first, and before 9.1 a SET was told only when it had
 * succeeded, since then when it is asked for.
 */
export type QemuSaid = { readonly device: string } & (
  | { readonly kind: 'asks'; readonly state: StateName; readonly recover: StateName }
  /** The state that QEMU holds the device to be in from now on. */
  | { readonly kind: 'holds'; readonly state: StateName }
  /** Before 9.1: a SET succeeded. */
  | { readonly kind: 'did'; readonly state: StateName }
  /** The VM stopped or went on, for which the device was asked for this state. */
  | { readonly kind: 'vm'; readonly state: StateName }
  /** An error message: SET failed, then `recover` is asked for; null: the device is reset. */
  | {
      readonly kind: 'failed';
      readonly state: StateName;
      readonly recover: StateName | null;
      readonly errno: Errno | null;
    }
  | { readonly kind: 'recoverFailed'; readonly errno: Errno | null }
  | { readonly kind: 'read'; readonly bytes: number }
  /** read() answered -ENOMSG. */
  | { readonly kind: 'empty' }
  /** read() answered 0: the end of the stream. */
  | { readonly kind: 'end' }
  | { readonly kind: 'sizes'; readonly stopCopy: number; readonly initial: number | null }
  /** What is left of the initial data, as QEMU counts it. */
  | { readonly kind: 'left'; readonly initial: number }
  | { readonly kind: 'write'; readonly bytes: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'reset' }
  /** Something that came to no system call that succeeded. */
  | { readonly kind: 'noted' }
  /** A state of the first migration protocol. */
  | { readonly kind: 'old' }
);

/** A line as it was understood: `said` null when it is about migration and does not read as it should. */
export interface QemuLine {
  /** What stands before the event: time, thread, the program's name. */
  readonly before: string;
  readonly said: QemuSaid | null;
}

/** Null for a line about something else. */
export function readQemuLine(line: string): QemuLine | null {
  const failure = readFailure(line);
  if (failure !== null) {
    return failure;
  }
  const [, before = '', name = '', rest = ''] =
    /^(.*?[\s:])??(vfio_[a-z0-9_]+)(?:\s+(.*))?$/.exec(line.trimEnd()) ?? [];
  const read = Object.hasOwn(events, name) ? events[name] : undefined;
  return read === undefined ? null : { before, said: read(rest) };
}

type Read = (rest: string) => QemuSaid | null;

/** Most events are "(device) words". */
function about(pattern: RegExp, said: (device: string, words: readonly string[]) => QemuSaid | null): Read {
  return (rest) => {
    const [, device, words] = /^\((.*?)\)\s*(.*)$/.exec(rest) ?? [];
    const found = device === undefined || words === undefined ? null : pattern.exec(words);
    return found === null || device === undefined ? null : said(device, found.slice(1));
  };
}

const number = '(0x[0-9a-f]+|\\d+)';

/** The events that tell of system calls or of what they answered. */
const events: Readonly<Record<string, Read>> = {
  vfio_migration_set_state: (rest) => asks(rest) ?? did(rest) ?? old(rest),
  vfio_migration_v1_set_state: (rest) => old(rest),
  vfio_migration_set_device_state: about(/^state (\w+)$/, (device, [state]) =>
    withState(state, { device, kind: 'holds' }),
  ),
  vfio_vmstate_change: (rest) => vm(rest),
  vfio_vmstate_change_prepare: (rest) => vm(rest),
  vfio_save_block: about(/^data_size (\d+)$/, (device, [bytes]) => withBytes(bytes, { device, kind: 'read' })),
  vfio_save_block_precopy_empty_hit: about(/^$/, (device) => ({ device, kind: 'empty' })),
  vfio_save_complete_precopy: about(/^(?:ret (-?\d+))?$/, (device, [ret = '0']) =>
    ret === '0' ? { device, kind: 'end' } : { device, kind: 'noted' },
  ),
  vfio_save_iterate: about(new RegExp(`precopy initial size ${number} `), (device, [initial]) => left(device, initial)),
  vfio_state_pending_estimate: about(new RegExp(`precopy initial size ${number} `), (device, [initial]) =>
    left(device, initial),
  ),
  vfio_state_pending_exact: about(
    new RegExp(`stopcopy size ${number}(?: precopy initial size ${number} )?`),
    (device, [stopCopy, initial]) => {
      const size = bytesOf(stopCopy);
      return size === null ? null : { device, kind: 'sizes', stopCopy: size, initial: bytesOf(initial) };
    },
  ),
  vfio_load_state_device_data: about(new RegExp(`size ${number}(?: ret (-?\\d+))?$`), (device, [bytes, ret = '0']) =>
    ret === '0' ? withBytes(bytes, { device, kind: 'write' }) : { device, kind: 'noted' },
  ),
  vfio_save_cleanup: about(/^$/, (device) => ({ device, kind: 'close' })),
  vfio_load_cleanup: about(/^$/, (device) => ({ device, kind: 'close' })),
  vfio_pci_reset_flr: (rest) => resetOf(/^(.*) FLR\/VFIO_DEVICE_RESET$/.exec(rest)),
  vfio_pci_reset_pm: (rest) => resetOf(/^(.*) PCI PM Reset$/.exec(rest)),
  vfio_pci_hot_reset_result: (rest) => resetOf(/^(.*) hot reset: Success$/.exec(rest)),
};

const asks = about(/^new state (\w+), recover state (\w+)$/, (device, [wanted, recovering]) => {
  const [state, recover] = [stateNamed(wanted), stateNamed(recovering)];
  return state === null || recover === null ? null : { device, kind: 'asks', state, recover };
});
const did = about(/^state ([A-Z]\w*)$/, (device, [state]) => withState(state, { device, kind: 'did' }));
const vm = about(/^running \d+ reason \S+ device state (\w+)$/, (device, [state]) =>
  /^\d+$/.test(state ?? '') ? { device, kind: 'old' } : withState(state, { device, kind: 'vm' }),
);
const old = about(/^state \d+$/, (device) => ({ device, kind: 'old' }));

function stateNamed(name: string | undefined): StateName | null {
  return stateNames.find((each) => each === name) ?? null;
}

function withState(
  name: string | undefined,
  said: { readonly device: string; readonly kind: 'holds' | 'did' | 'vm' },
): QemuSaid | null {
  const state = stateNamed(name);
  return state === null ? null : { ...said, state };
}

function withBytes(
  text: string | undefined,
  said: { readonly device: string; readonly kind: 'read' | 'write' },
): QemuSaid | null {
  const bytes = bytesOf(text);
  return bytes === null ? null : { ...said, bytes };
}

function left(device: string, text: string | undefined): QemuSaid | null {
  const initial = bytesOf(text);
  return initial === null ? null : { device, kind: 'left', initial };
}

function resetOf(found: RegExpExecArray | null): QemuSaid | null {
  const device = found?.[1];
  return device === undefined ? null : { device, kind: 'reset' };
}

/** No device has more state, and sums of sizes stay exact. */
const mostBytes = 2 ** 46;

function bytesOf(text: string | undefined): number | null {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value >= 0 && value <= mostBytes ? value : null;
}

/** "0000:3b:02.2: Failed setting device state to STOP, err: Invalid argument. Setting device in recover state RUNNING" */
function readFailure(line: string): QemuLine | null {
  const [, who = '', what = ''] = /^(.*): Failed setting device (.*)$/.exec(line.trimEnd()) ?? [];
  if (what === '') {
    return null;
  }
  const names = who.split(': ');
  const device = names.pop() ?? '';
  const before = names.join(': ');
  const recover = /^in recover state, err: (.*)\. Resetting device$/.exec(what);
  if (recover !== null) {
    return { before, said: { device, kind: 'recoverFailed', errno: errnoSaid(recover[1]) } };
  }
  const [, wanted, early, recovering, late] =
    /^state to (\w+)(?:, err: (.*?))?\. (?:Recover state is ERROR\. Resetting device|Setting device in recover state (\w+))(?:: (.*))?$/.exec(
      what,
    ) ?? [];
  const state = stateNamed(wanted);
  const errno = errnoSaid(early ?? late);
  return { before, said: state && { device, kind: 'failed', state, recover: stateNamed(recovering), errno } };
}

/** What strerror() says, for the errors that drivers answer. */
const messages: Readonly<Record<string, Errno>> = {
  'Bad address': 'EFAULT',
  'Bad file descriptor': 'EBADF',
  'Cannot allocate memory': 'ENOMEM',
  'Connection timed out': 'ETIMEDOUT',
  'Device or resource busy': 'EBUSY',
  'Inappropriate ioctl for device': 'ENOTTY',
  'Input/output error': 'EIO',
  'Interrupted system call': 'EINTR',
  'Invalid argument': 'EINVAL',
  'No space left on device': 'ENOSPC',
  'No such device': 'ENODEV',
  'Operation not permitted': 'EPERM',
  'Operation not supported': 'EOPNOTSUPP',
  'Resource temporarily unavailable': 'EAGAIN',
  'Too many open files': 'EMFILE',
};

function errnoSaid(message: string | undefined): Errno | null {
  return message !== undefined && Object.hasOwn(messages, message) ? (messages[message] ?? null) : null;
}
