import { stateNames } from '../uapi';
import type { ReplayDevice } from './replayDevice';
import { stateField } from './replayDevice';
import { type Node, TraceError } from './replayJson';
import { compareSet } from './replayMatrix';
import type { Recording } from './replayRecord';

/** Each arc of each transition fails once: `fault_injection`. */
export function replayFaults(trace: Node, device: ReplayDevice, recording: Recording): void {
  for (const each of trace.nodes('cases')) {
    replayCase(each, device, recording);
  }
}

const inputs = ['from', 'to', 'fail_arc', 'driver_enters_ERROR'];
const followUps = ['old_fd_op', 'old_fd_ret', 'old_fd_errno', 'then_SET_RUNNING', 'then_RESET'];

function replayCase(node: Node, device: ReplayDevice, recording: Recording): void {
  const from = stateField(node, 'from');
  const { fd } = device.enter(from);
  if (from === 'RESUMING' && fd !== null) {
    device.data({ kind: 'write', fd, data: device.stream(fd, device.streamBytes) });
  }
  const leaves = node.flag('driver_enters_ERROR') ? 'ERROR' : 'state';
  // The recording driver was told to fail with EIO.
  device.send({ kind: 'fault', device: 'A', arc: failedArc(node), errno: 'EIO', leaves });
  compareSet(node, [...inputs, ...followUps], device, recording, stateField(node, 'to'));
  if (node.has('old_fd_op')) {
    const { ret, errno } = oldFdOperation(node, device, fd ?? -1);
    recording.result(node.where, 'old_fd_ret', node.any('old_fd_ret'), ret);
    recording.result(node.where, 'old_fd_errno', node.any('old_fd_errno'), errno);
  }
  const again = device.set('A', 'RUNNING').reply;
  recording.compare(
    node.node('then_SET_RUNNING'),
    [],
    { errno: again.errno, state_after: device.state() },
    'SET A to RUNNING',
  );
  const reset = device.call({ kind: 'reset', device: 'A' });
  recording.compare(node.node('then_RESET'), [], { errno: reset.errno, state_after: device.state() }, 'reset');
}

function failedArc(node: Node) {
  const [from, to] = node.texts('fail_arc').map((name) => stateNames.find((each) => each === name));
  if (from === undefined || to === undefined) {
    throw new TraceError(node.at('fail_arc'), 'expected two states');
  }
  return { from, to };
}

/** "read 4" or "write 1" on the fd of the state that the transition began in. */
function oldFdOperation(node: Node, device: ReplayDevice, fd: number) {
  const [, name, count] = /^(read|write) (\d+)$/.exec(node.text('old_fd_op')) ?? [];
  if (name === undefined) {
    throw new TraceError(node.at('old_fd_op'), 'expected "read N" or "write N"');
  }
  const length = Number(count);
  return name === 'read'
    ? device.data({ kind: 'read', fd, length })
    : device.data({ kind: 'write', fd, data: device.stream(fd, length) });
}
