import type { ReplayDevice } from './replayDevice';
import { stateField } from './replayDevice';
import { type Node, TraceError } from './replayJson';
import { comparesEntry } from './replayMatrix';
import type { Recording } from './replayRecord';

/** Reset out of every state: what the old fd then says, and whether a new session can begin. */
export function replayResets(trace: Node, device: ReplayDevice, recording: Recording): void {
  for (const node of trace.nodes('resets')) {
    const from = stateField(node, 'from');
    const { reply, fd } = device.enter(from);
    if (!comparesEntry(node, device, recording, reply.errno, ['from'], `reset in ${from}`)) {
      continue;
    }
    const reset = device.call({ kind: 'reset', device: 'A' });
    const state = device.state();
    const old = oldFd(node, 'old_fd_op', device, fd);
    const next = device.set('A', 'STOP_COPY');
    recording.compare(
      node,
      ['from', 'from_reachable', 'old_fd_op'],
      {
        reset_errno: reset.errno,
        state_after: state,
        old_fd_ret: old?.ret ?? null,
        old_fd_errno: old?.errno ?? null,
        then_SET_STOP_COPY: next.reply.errno ?? 'ok',
        then_data_fd: next.fd !== null,
      },
      `reset in ${from}`,
    );
  }
}

/** Closing the device in every state and opening it again. */
export function replayReopening(trace: Node, device: ReplayDevice, recording: Recording): void {
  for (const node of trace.nodes('close_reopen')) {
    const from = stateField(node, 'from');
    const { reply, fd } = device.enter(from);
    if (!comparesEntry(node, device, recording, reply.errno, ['from'], `close in ${from}`)) {
      continue;
    }
    if (fd !== null && !node.flag('data_fd_kept_open')) {
      device.call({ kind: 'close', fd });
    }
    device.call({ kind: 'closeDevice', device: 'A' });
    const old = oldFd(node, 'data_fd_op_after_device_close', device, fd);
    device.call({ kind: 'openDevice', device: 'A' });
    const state = device.state();
    const inputs = ['from', 'from_reachable', 'data_fd_kept_open', 'data_fd_op_after_device_close'];
    const next = followUp(node, device, recording);
    device.call({ kind: 'reset', device: 'A' });
    recording.compare(
      node,
      next === null ? [...inputs, 'then_SET_STOP_COPY'] : inputs,
      {
        ret: old?.ret ?? null,
        errno: old?.errno ?? null,
        state_on_reopen: state,
        ...next,
        after_reset: device.state(),
      },
      `close in ${from}`,
    );
  }
}

/** STOP_COPY asked for after reopening; null where the recording did not dare, because the host's kernel crashes. */
function followUp(node: Node, device: ReplayDevice, recording: Recording) {
  if (node.text('then_SET_STOP_COPY').startsWith('not tried')) {
    recording.omit('requests that were not tried, because they crash the host');
    return null;
  }
  const { reply, fd } = device.set('A', 'STOP_COPY');
  return { then_SET_STOP_COPY: reply.errno ?? 'ok', then_data_fd: fd !== null, then_state: device.state() };
}

function oldFd(node: Node, key: string, device: ReplayDevice, fd: number | null) {
  if (!node.has(key)) {
    return null;
  }
  switch (node.text(key)) {
    case 'read':
      return device.data({ kind: 'read', fd: fd ?? -1, length: 1 });
    case 'write':
      return device.data({ kind: 'write', fd: fd ?? -1, data: device.stream(fd ?? -1, 1) });
    default:
      throw new TraceError(node.at(key), 'expected "read" or "write"');
  }
}
