import type { FeatureOp } from '../device';
import { featureNumbers } from '../device';
import { parseState, stateByValue, valueOfState } from '../uapi';
import type { ReplayDevice } from './replayDevice';
import { type Json, type Node, TraceError } from './replayJson';
import type { Recording } from './replayRecord';

/** What the recording program put into data_fd before each call. */
const presetFd = -777;

const opNames: ReadonlyMap<string, FeatureOp> = new Map([
  ['GET', 'GET'],
  ['SET', 'SET'],
  ['PROBE', 'PROBE'],
  ['UNKNOWN_FLAG', 'UNKNOWN'],
]);

/** VFIO_DEVICE_FEATURE rightly and wrongly called, each call from reset: `feature_ioctl`. */
export function replayFeature(trace: Node, device: ReplayDevice, recording: Recording): void {
  for (const call of trace.nodes('calls')) {
    device.enter('RUNNING');
    replayCall(call, device, recording);
  }
}

function replayCall(call: Node, device: ReplayDevice, recording: Recording): void {
  const request = requestOf(call.text('what'));
  const feature = call.count('feature');
  const ops = call.texts('op').map((name) => {
    const op = opNames.get(name);
    if (op === undefined) {
      throw new TraceError(call.at('op'), `"${name}" is no operation`);
    }
    return op;
  });
  const argsz = call.count('argsz');
  const reply = device.feature({ kind: 'feature', device: 'A', feature, ops, argsz, request: request ?? 0 });
  const state = reply.struct?.state ?? request;
  const inputs = ['what', 'op', 'feature', 'argsz'];
  const unwritten = feature === featureNumbers.MIG_DEVICE_STATE && state === null;
  if (unwritten && call.has('struct_device_state_after')) {
    recording.omit('device_state that a call left alone and whose value before it was not recorded');
  }
  recording.compare(
    call,
    unwritten ? [...inputs, 'struct_device_state_after'] : inputs,
    {
      ret: reply.ret,
      errno: reply.errno,
      flags: reply.flags,
      stop_copy_length: reply.stopCopyLength,
      struct_device_state_after: state === null ? null : stateOrNumber(state),
      struct_data_fd_after: dataFdText(reply.struct?.dataFd ?? presetFd),
      state_after: device.state(),
    },
    call.text('what'),
  );
}

/** The number that "STATE set STOP" or "STATE set 8" asks for; null when the words name none. */
function requestOf(what: string): number | null {
  const word = /\bset (\w+)/.exec(what)?.[1] ?? '';
  if (/^\d+$/.test(word)) {
    return Number(word);
  }
  const state = parseState(word);
  return state === null ? null : valueOfState(state);
}

function stateOrNumber(value: number): Json {
  return stateByValue(value) ?? value;
}

function dataFdText(fd: number): Json {
  return fd >= 0 ? 'fd' : fd;
}
