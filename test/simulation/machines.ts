import type { DriverModel } from '../../server/src/analysis';
import type { CModule } from '../../server/src/c';
import { linesOf } from '../../server/src/check';
import type { Setup } from '../../server/src/device';
import { recommendedTraits, wholeStream } from '../../server/src/device';
import { describeDriver, machineOf } from '../../server/src/simulation';
import type { StateName } from '../../server/src/uapi';
import type { FaultSwitch, MachineDescription } from '../../server/src/wire';
import { Driven, setup } from '../device/worlds';

/** The machine of a driver; throws when it has no such flag set. URIs are paths. */
export function describedAs(driver: DriverModel, module: CModule, flagSet = 0): MachineDescription {
  const machine = describeDriver({
    driver,
    module,
    flagSet,
    name: driver.ops.name,
    at: ({ file, span }) => {
      const parsed = module.file(file);
      if (parsed === undefined) throw new Error(`${file} is not in the module`);
      const position = (offset: number) => {
        const { line, column } = linesOf(parsed).position(offset);
        return { line: line - 1, character: column - 1 };
      };
      return { uri: file, range: { start: position(span.start), end: position(span.end) } };
    },
  });
  if (machine === null) throw new Error(`${driver.ops.name} has no flag set ${flagSet}`);
  return machine;
}

/** A device that runs the machine; with traits of its own choice. */
export function setupOf(machine: MachineDescription, traits = recommendedTraits): Setup {
  return { ...setup, machine: machineOf(machine), profile: machine.profile, traits };
}

/** A new device that was brought from RUNNING to the state, with a whole stream written where it is RESUMING. */
export function deviceIn(setup: Setup, state: StateName): Driven {
  const driven = new Driven(setup);
  if (state !== 'RUNNING') {
    const fd = driven.set(state);
    if (state === 'RESUMING') {
      const { geometry, layout } = setup;
      driven.call({ kind: 'write', fd, data: [wholeStream('source', layout, geometry.initial + geometry.final)] });
    }
  }
  return driven;
}

/** Arms a fault switch. */
export function arm(driven: Driven, arc: { from: StateName; to: StateName }, fault: FaultSwitch): void {
  const { errno, leaves, id } = fault;
  driven.send({ kind: 'fault', device: 'A', arc: { from: arc.from, to: arc.to }, errno, leaves, site: id });
}
