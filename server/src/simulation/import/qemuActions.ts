import type { Errno, StateName } from '../../uapi';
import type { QemuEntry } from './readQemuLog';

/** A system call of QEMU on a device, as its log lets one know of it. */
export type QemuAction = {
  readonly device: string;
  readonly line: number;
  readonly time: number | null;
} & QemuCall;

type QemuCall =
  | SetCall
  | { readonly kind: 'reset' | 'empty' | 'end' | 'close' }
  | { readonly kind: 'read' | 'write'; readonly bytes: number }
  | { readonly kind: 'sizes'; readonly stopCopy: number; readonly initial: number | null }
  | { readonly kind: 'left'; readonly initial: number };

interface SetCall {
  readonly kind: 'set';
  readonly state: StateName;
  /** `unknown`: the log ends or goes on without telling. */
  outcome: 'done' | 'failed' | 'unknown';
  /** Of a failure, where the log tells it. */
  errno: Errno | null;
}

/** What a log has told of one device so far. */
interface Told {
  /** What QEMU holds its state to be; null when the log began later. */
  held: StateName | null;
  /** A SET whose end was not told yet. */
  asked: {
    readonly set: SetCall;
    readonly recover: StateName;
    recoverFailed: { readonly errno: Errno | null } | null;
  } | null;
  readonly sets: SetCall[];
  /** Since QEMU 9.1 the lines say what is asked and what came of it. */
  tellsAll: boolean;
  /** States are told as such, so that what the VM's changes ask for is not news. */
  readonly tellsStates: boolean;
}

/**
 * The calls that QEMU made, from the lines of its log. Follows vfio_migration_set_state(): a SET that fails is followed by one
 * of the recover state, and by a reset when that fails too or is ERROR.
 */
export function qemuActions(entries: readonly QemuEntry[]): readonly QemuAction[] {
  const made: (readonly [QemuCall, Omit<QemuAction, keyof QemuCall>])[] = [];
  const devices = new Map<string, Told>();
  for (const { line, time, said } of entries) {
    const { device } = said;
    const told = devices.get(device) ?? newlyTold(entries, device);
    devices.set(device, told);
    for (const call of callsOf(said, told)) {
      made.push([call, { device, line, time }]);
    }
  }
  // Only now: what came of a call may be told by a line after it.
  return made.map(([call, place]) => ({ ...call, ...place }));
}

function newlyTold(entries: readonly QemuEntry[], device: string): Told {
  const tellsStates = entries.some(({ said }) => said.device === device && /^(?:asks|holds|did)$/.test(said.kind));
  return { held: null, asked: null, sets: [], tellsAll: false, tellsStates };
}

function callsOf(said: QemuEntry['said'], told: Told): readonly QemuCall[] {
  switch (said.kind) {
    case 'asks':
      return asks(told, said.state, said.recover);
    case 'holds':
      return holds(told, said.state);
    case 'did':
      return [set(told, said.state, 'done')];
    case 'vm':
      return told.tellsStates || told.held === said.state ? [] : [set(told, said.state, 'done')];
    case 'failed':
      return failed(told, said.state, said.recover, said.errno);
    case 'recoverFailed':
      return recoverFailed(told, said.errno);
    case 'reset':
      told.held = 'RUNNING';
      told.asked = null;
      return [{ kind: 'reset' }];
    case 'read':
    case 'write':
      return said.bytes === 0 ? [] : [{ kind: said.kind, bytes: said.bytes }];
    case 'sizes':
    case 'left':
    case 'empty':
    case 'end':
    case 'close':
      return [said];
    case 'noted':
    case 'old':
      return [];
  }
}

function set(told: Told, state: StateName, outcome: SetCall['outcome'], errno: Errno | null = null): SetCall {
  const call: SetCall = { kind: 'set', state, outcome, errno };
  told.sets.push(call);
  if (outcome === 'done') {
    told.held = state;
  }
  return call;
}

function asks(told: Told, state: StateName, recover: StateName): readonly QemuCall[] {
  told.tellsAll = true;
  // QEMU makes no call for the state that the device is in.
  if (state === told.held) {
    told.asked = null;
    return [];
  }
  const call = set(told, state, 'unknown');
  told.asked = { set: call, recover, recoverFailed: null };
  return [call];
}

function holds(told: Told, state: StateName): readonly QemuCall[] {
  const { asked } = told;
  told.tellsAll = true;
  told.asked = null;
  told.held = state;
  if (asked === null) {
    return [set(told, state, 'done')];
  }
  asked.set.outcome = asked.set.state === state ? 'done' : 'failed';
  if (asked.set.state === state) {
    return [];
  }
  const { recover, recoverFailed } = asked;
  if (recover === state && recoverFailed === null) {
    return [set(told, state, 'done')];
  }
  const tried = recover === 'ERROR' ? [] : [set(told, recover, 'failed', recoverFailed?.errno)];
  return [...tried, { kind: 'reset' }];
}

/** The message of a failure. Where the lines tell all it comes later, and tells the error. */
function failed(told: Told, state: StateName, recover: StateName | null, errno: Errno | null): readonly QemuCall[] {
  if (told.tellsAll) {
    const meant = told.sets.findLast((call) => call.state === state);
    if (meant === undefined) {
      return [];
    }
    // Asked for RUNNING and now held to be RUNNING: the message tells that it was a reset that brought it there.
    const wasReset = meant.outcome === 'done' && recover === null;
    meant.outcome = 'failed';
    meant.errno = errno;
    return wasReset ? [{ kind: 'reset' }] : [];
  }
  const call = set(told, state, 'failed', errno);
  told.held = recover ?? 'RUNNING';
  return [call, recover === null ? { kind: 'reset' } : set(told, recover, 'done')];
}

function recoverFailed(told: Told, errno: Errno | null): readonly QemuCall[] {
  if (told.asked !== null) {
    told.asked.recoverFailed = { errno };
    return [];
  }
  const last = told.sets.at(-1);
  if (last === undefined || told.tellsAll) {
    return [];
  }
  last.errno = errno;
  last.outcome = 'failed';
  told.held = 'RUNNING';
  return [{ kind: 'reset' }];
}
