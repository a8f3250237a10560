import { replyOf } from '../../device';
import type { MachineDescription, Trace, TraceStep } from '../../wire';
import type { Work } from '../work';
import { Replayer } from './replayer';

/**
 * A saved trace again: on its own machines, or all of its devices on another. What the trace says of each step is held against
 * what happens.
 */
export function* replayTrace(
  { title, devices, link, steps }: Trace,
  machine: MachineDescription | null,
): Work<Replayer> {
  const played = machine === null ? devices : devices.map((device) => ({ ...device, machine }));
  const replayer = new Replayer({ title, devices: played, link });
  for (const [index, step] of steps.entries()) {
    yield { done: index, of: steps.length };
    replayer.send(step.event, claimOf(step));
  }
  return replayer;
}

function claimOf({ effects, after }: TraceStep) {
  const reply = replyOf(effects);
  const states = after.devices.map(({ name: device, state }) => ({ device, state }));
  return reply === null ? { states } : { errno: reply.errno, states };
}
