import { featureNumbers } from '../../device';
import type { Arc } from '../../uapi';
import { arcText, newestProfile, requiredArcs, validFlagSets } from '../../uapi';
import type { ParameterDescription } from '../../wire';
import type { MigrationPlan } from '../migrate';
import { migrate } from '../migrate';
import type { Cast, Ending, Environment, Parameters, Program, Scenario } from '../program';
import {
  bytes,
  choice,
  chunk,
  downtimeLimit,
  precopyParameters,
  sceneParameters,
  time,
  withDefaults,
} from './parameters';

/** Scenarios that are one migration, each with something that happens on the way. */

const pair = [
  { role: 'source', several: false },
  { role: 'target', several: false },
];

/** The plan that the usual parameters make. */
export function planOf(parameters: Parameters): MigrationPlan {
  return {
    precopy: true,
    chunk: parameters.number('chunk'),
    bandwidth: parameters.number('bandwidth'),
    downtimeLimit: parameters.number('downtimeLimit'),
    switchoverAck: parameters.flag('switchoverAck'),
    patience: parameters.number('patience'),
    cancel: null,
    quiesce: 'p2p-first',
  };
}

/** The guests of the sources begin to work. */
export function* work({ sources }: Cast, parameters: Parameters): Program<void> {
  for (const { name } of sources) {
    yield { kind: 'workload', device: name, bytesPerSecond: parameters.number('dirtyRate') };
  }
}

function* migrateWorking(
  cast: Cast,
  parameters: Parameters,
  environment: Environment,
  change: Partial<MigrationPlan> = {},
): Program<Ending> {
  yield* work(cast, parameters);
  return yield* migrate(cast, { ...planOf(parameters), ...change }, environment);
}

/** A scenario of one source and one target that works and is migrated. */
function migration(
  head: { readonly name: string; readonly title: string; readonly summary: string },
  parameters: readonly ParameterDescription[],
  program: Scenario['program'],
): Scenario {
  return { description: { ...head, roles: pair, parameters }, program };
}

export const precopy = migration(
  {
    name: 'precopy',
    title: 'Live migration with pre-copy',
    summary:
      'Streams while the guest runs until the rest fits the downtime limit, then stops, streams the rest and resumes on the target.',
  },
  precopyParameters,
  migrateWorking,
);

export const stopCopy = migration(
  {
    name: 'stop-copy',
    title: 'Migration by stop and copy',
    summary: 'Stops the guest first and streams everything while it stands still: what pre-copy has to beat.',
  },
  [...sceneParameters, downtimeLimit, chunk],
  (cast, parameters, environment) =>
    migrate(
      cast,
      {
        precopy: false,
        chunk: parameters.number('chunk'),
        bandwidth: parameters.number('bandwidth'),
        downtimeLimit: parameters.number('downtimeLimit'),
        switchoverAck: false,
        patience: 0,
        cancel: null,
        quiesce: 'p2p-first',
      },
      environment,
    ),
);

export const cancelPrecopy = migration(
  {
    name: 'cancel-precopy',
    title: 'Cancel during pre-copy',
    summary:
      'The user takes the migration back while the guest still runs: the source leaves the saving group, its session ends.',
  },
  [
    ...precopyParameters,
    time('after', 'Cancel after', 'When the user cancels, counted from the beginning of pre-copy.', 20_000),
  ],
  (cast, parameters, environment) =>
    migrateWorking(cast, parameters, environment, { cancel: { in: 'precopy', after: parameters.number('after') } }),
);

export const cancelStopCopy = migration(
  {
    name: 'cancel-stop-copy',
    title: 'Cancel during STOP_COPY',
    summary: 'The user takes the migration back while the rest is streamed: the source stops saving and runs again.',
  },
  [
    ...precopyParameters,
    bytes('after', 'Cancel after', 'How much of STOP_COPY is sent before the user cancels.', 2 * 1024 * 1024),
  ],
  (cast, parameters, environment) =>
    migrateWorking(cast, parameters, environment, { cancel: { in: 'stop-copy', after: parameters.number('after') } }),
);

export const neverConverging = migration(
  {
    name: 'never-converges',
    title: 'A guest that never converges',
    summary:
      'The guest dirties more than the link carries: pre-copy does not get nearer to its end, and the VMM gives up.',
  },
  withDefaults(precopyParameters, {
    initial: 256 * 1024 ** 2,
    dirtyRate: 2_000_000_000,
    dirtyable: 1024 ** 3,
    downtimeLimit: 50_000,
    chunk: 16 * 1024 ** 2,
    patience: 2_000_000,
  }),
  migrateWorking,
);

export const reinit = migration(
  {
    name: 'reinit',
    title: 'New initial data during pre-copy',
    summary:
      'The driver announces new initial data when the first is through (PRECOPY_INFO with REINIT, Linux 7.1): the VMM waits for it as well.',
  },
  [...precopyParameters, bytes('again', 'New initial data', 'How much comes anew.', 8 * 1024 * 1024)],
  function* (cast, parameters, environment) {
    for (const source of cast.sources) {
      yield {
        kind: 'feature',
        device: source.name,
        feature: featureNumbers.MIG_PRECOPY_INFOv2,
        ops: ['SET'],
        argsz: 8,
        request: 0,
      };
    }
    return yield* migrateWorking(cast, parameters, environment, {
      *onInitialDone(source) {
        yield { kind: 'reinit', device: source.name, bytes: parameters.number('again') };
      },
    });
  },
);

/** Every arc that a driver can be asked for, by its text. */
const arcs: ReadonlyMap<string, Arc> = new Map(
  validFlagSets(newestProfile.id)
    .flatMap(requiredArcs)
    .map((arc) => [arcText(arc), arc]),
);

export const recovery = migration(
  {
    name: 'recovery',
    title: 'An arc fails and the VMM recovers',
    summary:
      'One arc of the source fails with -EIO. As QEMU does, the VMM goes back to the state before where the guest still runs, and else resets the device.',
  },
  [
    ...precopyParameters,
    choice('arc', 'Failing arc', 'The arc that fails once.', [...arcs.keys()], 'PRE_COPY_P2P -> STOP_COPY'),
  ],
  function* (cast, parameters, environment) {
    const arc = arcs.get(parameters.choice('arc'));
    for (const source of cast.sources.slice(0, 1)) {
      if (arc !== undefined) {
        yield { kind: 'fault', device: source.name, arc, errno: 'EIO', leaves: null };
      }
    }
    return yield* migrateWorking(cast, parameters, environment);
  },
);
