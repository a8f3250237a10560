import type { Segment } from '../../device';
import { damage, lengthOf, replyOf, slice } from '../../device';
import { bytesText } from '../../wire';
import { chance } from '../chance';
import type { Ending, Environment, Program, Scenario } from '../program';
import { VmmDevice } from '../vmm';
import { choice, chunk, sceneParameters, seed } from './parameters';

/** Scenarios about saved streams: what a target makes of them. */

const pair = [
  { role: 'source', several: false },
  { role: 'target', several: false },
];

const spoilings = ['truncated', 'corrupted', 'foreign', 'reordered'] as const;
type Spoiling = (typeof spoilings)[number];

/** Stops a device and reads all of its state, as a snapshot to a file does. */
function* save(source: VmmDevice, size: number, environment: Environment): Program<readonly Segment[]> {
  yield* source.set('STOP_COPY', 'RUNNING');
  const saved: Segment[] = [];
  while (source.fd !== null) {
    const reply = replyOf(yield { kind: 'read', fd: source.fd, length: size });
    if (reply?.kind !== 'data' || reply.data === null) {
      break;
    }
    saved.push(reply.data);
    yield { kind: 'pass', time: environment.linkFreeIn() };
  }
  yield* source.set('STOP', 'reset');
  yield* source.closeFd();
  return saved;
}

/** Writes segments to the target's data fd; gives the first errno. */
function* load(target: VmmDevice, segments: readonly Segment[]): Program<string | null> {
  yield* target.set('RESUMING', 'RUNNING');
  for (const segment of segments) {
    if (target.fd === null) {
      return 'no data fd';
    }
    const reply = replyOf(yield { kind: 'write', fd: target.fd, data: [segment] });
    if (reply === null || reply.errno !== null) {
      return `write() answered -${reply?.errno ?? 'EBADF'}`;
    }
  }
  return null;
}

export const resume: Scenario = {
  description: {
    name: 'resume',
    title: 'Resume from a saved stream',
    summary: 'Saves a stopped device and loads the stream on the target in other pieces than it was read in.',
    roles: pair,
    parameters: [...sceneParameters, chunk, seed],
  },
  *program(cast, parameters, environment): Program<Ending> {
    const [source, target] = bothOf(cast, environment);
    const saved = yield* save(source, parameters.number('chunk'), environment);
    const random = chance(parameters.number('seed'));
    const pieces = saved.flatMap((segment) => cut(segment, random));
    const refused = yield* load(target, pieces);
    const step = environment.step();
    const reply = yield* target.trySet('RUNNING');
    if (refused !== null || reply.errno !== null) {
      return ended('failed', refused ?? `SET RUNNING answered -${reply.errno}`, step);
    }
    yield* target.closeFd();
    return ended('completed', `the target runs with ${bytesText(lengthOf(saved))} that the source saved`);
  },
};

export const badData: Scenario = {
  description: {
    name: 'bad-data',
    title: 'Resume with bad data',
    summary:
      'Loads a stream that was cut off, damaged, reordered or comes from another kind of device: the target must refuse it.',
    roles: pair,
    parameters: [
      ...sceneParameters,
      chunk,
      choice('fault', 'What is wrong', 'What happened to the stream under way.', spoilings, 'truncated'),
      seed,
    ],
  },
  *program(cast, parameters, environment): Program<Ending> {
    const [source, target] = bothOf(cast, environment);
    const saved = yield* save(source, parameters.number('chunk'), environment);
    const fault = spoilings.find((each) => each === parameters.choice('fault')) ?? 'truncated';
    const refused = yield* load(target, spoiled(saved, fault, chance(parameters.number('seed'))));
    const step = environment.step();
    const reply = refused === null ? yield* target.trySet('RUNNING') : null;
    yield* target.reset();
    if (reply !== null && reply.errno === null) {
      return ended('failed', `the target runs with a stream that was ${fault}`, step);
    }
    const how = refused ?? `RESUMING -> STOP answered -${reply?.errno}`;
    return ended('completed', `the ${fault} stream was refused: ${how}; a reset made the target usable again`);
  },
};

function bothOf(cast: Parameters<Scenario['program']>[0], environment: Environment): readonly [VmmDevice, VmmDevice] {
  const [source] = cast.sources;
  const [target] = cast.targets;
  if (source === undefined || target === undefined) {
    throw new Error('a stream needs a source and a target');
  }
  return [new VmmDevice(source, environment), new VmmDevice(target, environment)];
}

/** A segment in two pieces, cut anywhere. */
function cut(segment: Segment, random: () => number): readonly Segment[] {
  const middle = Math.ceil(random() * segment.length);
  return [slice(segment, 0, middle), slice(segment, middle, segment.length)].filter((each) => each !== null);
}

function spoiled(saved: readonly Segment[], fault: Spoiling, random: () => number): readonly Segment[] {
  const all = saved.length > 1 ? saved : saved.flatMap((segment) => cut(segment, random));
  const victim = Math.floor(random() * all.length);
  switch (fault) {
    case 'truncated':
      return all.slice(0, -1);
    case 'corrupted':
      return all.map((segment, index) =>
        index === victim ? damage(segment, segment.offset + Math.floor(random() * segment.length)) : segment,
      );
    case 'foreign':
      return all.map((segment) => ({ ...segment, layout: 'another device' }));
    case 'reordered':
      return [...all].reverse();
  }
}

function ended(outcome: Ending['outcome'], reason: string, step: number | null = null): Ending {
  return { outcome, reason, downtime: null, step };
}
