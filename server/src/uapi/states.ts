import type { Doc } from './doc';
import { stateMachineSource as source } from './doc';
import type { FlagSet } from './flags';

/** Every state of the protocol, in the order of its value. */
export const stateNames = [
  'ERROR',
  'STOP',
  'RUNNING',
  'STOP_COPY',
  'RESUMING',
  'RUNNING_P2P',
  'PRE_COPY',
  'PRE_COPY_P2P',
] as const;

/** A migration state without its `VFIO_DEVICE_STATE_` prefix. */
export type StateName = (typeof stateNames)[number];

/** The data transfer that is open while a device is in a state. */
export type Session = 'saving' | 'resuming' | 'none';

export interface State {
  readonly name: StateName;
  /** The value in `device_state`. */
  readonly value: number;
  /** The name in the kernel's header. */
  readonly constant: string;
  /** The flags that a device must all declare to have the state. Meaningless for ERROR, which can not be requested. */
  readonly needs: FlagSet;
  /** False only for ERROR: a device falls into it, nobody can ask for it. */
  readonly requestable: boolean;
  readonly session: Session;
  /** True for PRE_COPY, PRE_COPY_P2P and STOP_COPY, which share one data fd. */
  readonly savingGroup: boolean;
  readonly doc: Doc;
}

function state(
  name: StateName,
  value: number,
  needs: FlagSet,
  session: Session,
  doc: Pick<Doc, 'summary' | 'details'>,
): State {
  const constant = `VFIO_DEVICE_STATE_${name}`;
  return {
    name,
    value,
    constant,
    needs,
    requestable: name !== 'ERROR',
    session,
    savingGroup: session === 'saving',
    doc: { title: constant, ...doc, source },
  };
}

/** The states in the order of their values. */
export const states: readonly State[] = [
  state('ERROR', 0, [], 'none', {
    summary: 'The device failed a transition and could not be brought back to any valid state.',
    details: [
      'It can not be requested. A driver may enter it only when it can restore none of the states on the path.',
      'Only VFIO_DEVICE_RESET leads out of it, to RUNNING.',
    ],
  }),
  state('STOP', 1, ['STOP_COPY'], 'none', {
    summary: 'The device is stopped: no DMA, no interrupts, no change of its own state.',
    details: [
      'It still answers what outside parts of the system may do to it, such as accesses to PCI config space and MSI-X.',
      'A user that goes on touching it must not be able to harm anything outside its own context, such as the host.',
      'No data session is open.',
    ],
  }),
  state('RUNNING', 2, ['STOP_COPY'], 'none', {
    summary: 'The device is fully operational; every device starts here and returns here by reset.',
    details: [
      'Interrupts, DMA, MMIO and all regions work, and the device may change its state. No data session is open.',
    ],
  }),
  state('STOP_COPY', 3, ['STOP_COPY'], 'saving', {
    summary: 'The device is stopped as in STOP and the saving data fd streams what is left of its state.',
    details: [
      'read() gives data and then 0 for ever, which says that the whole state has been transferred; poll() always finds the fd readable; ENOMSG is not allowed here.',
      'The user should keep everybody from the regions of the device meanwhile, or the stream may be corrupt.',
      'There is no way back to PRE_COPY or PRE_COPY_P2P.',
      'The flag of the same name is VFIO_MIGRATION_STOP_COPY.',
    ],
  }),
  state('RESUMING', 4, ['STOP_COPY'], 'resuming', {
    summary: 'The device is stopped and takes a saved state that the user writes to the resuming data fd.',
    details: [
      'Leaving for STOP makes the driver take over and validate what was written.',
      'To abandon the transfer the device is reset.',
    ],
  }),
  state('RUNNING_P2P', 5, ['STOP_COPY', 'P2P'], 'none', {
    summary: 'The device runs but starts no new peer-to-peer DMA.',
    details: [
      'A device that can not tell peer-to-peer DMA apart must start no DMA at all.',
      'Outstanding transactions must have ended before the arc into the state is complete.',
      'Without the flag P2P the state does not exist and a device behaves there as in RUNNING.',
    ],
  }),
  state('PRE_COPY', 6, ['STOP_COPY', 'PRE_COPY'], 'saving', {
    summary: 'The device runs as in RUNNING while the saving data fd is open and the driver tracks what changes.',
    details: [
      'read() gives data, then fails with ENOMSG at the temporary end of stream, where initial_bytes and dirty_bytes are both zero; poll() waits for more.',
      'VFIO_MIG_GET_PRECOPY_INFO tells the user how much is left, to judge when to go on to STOP_COPY.',
      'The flag of the same name is VFIO_MIGRATION_PRE_COPY.',
    ],
  }),
  state('PRE_COPY_P2P', 7, ['STOP_COPY', 'P2P', 'PRE_COPY'], 'saving', {
    summary: 'As PRE_COPY, but the device starts no new peer-to-peer DMA.',
    details: [
      'The data session of PRE_COPY goes on unchanged; read(), poll() and the temporary end of stream work as there.',
      'It exists only when the device declares both P2P and PRE_COPY.',
    ],
  }),
];

const byName: ReadonlyMap<string, State> = new Map(states.map((each) => [each.name, each]));

/** The state's data; null for a name that is no state. */
export function stateOf(name: string): State | null {
  return byName.get(name) ?? null;
}

/** The state with that value in `device_state`; null for any other number. */
export function stateByValue(value: number | bigint): StateName | null {
  return states.find((each) => BigInt(each.value) === value || each.value === value)?.name ?? null;
}

/** The value in `device_state`. */
export function valueOfState(name: StateName): number {
  return stateNames.indexOf(name);
}

/** "VFIO_DEVICE_STATE_RUNNING" */
export function constantName(name: StateName): string {
  return `VFIO_DEVICE_STATE_${name}`;
}

/** True when a device that declares `flags` has the state and it can be requested; never for ERROR. */
export function isAllowed(flags: FlagSet, name: StateName): boolean {
  const found = stateOf(name);
  return found?.requestable === true && found.needs.every((flag) => flags.includes(flag));
}

/**
 * The states that a user may request of a device with these flags, in the order of their values, so without ERROR.
 * Empty for a flag set without STOP_COPY.
 */
export function statesFor(flags: FlagSet): readonly StateName[] {
  return stateNames.filter((name) => isAllowed(flags, name));
}
