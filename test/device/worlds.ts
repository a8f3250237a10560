import type { Effect, Event, FeatureReply, Setup, World } from '../../server/src/device';
import { createWorld, recommendedTraits, referenceMachine, replyOf, setState, step } from '../../server/src/device';
import type { StateName } from '../../server/src/uapi';

/** A device as the protocol recommends it, with all flags and round sizes. */
export const setup: Setup = {
  name: 'A',
  machine: referenceMachine(['STOP_COPY', 'P2P', 'PRE_COPY']),
  traits: recommendedTraits,
  profile: '7.1',
  geometry: { initial: 1000, final: 200, dirtyable: 500 },
  layout: 'demo',
};

/** A world that is driven through `step()` only. */
export class Driven {
  world: World;

  constructor(...setups: readonly Partial<Setup>[]) {
    this.world = createWorld(setups.map((each, index) => ({ ...setup, name: 'ABC'[index] ?? '', ...each })));
  }

  send(event: Event): readonly Effect[] {
    const { state, effects } = step(this.world, event);
    this.world = state;
    return effects;
  }

  /** "ENOMSG", or what the call returned. */
  call(event: Event): string | number {
    const reply = replyOf(this.send(event));
    return reply?.errno ?? reply?.ret ?? 'no call';
  }

  /** The data fd that the SET gave; -1 for none. Throws when it failed. */
  set(state: StateName, device = 'A'): number {
    const reply = this.feature(setState(device, state));
    if (reply.errno !== null) throw new Error(`SET ${device} to ${state}: ${reply.errno}`);
    return reply.struct?.dataFd ?? -1;
  }

  feature(event: Event): FeatureReply {
    const reply = replyOf(this.send(event));
    if (reply?.kind !== 'feature') throw new Error('no feature call');
    return reply;
  }

  /** initial_bytes, dirty_bytes and flags, or an errno. */
  info(fd: number, flags = 0): string | readonly number[] {
    const reply = replyOf(this.send({ kind: 'precopyInfo', fd, argsz: 24, flags }));
    if (reply?.kind !== 'data') throw new Error('no data call');
    return reply.info === null
      ? String(reply.errno)
      : [reply.info.initialBytes, reply.info.dirtyBytes, reply.info.flags];
  }

  state(device = 'A'): StateName | undefined {
    return this.world.devices.find(({ setup: { name } }) => name === device)?.state;
  }
}
