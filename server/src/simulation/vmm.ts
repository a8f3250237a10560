import type { DataReply, Effect, Event, FeatureReply, PrecopyInfo } from '../device';
import { featureNumbers, replyOf, setState } from '../device';
import type { FlagName, StateName } from '../uapi';
import type { TraceDevice } from '../wire';
import type { Environment, Program } from './program';

/** Thrown inside programs when a call failed and the VMM gives up what it was doing; `message` is one sentence. */
export class CallFailed extends Error {
  /** Index of the step that decided it. */
  readonly step: number;

  constructor(message: string, step: number) {
    super(message);
    this.step = step;
  }
}

/** Bytes of struct vfio_device_feature with its data, and of struct vfio_precopy_info. */
const sizes = { feature: 16, precopyInfo: 24 };

/**
 * One device as a VMM holds it: what it believes the state to be, and the data fd of the session. Behaves as QEMU does.
 * Source: hw/vfio/migration.c (QEMU 9.2), vfio_migration_set_state() and its callers.
 */
export class VmmDevice {
  readonly name: string;
  readonly flags: readonly FlagName[];
  state: StateName = 'RUNNING';
  fd: number | null = null;
  /** Whether a reset threw away what the guest had in the device. */
  wasReset = false;
  private readonly environment: Environment;

  constructor({ name, machine }: TraceDevice, environment: Environment) {
    this.name = name;
    this.flags = machine.flags;
    this.environment = environment;
  }

  has(flag: FlagName): boolean {
    return this.flags.includes(flag);
  }

  /**
   * SET. When it fails, the VMM asks for `recover`, and resets the device when that fails too or `recover` is 'reset'; then
   * CallFailed is thrown.
   */
  *set(state: StateName, recover: StateName | 'reset'): Program<void> {
    if (this.state === state) {
      return;
    }
    const step = this.environment.step();
    const reply = yield* this.trySet(state);
    if (reply.errno === null) {
      return;
    }
    const why = `${this.name}: SET ${state} answered -${reply.errno}`;
    if (recover !== 'reset') {
      const recovered = yield* this.trySet(recover);
      if (recovered.errno === null) {
        throw new CallFailed(`${why}; the device went back to ${recover}`, step);
      }
    }
    yield* this.reset();
    throw new CallFailed(`${why}; the device was reset`, step);
  }

  /** SET without recovery. What the VMM believes of the device changes only when it succeeds. */
  *trySet(state: StateName): Program<FeatureReply> {
    const reply = feature(yield setState(this.name, state));
    if (reply.errno === null) {
      this.state = state;
      const fd = reply.struct?.dataFd ?? -1;
      if (fd >= 0) {
        yield* this.closeFd();
        this.fd = fd;
      }
    }
    return reply;
  }

  /** VFIO_DEVICE_RESET. */
  *reset(): Program<void> {
    yield { kind: 'reset', device: this.name };
    this.wasReset = true;
    this.state = 'RUNNING';
    yield* this.closeFd();
  }

  *closeFd(): Program<void> {
    if (this.fd !== null) {
      const { fd } = this;
      this.fd = null;
      yield { kind: 'close', fd };
    }
  }

  /** MIG_DATA_SIZE: bytes that would be streamed if the device stopped now. */
  *dataSize(): Program<number> {
    const event: Event = {
      kind: 'feature',
      device: this.name,
      feature: featureNumbers.MIG_DATA_SIZE,
      ops: ['GET'],
      argsz: sizes.feature,
      request: 0,
    };
    return feature(yield event).stopCopyLength ?? 0;
  }

  /** VFIO_MIG_GET_PRECOPY_INFO; null when the driver does not answer it. */
  *precopyInfo(): Program<PrecopyInfo | null> {
    if (this.fd === null) {
      return null;
    }
    return data(yield { kind: 'precopyInfo', fd: this.fd, argsz: sizes.precopyInfo, flags: 0 }).info;
  }

  /** Reads at most `length` bytes and puts them on the link towards the target's data fd. */
  *send(length: number, to: VmmDevice): Program<DataReply> {
    if (this.fd === null || to.fd === null) {
      throw new CallFailed(`${this.fd === null ? this.name : to.name} has no data fd`, this.environment.step() - 1);
    }
    return data(yield { kind: 'send', fd: this.fd, length, to: to.fd });
  }
}

/** The VFIO_DEVICE_FEATURE reply of a step. */
function feature(effects: readonly Effect[]): FeatureReply {
  const reply = replyOf(effects);
  if (reply?.kind !== 'feature') {
    throw new Error('not the answer to VFIO_DEVICE_FEATURE');
  }
  return reply;
}

/** The answer of a data fd. */
function data(effects: readonly Effect[]): DataReply {
  const reply = replyOf(effects);
  if (reply?.kind !== 'data') {
    throw new Error('not the answer of a data fd');
  }
  return reply;
}
