import type { Arc, Errno, StateName } from '../uapi';
import { contractOf, nextState, sameArc, stateByValue, valueOfState } from '../uapi';
import type { ArcOutcome, Leaves } from './machine';
import type { Asked, Effect } from './reply';
import { endSessions, stepSession } from './session';
import { waitForDma } from './time';
import type { Device, World } from './world';
import { collectFiles, deviceNamed, withDevice } from './world';

/** What migration_set_state() did: where it went, what it asked the core, and the file it hands over. */
export interface Transition {
  readonly world: World;
  readonly errno: Errno | null;
  readonly file: number | null;
  readonly path: readonly StateName[];
  readonly asked: readonly Asked[];
  readonly failedArc: Arc | null;
  /** What happened in the world while it ran. */
  readonly effects: readonly Effect[];
}

/**
 * Asks the device for the state of this number, arc by arc as the core's next-state function says. Arcs that succeeded
 * before one that fails stay done. -EINVAL from the core for a number that is no state, and for what its flags do not allow.
 */
export function transition(start: World, name: string, target: number): Transition {
  const first = deviceNamed(start, name);
  if (first === null) {
    return stopped(start, 'ENODEV', [], [], null, []);
  }
  const wanted = stateByValue(target);
  const path: StateName[] = [first.state];
  const asked: Asked[] = [];
  const effects: Effect[] = [];
  let world = start;
  let file: number | null = null;
  for (let device = first; valueOfState(device.state) !== target; ) {
    const cur = device.state;
    const next = wanted === null ? null : nextState(device.setup.machine.flags, cur, wanted);
    asked.push({ cur, target, next });
    if (next === null) {
      return stopped(world, 'EINVAL', path, asked, null, effects);
    }
    const arc = { from: cur, to: next };
    const waited = waitForDma(world, name, next);
    effects.push(...waited.effects);
    const done = carryOut(waited.world, name, arc);
    world = done.world;
    const after = deviceNamed(world, name);
    if (after === null || done.errno !== null || after.state !== next) {
      const moved = after === null || after.state === cur ? [] : [after.state];
      const failedArc = done.errno === null ? null : arc;
      return { ...stopped(world, done.errno, [...path, ...moved], asked, failedArc, effects), file: done.file };
    }
    path.push(next);
    device = after;
    file = done.file;
    if (file !== null && next !== wanted) {
      return stopped(collectFiles(world), 'EINVAL', path, asked, null, effects);
    }
  }
  return { world, errno: null, file, path, asked, failedArc: null, effects };
}

function stopped(
  world: World,
  errno: Errno | null,
  path: readonly StateName[],
  asked: readonly Asked[],
  failedArc: Arc | null,
  effects: readonly Effect[],
): Transition {
  return { world, errno, file: null, path, asked, failedArc, effects };
}

interface Carried {
  readonly world: World;
  readonly file: number | null;
  readonly errno: Errno | null;
}

function carryOut(world: World, name: string, arc: Arc): Carried {
  const device = deviceNamed(world, name);
  if (device === null) {
    return { world, file: null, errno: 'ENODEV' };
  }
  const { outcome, faults } = outcomeOf(device, arc);
  const armed = withDevice(world, name, { faults });
  switch (outcome.kind) {
    case 'missing':
      return { world: leftBehind(armed, name, arc, outcome.leaves ?? 'state'), file: null, errno: outcome.errno };
    case 'failure': {
      const leaves = outcome.leaves ?? device.setup.traits.failedArcLeaves;
      return { world: leftBehind(armed, name, arc, leaves), file: null, errno: outcome.errno };
    }
    case 'success': {
      const { file, leaves = 'next' } = outcome;
      const nothingDone = leaves === 'state' && (file === 'null' || (file === 'as-due' && contractOf(arc) === 'none'));
      if (nothingDone) {
        return { world: armed, file: null, errno: null };
      }
      const stepped = stepSession(armed, name, arc, file);
      return stepped.errno === null ? { ...stepped, world: leftBehind(stepped.world, name, arc, leaves) } : stepped;
    }
  }
}

function leftBehind(world: World, name: string, arc: Arc, leaves: Leaves): World {
  switch (leaves) {
    case 'state':
      return world;
    case 'next':
      return withDevice(world, name, { state: arc.to });
    case 'ERROR':
      return enterError(world, name);
  }
}

/** An armed fault goes before what the machine would do, once. */
function outcomeOf(device: Device, arc: Arc): { readonly outcome: ArcOutcome; readonly faults: Device['faults'] } {
  const fault = device.faults.find((each) => sameArc(each.arc, arc));
  return fault === undefined
    ? { outcome: device.setup.machine.outcomeOf(arc), faults: device.faults }
    : {
        outcome: { kind: 'failure', errno: fault.errno, leaves: fault.leaves },
        faults: device.faults.filter((each) => each !== fault),
      };
}

/** Moves the device to ERROR; whether its session ends is the driver's choice. */
export function enterError(world: World, name: string): World {
  const device = deviceNamed(world, name);
  const ends = device?.setup.traits.errorEndsSession === true;
  return withDevice(ends ? endSessions(world, name) : world, name, { state: 'ERROR' });
}
