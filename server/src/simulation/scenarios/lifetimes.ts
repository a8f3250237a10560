import { getState, replyOf } from '../../device';
import { stateByValue, statesFor } from '../../uapi';
import { migrate } from '../migrate';
import type { Ending, Program, Scenario } from '../program';
import { VmmDevice } from '../vmm';
import { planOf, work } from './migrations';
import { choice, chunk, count, precopyParameters, sceneParameters, time } from './parameters';

/** Scenarios about what outlives what: reset, close, a second migration, several devices. */

const one = [{ role: 'source', several: false }];

function ended(outcome: Ending['outcome'], reason: string, step: number | null = null): Ending {
  return { outcome, reason, downtime: null, step };
}

export const reset: Scenario = {
  description: {
    name: 'reset',
    title: 'Reset in every state',
    summary: 'Resets the device in each of its states: it must be RUNNING afterwards, and its old data fd dead.',
    roles: one,
    parameters: [...sceneParameters, chunk],
  },
  *program(cast, _parameters, environment): Program<Ending> {
    const [source] = cast.sources;
    if (source === undefined) {
      throw new Error('a reset needs a device');
    }
    const vmm = new VmmDevice(source, environment);
    const states = statesFor(vmm.flags);
    for (const state of states) {
      const step = environment.step();
      const entered = state === 'RUNNING' ? null : yield* vmm.trySet(state);
      if (entered !== null && entered.errno !== null) {
        return ended('failed', `${state} was not reached: -${entered.errno}`, step);
      }
      const { fd } = vmm;
      yield { kind: 'reset', device: source.name };
      const now = replyOf(yield getState(source.name));
      const found = now?.kind === 'feature' ? stateByValue(now.struct?.state ?? -1) : null;
      if (found !== 'RUNNING') {
        return ended('failed', `a reset in ${state} left the device in ${found}`, environment.step() - 1);
      }
      if (fd !== null) {
        const read = replyOf(yield { kind: 'read', fd, length: 1 });
        if (state !== 'RESUMING' && read?.errno !== 'ENODEV') {
          return ended('failed', `the data fd outlived the reset in ${state}`, environment.step() - 1);
        }
        vmm.state = 'RUNNING';
        yield* vmm.closeFd();
      }
      vmm.state = 'RUNNING';
    }
    return ended(
      'completed',
      `a reset led from each of ${states.length} states to RUNNING, and no data fd outlived it`,
    );
  },
};

export const close: Scenario = {
  description: {
    name: 'close',
    title: 'Close in mid-stream',
    summary:
      'The VMM dies while the device is streamed: the data fd dies with the device fd, and the next user finds the device usable.',
    roles: one,
    parameters: [
      ...sceneParameters,
      chunk,
      choice('in', 'Closed in', 'Where the device is when its user goes away.', ['PRE_COPY', 'STOP_COPY'], 'STOP_COPY'),
    ],
  },
  *program(cast, parameters, environment): Program<Ending> {
    const [source] = cast.sources;
    if (source === undefined) {
      throw new Error('a close needs a device');
    }
    const vmm = new VmmDevice(source, environment);
    yield* vmm.set(parameters.choice('in') === 'PRE_COPY' && vmm.has('PRE_COPY') ? 'PRE_COPY' : 'STOP_COPY', 'RUNNING');
    const { fd } = vmm;
    if (fd === null) {
      return ended('failed', 'there is no data fd to stream from', environment.step() - 1);
    }
    yield { kind: 'read', fd, length: parameters.number('chunk') };
    yield { kind: 'closeDevice', device: source.name };
    const after = replyOf(yield { kind: 'read', fd, length: 1 });
    if (after?.errno !== 'ENODEV') {
      return ended('failed', 'the data fd outlived the device fd', environment.step() - 1);
    }
    yield { kind: 'close', fd };
    yield { kind: 'openDevice', device: source.name };
    const now = replyOf(yield getState(source.name));
    const found = now?.kind === 'feature' ? stateByValue(now.struct?.state ?? -1) : null;
    if (found !== 'RUNNING') {
      return ended('failed', `the next user finds the device in ${found}, not RUNNING`, environment.step() - 1);
    }
    const step = environment.step();
    const again = new VmmDevice(source, environment);
    const reply = yield* again.trySet('STOP_COPY');
    yield* again.reset();
    return reply.errno === null
      ? ended('completed', 'the data fd died with the device fd, and the next user can migrate the device')
      : ended('failed', `the next user can not migrate the device: -${reply.errno}`, step);
  },
};

export const second: Scenario = {
  description: {
    name: 'second-migration',
    title: 'There and back',
    summary:
      'Migrates a device and then back to where it was: nothing of the first migration may be in the way of the second.',
    roles: [
      { role: 'source', several: false },
      { role: 'target', several: false },
    ],
    parameters: precopyParameters,
  },
  *program(cast, parameters, environment): Program<Ending> {
    yield* work(cast, parameters);
    const plan = planOf(parameters);
    const there = yield* migrate(cast, plan, environment);
    if (there.outcome !== 'migrated') {
      return { ...there, reason: `the first migration: ${there.reason}` };
    }
    // The first VMM ends; another opens the device for the way back.
    for (const { name } of cast.sources) {
      yield { kind: 'closeDevice', device: name };
      yield { kind: 'openDevice', device: name };
      yield { kind: 'reset', device: name };
    }
    const back = { sources: cast.targets, targets: cast.sources };
    yield* work(back, parameters);
    const ending = yield* migrate(back, plan, environment);
    return ending.outcome === 'migrated' ? ending : { ...ending, reason: `the way back: ${ending.reason}` };
  },
};

export const group: Scenario = {
  description: {
    name: 'p2p-group',
    title: 'Devices that do DMA to each other',
    summary:
      'Migrates several devices with DMA between them. Quiescing all before the first is stopped keeps DMA from reaching a stopped device; stopping one after the other does not.',
    roles: [
      { role: 'source', several: true },
      { role: 'target', several: true },
    ],
    parameters: [
      ...precopyParameters,
      count('devices', 'Devices', 'How many devices are in the group.', 3, 2, 16),
      time('dma', 'DMA duration', 'How long a transfer between two devices takes.', 2_000),
      choice(
        'order',
        'Stopping',
        'All are quiesced first, or one after the other is stopped.',
        ['p2p-first', 'one-by-one'],
        'p2p-first',
      ),
    ],
  },
  *program(cast, parameters, environment): Program<Ending> {
    yield* work(cast, parameters);
    const duration = parameters.number('dma');
    const neighbour = (name: string) => {
      const index = cast.sources.findIndex((source) => source.name === name);
      return cast.sources[(index + 1) % cast.sources.length]?.name ?? name;
    };
    const quiesce = parameters.choice('order') === 'one-by-one' ? 'one-by-one' : 'p2p-first';
    return yield* migrate(
      cast,
      {
        ...planOf(parameters),
        quiesce,
        *whileStopping(running) {
          for (const from of running) {
            yield { kind: 'dma', from, to: neighbour(from), bytes: 65_536, duration };
          }
        },
      },
      environment,
    );
  },
};
