import type { StateName } from '../uapi';
import { callData } from './dataFd';
import type { Effect } from './reply';
import { savingFile } from './session';
import type { Device, Dma, World } from './world';
import { deviceNamed, withDevice, withFile } from './world';

interface Passed {
  readonly world: World;
  readonly effects: readonly Effect[];
}

const microseconds = 1_000_000;

/** States in which a device may begin DMA to a peer, and in which its guest's work goes on. */
const initiates: readonly StateName[] = ['RUNNING', 'PRE_COPY'];
/** States in which it takes a peer's DMA. */
const accepts: readonly StateName[] = [...initiates, 'RUNNING_P2P', 'PRE_COPY_P2P'];

/** Lets microseconds pass: guests dirty state, then what is due on the link and between devices arrives, in order of time. */
export function pass(start: World, time: number): Passed {
  const now = start.now + time;
  let world: World = { ...start, now };
  for (const device of start.devices) {
    world = work(world, device, time);
  }
  const isDue = ({ due }: { readonly due: number }) => due <= now;
  if (!world.packets.some(isDue) && !world.dmas.some(isDue)) {
    return { world, effects: [] };
  }
  const effects: Effect[] = [];
  const duePackets = world.packets.filter(({ due }) => due <= now);
  const dueDmas = world.dmas.filter(({ due }) => due <= now);
  world = {
    ...world,
    packets: world.packets.filter(({ due }) => due > now),
    dmas: world.dmas.filter(({ due }) => due > now),
  };
  for (const { data, to } of duePackets) {
    const written = callData(world, { kind: 'write', fd: to, data: [data] });
    world = written.world;
    effects.push({ kind: 'delivered', to, data, ret: written.reply.ret, errno: written.reply.errno });
  }
  for (const dma of dueDmas) {
    effects.push(arrive(world, dma));
  }
  return { world, effects };
}

function work(world: World, { setup, state, dirtyRate, dirtyRest }: Device, time: number): World {
  if (dirtyRate === 0 || !initiates.includes(state)) {
    return world;
  }
  const dirt = dirtyRate * time + dirtyRest;
  const bytes = Math.floor(dirt / microseconds);
  return withDevice(dirty(world, setup.name, bytes), setup.name, { dirtyRest: dirt - bytes * microseconds });
}

/** The guest changes `bytes` of the device's state. Outside a PRE_COPY session nothing has to be streamed again for it. */
export function dirty(world: World, name: string, bytes: number): World {
  const device = deviceNamed(world, name);
  const file = device === null ? null : savingFile(world, device);
  if (device === null || file === null || file.complete || !device.setup.traits.streamsDirty) {
    return world;
  }
  const waiting = file.filled - Math.max(file.position, file.initialEnd);
  const room = Math.max(0, device.setup.geometry.dirtyable - waiting);
  return withFile(world, { ...file, filled: file.filled + Math.min(bytes, room) });
}

/** The driver announces new initial data: all that is not read counts as initial again, and dirty_bytes starts at zero. */
export function reinit(world: World, name: string, bytes: number): World {
  const device = deviceNamed(world, name);
  const file = device === null ? null : savingFile(world, device);
  if (device === null || file === null || file.complete) {
    return world;
  }
  const filled = file.filled + bytes;
  return withFile(
    world,
    device.precopyInfoV2 ? { ...file, filled, initialEnd: filled, reinit: true } : { ...file, filled },
  );
}

/** Reads from a data fd and puts the data on the link; the answer is that of the read. */
export function send(world: World, fd: number, length: number, to: number): Passed {
  const { world: after, reply } = callData(world, { kind: 'read', fd, length });
  if (reply.data === null) {
    return { world: after, effects: [reply] };
  }
  const { bandwidth, latency } = world.link;
  const begins = Math.max(world.now, world.linkBusyUntil);
  const sent = begins + Math.ceil((reply.data.length * microseconds) / bandwidth);
  const packet = { data: reply.data, to, due: sent + latency };
  return { world: { ...after, linkBusyUntil: sent, packets: [...after.packets, packet] }, effects: [reply] };
}

/** A device begins a transfer to a peer; a violation when its state forbids that. */
export function startDma(world: World, dma: Omit<Dma, 'due'>, duration: number): Passed {
  const from = deviceNamed(world, dma.from);
  if (from === null || deviceNamed(world, dma.to) === null) {
    return { world, effects: [] };
  }
  if (!initiates.includes(from.state)) {
    const message = `${dma.from} began DMA to ${dma.to}`;
    return { world, effects: [{ kind: 'violation', device: dma.from, state: from.state, message }] };
  }
  const dmas = [...world.dmas, { ...dma, due: world.now + duration }].sort((a, b) => a.due - b.due);
  return { world: { ...world, dmas }, effects: [] };
}

function arrive(world: World, { from, to, bytes }: Dma): Effect {
  const state = deviceNamed(world, to)?.state ?? 'ERROR';
  return accepts.includes(state)
    ? { kind: 'dmaDone', from, to, bytes }
    : { kind: 'violation', device: to, state, message: `DMA from ${from} reached ${to}` };
}

/** Before a device enters a state in which it may not begin DMA, what it has begun must end: time passes until then. */
export function waitForDma(world: World, name: string, next: StateName): Passed {
  const begun = world.dmas.filter(({ from }) => from === name);
  if (initiates.includes(next) || begun.length === 0) {
    return { world, effects: [] };
  }
  const time = Math.max(...begun.map(({ due }) => due)) - world.now;
  const passed = pass(world, time);
  return { world: passed.world, effects: [{ kind: 'waited', device: name, time }, ...passed.effects] };
}
