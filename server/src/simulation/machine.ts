import type { ArcOutcome, Machine } from '../device';
import { sameArc } from '../uapi';
import type { MachineDescription } from '../wire';

const unknownArc: ArcOutcome = { kind: 'missing', errno: 'EINVAL' };

/** What the device runs on. An arc that the description does not have is one that the driver does not know. */
export function machineOf({ flags, arcs }: MachineDescription): Machine {
  return { flags, outcomeOf: (arc) => arcs.find((each) => sameArc(each, arc))?.outcome ?? unknownArc };
}
