import { getState } from '../../device';
import type { StateName } from '../../uapi';
import type { MachineDescription } from '../../wire';
import { defaultGeometry, defaultLink } from '../recorder';
import type { Work } from '../work';
import { ImportedDevice } from './importedDevice';
import type { StateSample } from './readDebugfs';
import { Replayer } from './replayer';

/** The samples that tell something new: the first of each device that is not RUNNING, and then those that differ from the last. */
export function changesIn(samples: readonly StateSample[]): readonly StateSample[] {
  const last = new Map<string | null, StateName | null>();
  return samples.filter(({ device, state }) => {
    const isNew = (last.has(device) ? last.get(device) : 'RUNNING') !== state;
    last.set(device, state);
    return isNew;
  });
}

/** The name of a device that the samples do not name. */
const unnamed = 'device';

/**
 * Samples of states as a run: each change of state is a SET of the new one, the move to ERROR a device that broke down, the way
 * out of it a reset. The devices begin in RUNNING and are all played by one machine.
 */
export function* replayDebugfs(
  title: string,
  samples: readonly StateSample[],
  machine: MachineDescription,
): Work<Replayer> {
  const names = [...new Set(samples.map(({ device }) => device ?? unnamed))];
  const devices = names.map((name) => ({ name, machine, geometry: defaultGeometry, layout: machine.name }));
  const replayer = new Replayer({ title, devices, link: defaultLink });
  const held = new Map(names.map((name) => [name, new ImportedDevice(name, replayer)]));
  const begin = samples.find(({ time }) => time !== null)?.time ?? 0;
  const changes = changesIn(samples);
  for (const [index, { time, device: name, state, line }] of changes.entries()) {
    yield { done: index, of: changes.length };
    const device = held.get(name ?? unnamed);
    if (device === undefined) {
      continue;
    }
    replayer.waitUntil((time ?? begin) - begin);
    if (state === null) {
      const never = `in line ${line} the kernel printed "Invalid": the driver's get_state gave a number that is no state`;
      device.send(getState(device.name), { never });
    } else {
      move(device, state);
    }
  }
  return replayer;
}

function move(device: ImportedDevice, state: StateName): void {
  const states = device.in(state);
  if (state === 'ERROR') {
    device.send({ kind: 'breakDown', device: device.name }, { states });
    return;
  }
  if (device.state === 'ERROR') {
    device.reset({ errno: null, states: device.in('RUNNING') });
  }
  if (device.state !== state) {
    device.set(state, { errno: null, states });
  }
}
