import { bitsOf, flagsOfBits } from '../uapi';
import { ReplayDevice } from './replayDevice';
import { replayFaults } from './replayFaults';
import { replayFeature } from './replayFeature';
import { Node, parseJson, TraceError } from './replayJson';
import { replayMatrix } from './replayMatrix';
import type { ReplayResult } from './replayRecord';
import { Recording } from './replayRecord';
import { replayStreams } from './replayStreams';

type Replay = (trace: Node, device: ReplayDevice, recording: Recording) => void;

const kinds: ReadonlyMap<string, Replay> = new Map([
  ['transition_matrix', replayMatrix],
  ['fault_injection', replayFaults],
  ['stream_scenarios', replayStreams],
  ['feature_ioctl', replayFeature],
]);

/**
 * Replays a trace of mtty, given as the text of its file, on the simulated device and compares every recorded result.
 * Throws TraceError, with the place in the document, for what is not such a trace.
 */
export function replayTrace(text: string): ReplayResult {
  const trace = new Node(parseJson(text), '');
  const kind = trace.text('kind');
  const replay = kinds.get(kind);
  if (replay === undefined) {
    throw new TraceError('kind', `"${kind}" is not one of ${[...kinds.keys()].join(', ')}`);
  }
  const declared = BigInt(trace.count('migration_flags'));
  if (bitsOf(flagsOfBits(declared).flags) !== declared) {
    throw new TraceError('migration_flags', `${declared} has bits that are no flags of the protocol`);
  }
  const device = new ReplayDevice(trace);
  const recording = new Recording();
  recording.result('state_on_first_open', 'state', trace.text('state_on_first_open'), device.state());
  replay(trace, device, recording);
  return recording.finish();
}
