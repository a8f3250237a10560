import { valueOfState } from '../uapi';
import type { ReplayDevice } from './replayDevice';
import { setResults, stateField } from './replayDevice';
import type { Node } from './replayJson';
import type { Recording } from './replayRecord';

/** Every ordered pair of states, each from reset: `transition_matrix`. */
export function replayMatrix(trace: Node, device: ReplayDevice, recording: Recording): void {
  recording.result('full_stream_bytes', 'bytes', trace.any('full_stream_bytes'), device.streamBytes);
  for (const pair of trace.nodes('transitions')) {
    replayPair(pair, device, recording);
  }
  for (const pair of trace.nodes('out_of_range_targets')) {
    device.enter(stateField(pair, 'from'));
    compareSet(pair, ['from', 'to_number'], device, recording, pair.count('to_number'));
  }
}

function replayPair(pair: Node, device: ReplayDevice, recording: Recording): void {
  const from = stateField(pair, 'from');
  const to = stateField(pair, 'to');
  const entered = device.enter(from);
  const what = `${from} -> ${to}`;
  const inputs = ['from', 'to', 'resuming_data'];
  if (!comparesEntry(pair, device, recording, entered.reply.errno, inputs, what)) {
    return;
  }
  if (from === 'RESUMING' && pair.any('resuming_data') === 'full' && entered.fd !== null) {
    device.data({ kind: 'write', fd: entered.fd, data: device.stream(entered.fd, device.streamBytes) });
  }
  compareSet(pair, [...inputs, 'from_reachable', 'from_errno'], device, recording, to);
}

/** Compares whether the state to start from was reached; false when there is nothing to go on with. */
export function comparesEntry(
  node: Node,
  device: ReplayDevice,
  recording: Recording,
  errno: string | null,
  inputs: readonly string[],
  what: string,
): boolean {
  const reachable = device.state() === stateField(node, 'from');
  if (node.flag('from_reachable')) {
    recording.result(`${node.where} (${what})`, 'from_reachable', true, reachable);
    return true;
  }
  recording.compare(node, inputs, { from_reachable: reachable, from_errno: errno }, what);
  return false;
}

/** Asks device A for a state and compares everything that is recorded of it. */
export function compareSet(
  node: Node,
  inputs: readonly string[],
  device: ReplayDevice,
  recording: Recording,
  to: Parameters<ReplayDevice['set']>[1],
  name = 'A',
): number | null {
  const { reply, fd } = device.set(name, to);
  const [asked] = reply.asked;
  const what = `SET ${name} to ${to}`;
  const results = setResults(device, name, reply, requestOf(to));
  recording.compare(node, inputs, results, asked === undefined ? what : `${what} from ${asked.cur}`);
  if (!node.has('driver_failed_arc')) {
    recording.result(`${node.where} (${what})`, 'driver_failed_arc', null, results['driver_failed_arc'] ?? null);
  }
  return fd;
}

function requestOf(to: Parameters<ReplayDevice['set']>[1]): number {
  return typeof to === 'number' ? to : valueOfState(to);
}
