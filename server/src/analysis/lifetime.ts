import type { Location } from '../c/ir';
import type { FunctionDecl } from '../c/module';
import { valueOfState } from '../uapi';
import { kernelName } from './dataFiles';
import { locationOf } from './discover';
import { flagAssigners, reaches } from './flags';
import type { PathResult } from './machine';
import type { DriverTraits, Known } from './model';
import type { Subject } from './subject';
import { OpsTable } from './tables';

/** A state that no driver knows: where it is still there afterwards, nobody wrote another. */
const untouched = 29n;
const running = BigInt(valueOfState('RUNNING'));

/** Whether closing and opening the device, and resetting it, make its state RUNNING. */
export function lifetimeTraits(subject: Subject): Pick<DriverTraits, 'closeResetsState' | 'resetResetsState'> {
  const tables = deviceTables(subject);
  return { closeResetsState: onReopen(subject, tables), resetResetsState: onReset(subject, tables) };
}

/** The vfio_device_ops of devices that this driver registers migration for, by what .init does; else all there are. */
function deviceTables({ machine, module, ops }: Subject): readonly OpsTable[] {
  const tables = OpsTable.of(machine, 'vfio_device_ops', 'ioctl');
  const assigners = flagAssigners(module).map(({ decl }) => decl);
  const own = tables.filter((table) => {
    const init = table.fn('init');
    return init !== null && assigners.some((decl) => decl === init || reaches(module, init, decl));
  });
  const same = tables.filter(({ global }) => global === ops.global);
  return same.length > 0 ? same : own.length > 0 ? own : tables;
}

function onReopen(subject: Subject, tables: readonly OpsTable[]): Known<boolean> | null {
  const opens = functionsOf(tables, 'open_device');
  const closes = functionsOf(tables, 'close_device');
  const opened = opens.map((decl) => ({ decl, ends: endsOf(subject, decl) }));
  const resetting = opened.find(({ ends }) => ends === 'always');
  if (resetting !== undefined) return known(true, `${resetting.decl.name}() makes it RUNNING`, resetting.decl);
  const closed = closes.map((decl) => ({ decl, ends: endsOf(subject, decl) }));
  const closing = closed.find(({ ends }) => ends === 'always');
  if (closing !== undefined) return known(true, `${closing.decl.name}() makes it RUNNING`, closing.decl);
  const [first] = [...closes, ...opens];
  if (first === undefined || [...opened, ...closed].some(({ ends }) => ends !== 'never')) return null;
  return known(false, `neither opening nor closing makes it RUNNING`, first);
}

function onReset(subject: Subject, tables: readonly OpsTable[]): Known<boolean> | null {
  const handlers = OpsTable.of(subject.machine, 'pci_error_handlers', 'reset_done');
  const resets = [
    ...functionsOf(handlers, 'reset_done').map((decl) => ({ decl, ends: endsOf(subject, decl) })),
    ...functionsOf(tables, 'ioctl').map((decl) => ({
      decl,
      ends: endsOf(subject, decl, kernelName('VFIO_DEVICE_RESET')),
    })),
  ];
  const resetting = resets.find(({ ends }) => ends === 'always' || ends === 'sometimes');
  if (resetting !== undefined) return known(true, `${resetting.decl.name}() makes it RUNNING`, resetting.decl);
  const [table] = tables;
  if (table === undefined || resets.some(({ ends }) => ends === null)) return null;
  const [only] = resets;
  return only === undefined
    ? { value: false, why: 'the driver has no .reset_done', location: table.location }
    : known(false, `${only.decl.name}() does not make it RUNNING`, only.decl);
}

function functionsOf(tables: readonly OpsTable[], member: string): FunctionDecl[] {
  return tables.flatMap((table) => table.fn(member) ?? []);
}

function known(value: boolean, why: string, decl: FunctionDecl): Known<boolean> {
  const location: Location = locationOf(decl);
  return { value, why, location };
}

/** On how many of the ways on which the function does not fail the device is RUNNING in the end; null when that is not known. */
function endsOf(
  subject: Subject,
  decl: FunctionDecl,
  command: Parameters<Subject['run']>[1][number] = null,
): 'always' | 'sometimes' | 'never' | null {
  const { stateAt } = subject;
  if (stateAt === null) return null;
  const results = subject.run(decl, [null, command], subject.registered(untouched));
  const good = results.filter((result) => subject.succeeds(result));
  if (good.length === 0 || results.some((result) => isUnknown(subject, result))) return null;
  const ends = good.map(({ state }) => state.resolve(state.read(stateAt)));
  if (ends.some((value) => value.k !== 'int')) return null;
  const left = ends.filter((value) => value.k === 'int' && value.v === running).length;
  return left === ends.length ? 'always' : left > 0 ? 'sometimes' : 'never';
}

const isUnknown = (subject: Subject, result: PathResult): boolean =>
  subject.outcomes(result).some(({ outcome }) => outcome.kind === 'unknown');
