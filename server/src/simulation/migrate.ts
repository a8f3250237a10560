import type { Effect } from '../device';
import type { StateName } from '../uapi';
import { bytesText, timeText } from '../wire';
import type { Cast, Ending, Environment, Program } from './program';
import { CallFailed, VmmDevice } from './vmm';

/** How a migration is done. */
export interface MigrationPlan {
  /** Whether devices that can are streamed while the guest runs. */
  readonly precopy: boolean;
  /** The most bytes of one read. */
  readonly chunk: number;
  /** Bytes a second that the VMM expects the link to carry. */
  readonly bandwidth: number;
  /** Microseconds that the guest may stand still. */
  readonly downtimeLimit: number;
  /** Whether the source waits until all initial data is through, as the target acknowledges it. */
  readonly switchoverAck: boolean;
  /** Microseconds of pre-copy after which the VMM gives up. */
  readonly patience: number;
  /** When the user takes the migration back; null: never. `after`: microseconds of pre-copy, bytes of STOP_COPY. */
  readonly cancel: { readonly in: 'precopy' | 'stop-copy'; readonly after: number } | null;
  /** Whether all devices are quiesced before the first is stopped, or one after the other is stopped. */
  readonly quiesce: 'p2p-first' | 'one-by-one';
  /** Runs once, as soon as a device has streamed its initial data. */
  readonly onInitialDone?: (source: VmmDevice) => Program<void>;
  /** What devices that still run do while the others are stopped: runs at first and after each SET, with their names. */
  readonly whileStopping?: (running: readonly string[]) => Program<void>;
}

/** Thrown inside a migration that ends on purpose. */
class GivenUp extends Error {
  readonly outcome: 'cancelled' | 'never-converges';

  constructor(outcome: GivenUp['outcome'], message: string) {
    super(message);
    this.outcome = outcome;
  }
}

/** Microseconds that the VMM waits when no device has anything to send. */
const idle = 10_000;
/**
 * A round that brings less than this part of a read is taken as nothing: a guest that dirties all the time would otherwise have
 * the VMM read a few bytes each microsecond.
 */
const worthReading = 1024;

/**
 * A live migration as QEMU does it: targets into RESUMING, sources into PRE_COPY, iterations until the rest fits the
 * downtime limit, all devices quiesced, then stopped, the rest streamed, the targets run. When a call fails the source goes
 * on. Source: hw/vfio/migration.c and migration/migration.c (QEMU 9.2).
 */
export function* migrate(cast: Cast, plan: MigrationPlan, environment: Environment): Program<Ending> {
  return yield* new Migration(cast, plan, environment).run();
}

class Migration {
  private readonly sources: readonly VmmDevice[];
  private readonly targets: readonly VmmDevice[];
  private readonly pairs: readonly (readonly [VmmDevice, VmmDevice])[];
  private readonly plan: MigrationPlan;
  private readonly environment: Environment;
  private readonly announced = new Set<VmmDevice>();
  private stoppedAt: number | null = null;

  constructor(cast: Cast, plan: MigrationPlan, environment: Environment) {
    this.sources = cast.sources.map((device) => new VmmDevice(device, environment));
    this.targets = cast.targets.map((device) => new VmmDevice(device, environment));
    this.pairs = this.sources.flatMap((source, index) => {
      const target = this.targets[index];
      return target === undefined ? [] : [[source, target] as const];
    });
    this.plan = plan;
    this.environment = environment;
  }

  *run(): Program<Ending> {
    try {
      for (const target of this.targets) {
        yield* target.set('RESUMING', 'RUNNING');
      }
      yield* this.precopy();
      yield* this.stopSources();
      yield* this.sendRest();
      yield* this.start(this.targets);
      const downtime = this.environment.now() - (this.stoppedAt ?? this.environment.now());
      yield* this.cleanUp();
      const limit = this.plan.downtimeLimit;
      const over = downtime > limit ? `, more than the ${timeText(limit)} allowed` : '';
      return {
        outcome: 'migrated',
        reason: `the target runs; the guest stood still for ${timeText(downtime)}${over}`,
        downtime,
        step: null,
      };
    } catch (error) {
      if (error instanceof GivenUp) {
        const back = yield* this.fallBack();
        return { outcome: error.outcome, reason: `${error.message}; ${back}`, downtime: null, step: null };
      }
      if (error instanceof CallFailed) {
        const back = yield* this.fallBack();
        return { outcome: 'failed', reason: `${error.message}; ${back}`, downtime: null, step: error.step };
      }
      throw error;
    }
  }

  private *precopy(): Program<void> {
    const streaming = this.plan.precopy ? this.sources.filter((source) => source.has('PRE_COPY')) : [];
    for (const source of streaming) {
      yield* source.set('PRE_COPY', 'RUNNING');
    }
    const began = this.environment.now();
    let little = false;
    while (streaming.length > 0 && !(yield* this.fits(streaming))) {
      if (little) {
        yield* this.wait(idle);
      }
      const spent = this.environment.now() - began;
      if (this.plan.cancel?.in === 'precopy' && spent >= this.plan.cancel.after) {
        throw new GivenUp('cancelled', `cancelled after ${timeText(spent)} of pre-copy`);
      }
      if (spent >= this.plan.patience) {
        throw new GivenUp('never-converges', `what is left did not get small enough in ${timeText(spent)}`);
      }
      const sent = yield* this.sendRound(streaming);
      little = sent < this.plan.chunk / worthReading;
    }
  }

  /** Whether what is left can be sent within the downtime limit. */
  private *fits(streaming: readonly VmmDevice[]): Program<boolean> {
    const threshold = (this.plan.bandwidth * this.plan.downtimeLimit) / 1_000_000;
    let estimate = 0;
    let initial = 0;
    for (const source of streaming) {
      const info = yield* source.precopyInfo();
      estimate += (info?.initialBytes ?? 0) + (info?.dirtyBytes ?? 0);
      initial += info?.initialBytes ?? 0;
      if (info?.initialBytes === 0 && !this.announced.has(source)) {
        this.announced.add(source);
        if (this.plan.onInitialDone !== undefined) {
          yield* this.plan.onInitialDone(source);
          return false;
        }
      }
    }
    if (estimate > threshold || (this.plan.switchoverAck && initial > 0)) {
      return false;
    }
    // The exact size costs the device more to tell, so it is asked last.
    let exact = 0;
    for (const source of this.sources) {
      exact += yield* source.dataSize();
    }
    return Math.max(exact, estimate) <= threshold;
  }

  /** One read of each device; gives the bytes sent. */
  private *sendRound(sources: readonly VmmDevice[]): Program<number> {
    let sent = 0;
    for (const source of sources) {
      const [, target] = this.pairs.find(([each]) => each === source) ?? [];
      if (target === undefined) {
        continue;
      }
      const step = this.environment.step();
      const reply = yield* source.send(this.plan.chunk, target);
      if (reply.errno !== null && reply.errno !== 'ENOMSG') {
        throw new CallFailed(`${source.name}: read() answered -${reply.errno}`, step);
      }
      sent += Math.max(0, reply.ret);
      yield* this.wait(this.environment.linkFreeIn());
    }
    return sent;
  }

  private *stopSources(): Program<void> {
    this.stoppedAt = this.environment.now();
    yield* this.othersGoOn();
    const quiesced = (source: VmmDevice): StateName => (source.state === 'PRE_COPY' ? 'PRE_COPY_P2P' : 'RUNNING_P2P');
    const stopped = (source: VmmDevice): StateName => (source.state.startsWith('PRE_COPY') ? 'STOP_COPY' : 'STOP');
    if (this.plan.quiesce === 'p2p-first') {
      for (const source of this.sources.filter((each) => each.has('P2P'))) {
        yield* source.set(quiesced(source), 'reset');
        yield* this.othersGoOn();
      }
    }
    for (const source of this.sources) {
      yield* source.set(stopped(source), 'reset');
      yield* this.othersGoOn();
    }
  }

  private *othersGoOn(): Program<void> {
    const running = this.sources.filter(({ state }) => state === 'RUNNING' || state === 'PRE_COPY');
    if (this.plan.whileStopping !== undefined) {
      yield* this.plan.whileStopping(running.map(({ name }) => name));
    }
  }

  private *sendRest(): Program<void> {
    for (const source of this.sources) {
      yield* source.set('STOP_COPY', 'STOP');
    }
    const cancel = this.plan.cancel?.in === 'stop-copy' ? this.plan.cancel.after : Number.POSITIVE_INFINITY;
    let sent = 0;
    for (const source of this.sources) {
      let last = Number.POSITIVE_INFINITY;
      while (last > 0) {
        last = yield* this.sendRound([source]);
        sent += last;
        if (sent >= cancel) {
          throw new GivenUp('cancelled', `cancelled after ${bytesText(sent)} of STOP_COPY`);
        }
      }
    }
    yield* this.wait(this.environment.arrivedIn());
  }

  /** Runs devices of a VM: all that can are brought to RUNNING_P2P before the first runs. */
  private *start(devices: readonly VmmDevice[]): Program<void> {
    for (const device of devices.filter((each) => each.has('P2P'))) {
      yield* device.set('RUNNING_P2P', 'reset');
    }
    for (const device of devices) {
      yield* device.set('RUNNING', 'reset');
      yield* device.closeFd();
    }
  }

  /** After the guest runs elsewhere; so it costs no downtime. */
  private *cleanUp(): Program<void> {
    for (const source of this.sources) {
      yield* source.set('STOP', 'reset');
      yield* source.closeFd();
    }
  }

  /** The guest goes on where it was; what the targets have is thrown away. Gives what came of it, in a clause. */
  private *fallBack(): Program<string> {
    for (const target of this.targets) {
      yield* target.reset();
    }
    for (const source of this.sources.filter(({ state }) => state !== 'RUNNING')) {
      yield* this.bringBack(source);
    }
    const lost = this.sources.filter(({ wasReset }) => wasReset).map(({ name }) => name);
    return lost.length === 0
      ? 'the guest runs on at the source'
      : `the guest runs on without what ${lost.join(' and ')} held`;
  }

  /** A source that can not go on is reset: the guest is better off with an empty device than with a dead one. */
  private *bringBack(source: VmmDevice): Program<void> {
    try {
      yield* source.set('RUNNING', 'reset');
      yield* source.closeFd();
    } catch (error) {
      if (!(error instanceof CallFailed)) {
        throw error;
      }
    }
  }

  /** Lets time pass; fails when what arrives meanwhile is refused. */
  private *wait(time: number): Program<void> {
    if (time <= 0) {
      return;
    }
    const step = this.environment.step();
    const effects: readonly Effect[] = yield { kind: 'pass', time };
    for (const effect of effects) {
      if (effect.kind === 'delivered' && effect.errno !== null) {
        throw new CallFailed(`the target's write() answered -${effect.errno}`, step);
      }
    }
  }
}
