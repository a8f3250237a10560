import type { Arc, Errno } from '../uapi';
import { contractOf, endsSession, stateOf } from '../uapi';
import type { HandedFile } from './machine';
import { isWhole } from './segment';
import type { DataFile, Device, ResumingFile, SavingFile, World } from './world';
import { collectFiles, deviceNamed, withDevice, withFile } from './world';

/** What an arc does to the session: the file it hands out, if any, or why it fails (nothing has then changed). */
export type SessionStep =
  | { readonly world: World; readonly file: number | null; readonly errno: null }
  | { readonly world: World; readonly file: null; readonly errno: Errno };

/** Carries out an arc that the driver accepts, as far as data sessions go; the state itself is moved by the caller. */
export function stepSession(world: World, name: string, arc: Arc, hands: HandedFile): SessionStep {
  const device = deviceNamed(world, name);
  if (device === null) {
    return failed(world, 'ENODEV');
  }
  const open = world.files.find(({ id }) => id === device.saving || id === device.resuming);
  if (hands === 'session-file' && open !== undefined) {
    return handAgain(stepSession(world, name, arc, 'as-due'), open);
  }
  if (arc.from === 'RESUMING' && arc.to === 'STOP') {
    return loadAndEnd(world, device);
  }
  const ended = endsSession(arc) ? endSessions(world, name) : world;
  const contract = contractOf(arc);
  if (hands === 'null' && contract !== 'none') {
    return done(ended);
  }
  if (hands === 'new-file' && contract === 'none') {
    return startUndue(ended, device, arc);
  }
  switch (contract) {
    case 'new-read-fd':
      return startSaving(ended, device, arc.to === 'STOP_COPY');
    case 'new-write-fd':
      return startResuming(ended, name);
    case 'none':
      return arc.to === 'STOP_COPY' ? finishSaving(ended, device) : done(ended);
  }
}

/** Ends whatever session the device has: its file dies, and the driver lets go of it. */
export function endSessions(world: World, name: string): World {
  const device = deviceNamed(world, name);
  if (device === null) {
    return world;
  }
  const files = world.files.map((file) =>
    file.id === device.saving || file.id === device.resuming ? { ...file, dead: true } : file,
  );
  return collectFiles(withDevice({ ...world, files }, name, { saving: null, resuming: null }));
}

/** The file of the saving session; null without one. */
export function savingFile(world: World, device: Device): SavingFile | null {
  const file = world.files.find(({ id }) => id === device.saving);
  return file?.side === 'read' ? file : null;
}

function done(world: World, file: number | null = null): SessionStep {
  return { world, file, errno: null };
}

function failed(world: World, errno: Errno): SessionStep {
  return { world, file: null, errno };
}

function startSaving(world: World, device: Device, stopped: boolean): SessionStep {
  const { name, geometry } = device.setup;
  const file: SavingFile = {
    id: world.made,
    device: name,
    dead: false,
    side: 'read',
    stream: `${name}#${device.streams}`,
    position: 0,
    filled: geometry.initial + (stopped ? geometry.final : 0),
    initialEnd: geometry.initial,
    complete: stopped,
    reinit: false,
  };
  const made = { ...world, made: world.made + 1, files: [...world.files, file] };
  return done(withDevice(made, name, { saving: file.id, streams: device.streams + 1 }), file.id);
}

function startResuming(world: World, name: string): SessionStep {
  const file: ResumingFile = {
    id: world.made,
    device: name,
    dead: false,
    side: 'write',
    received: [],
    length: 0,
  };
  const made = { ...world, made: world.made + 1, files: [...world.files, file] };
  return done(withDevice(made, name, { resuming: file.id }), file.id);
}

/**
 * A driver that hands out a file where none is due: in the saving group it is a second session in place of the first, in
 * other states a file that is dead from its first moment.
 */
function startUndue(world: World, device: Device, arc: Arc): SessionStep {
  const { name } = device.setup;
  const started = startSaving(endSessions(world, name), device, arc.to === 'STOP_COPY');
  const after = stateOf(arc.to)?.session;
  if (after === 'saving' || started.file === null) {
    return started;
  }
  const files = started.world.files.map((file) => (file.id === started.file ? { ...file, dead: true } : file));
  return done(withDevice({ ...started.world, files }, name, { saving: null }), started.file);
}

/** Into STOP_COPY within the saving group: what was not read stays, the rest of the device's state comes after it. */
function finishSaving(world: World, device: Device): SessionStep {
  const file = savingFile(world, device);
  if (file === null) {
    return device.setup.traits.startsLostSession ? startSaving(world, device, true) : failed(world, 'EINVAL');
  }
  return done(withFile(world, { ...file, filled: file.filled + device.setup.geometry.final, complete: true }));
}

/** A driver that hands out the file of the session that was open: it is dead when the arc has ended the session. */
function handAgain(stepped: SessionStep, open: DataFile): SessionStep {
  if (stepped.errno !== null) {
    return stepped;
  }
  const { world } = stepped;
  const isThere = world.files.some(({ id }) => id === open.id);
  return done(isThere ? world : { ...world, files: [...world.files, { ...open, dead: true }] }, open.id);
}

function loadAndEnd(world: World, device: Device): SessionStep {
  const file = world.files.find(({ id }) => id === device.resuming);
  if (file?.side !== 'write' || !isLoadable(file, device)) {
    return failed(world, 'EINVAL');
  }
  const { name } = device.setup;
  return done(withDevice(endSessions(world, name), name, { loaded: file.received }));
}

function isLoadable(file: ResumingFile, { setup }: Device): boolean {
  switch (setup.traits.resumeCheck) {
    case 'whole-stream':
      return isWhole(file.received) && file.received.every(({ layout }) => layout === setup.layout);
    case 'length':
      return file.length >= setup.geometry.initial + setup.geometry.final;
    case 'none':
      return true;
  }
}
