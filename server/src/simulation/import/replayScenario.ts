import type { Event } from '../../device';
import { deviceNamed, replyOf } from '../../device';
import { stateByValue } from '../../uapi';
import type { MachineDescription } from '../../wire';
import type { Work } from '../work';
import type { OwnEvent, OwnScenario } from './readScenario';
import type { Claim } from './replayer';
import { Replayer } from './replayer';

/** A scenario of one's own on a machine. What it expects is held against what happens. */
export function* replayScenario(title: string, scenario: OwnScenario, machine: MachineDescription): Work<Replayer> {
  const { devices, link, events } = scenario;
  const played = devices.map(({ name, geometry }) => ({ name, machine, geometry, layout: machine.name }));
  const replayer = new Replayer({ title: scenario.title ?? title, devices: played, link });
  const fds = new Map<string, number>();
  /** How many bytes of a stream were written to an fd. */
  const written = new Map<number, number>();
  for (const [index, own] of events.entries()) {
    yield { done: index, of: events.length };
    const event = completed(own, fds, written, replayer);
    const reply = replyOf(replayer.send(event, claimOf(own)));
    if (reply?.kind === 'feature' && event.kind === 'feature' && reply.struct !== null && reply.struct.dataFd >= 0) {
      fds.set(event.device, reply.struct.dataFd);
      written.set(reply.struct.dataFd, 0);
    }
    if (event.kind === 'write' && own.next !== null && reply !== null) {
      written.set(event.fd, (written.get(event.fd) ?? 0) + Math.max(0, reply.ret));
    }
  }
  return replayer;
}

function completed(
  { event, fdOf, toFdOf, next }: OwnEvent,
  fds: ReadonlyMap<string, number>,
  written: ReadonlyMap<number, number>,
  { recorder }: Replayer,
): Event {
  if (!('fd' in event)) {
    return event;
  }
  const fd = fdOf === null ? event.fd : (fds.get(fdOf) ?? event.fd);
  if (event.kind === 'send') {
    return { ...event, fd, to: toFdOf === null ? event.to : (fds.get(toFdOf) ?? event.to) };
  }
  if (event.kind !== 'write' || next === null) {
    return { ...event, fd };
  }
  const layout = deviceNamed(recorder.world, fdOf ?? '')?.setup.layout ?? recorder.scene.devices[0]?.layout ?? '';
  const offset = written.get(fd) ?? 0;
  return { ...event, fd, data: [{ stream: `written to fd ${fd}`, layout, offset, ...next, damaged: [] }] };
}

function claimOf({ event, expected: errno }: OwnEvent): Claim {
  if (errno === undefined) {
    return {};
  }
  const state = event.kind === 'feature' && event.ops.includes('SET') ? stateByValue(event.request) : null;
  const isReached = errno === null && event.kind === 'feature' && state !== null && state !== undefined;
  return isReached ? { errno, states: [{ device: event.device, state }] } : { errno };
}
