import type { DataReply, Effect, Event, FeatureReply, Reply, Segment, Setup, World } from '../device';
import {
  createWorld,
  damage,
  deviceNamed,
  fileOf,
  getState,
  mttyGeometry,
  mttyHeaderBytes,
  mttyLayout,
  mttyTraits,
  referenceMachine,
  replyOf,
  setState,
  slice,
  step,
  wholeStream,
} from '../device';
import type { ProfileId, StateName } from '../uapi';
import { flagsOfBits, profileIds, stateByValue, stateNames } from '../uapi';
import type { Json } from './replayJson';
import { type Node, TraceError } from './replayJson';

/** The simulated mtty devices that a trace is replayed on, and the process that uses them. */
export class ReplayDevice {
  readonly setup: Setup;
  /** Whether the traced driver was one that can be told to enter ERROR. */
  readonly instrumented: boolean;
  private world: World;
  /** The fd that was opened last. */
  private latest: number | null = null;

  /** As the trace's header says: flags, kernel release, number of ports. Throws TraceError when it does not. */
  constructor(header: Node) {
    const ports = portsOf(header);
    this.instrumented = /instrumented/.test(header.text('driver_variant'));
    this.setup = {
      name: 'A',
      machine: referenceMachine(flagsOfBits(BigInt(header.count('migration_flags'))).flags),
      traits: mttyTraits,
      profile: profileOfRelease(header),
      geometry: mttyGeometry(ports),
      layout: mttyLayout(ports),
    };
    this.world = createWorld([this.setup, { ...this.setup, name: 'B' }]);
  }

  /** Bytes of the device's whole stream. */
  get streamBytes(): number {
    return this.setup.geometry.initial + this.setup.geometry.final;
  }

  send(event: Event): readonly Effect[] {
    const { state, effects } = step(this.world, event);
    this.world = state;
    return effects;
  }

  call(event: Event): Reply {
    const reply = replyOf(this.send(event));
    if (reply === null) {
      throw new Error(`${event.kind} is no system call`);
    }
    return reply;
  }

  feature(event: Event): FeatureReply {
    const reply = this.call(event);
    if (reply.kind !== 'feature') {
      throw new Error(`${event.kind} is no VFIO_DEVICE_FEATURE`);
    }
    if (reply.struct !== null && reply.struct.dataFd >= 0) {
      this.latest = reply.struct.dataFd;
    }
    return reply;
  }

  data(event: Event): DataReply {
    const reply = this.call(event);
    if (reply.kind !== 'data') {
      throw new Error(`${event.kind} is no operation on a data fd`);
    }
    return reply;
  }

  /** The new data fd of a SET, null without one. */
  set(device: string, state: StateName | number): { readonly reply: FeatureReply; readonly fd: number | null } {
    const reply = this.feature(setState(device, state));
    return { reply, fd: reply.struct !== null && reply.struct.dataFd >= 0 ? reply.struct.dataFd : null };
  }

  state(device = 'A'): StateName {
    const reply = this.feature(getState(device));
    return stateByValue(reply.struct?.state ?? -1) ?? deviceNamed(this.world, device)?.state ?? 'ERROR';
  }

  /**
   * Brings device A from reset into a state; ERROR through the instrumented driver's switch. The data fd of the state, if
   * any, and the reply of the SET.
   */
  enter(state: StateName): ReturnType<ReplayDevice['set']> {
    this.closeFds();
    this.call({ kind: 'reset', device: 'A' });
    if (state === 'ERROR' && this.instrumented) {
      this.send({ kind: 'breakDown', device: 'A' });
    }
    return this.set('A', state);
  }

  /** The fd opened last; bad-pointer steps do not name theirs. */
  get latestFd(): number {
    return this.latest ?? -1;
  }

  closeFds(): void {
    for (const { fd } of this.world.fds) {
      this.call({ kind: 'close', fd });
    }
  }

  /** `length` bytes of a stream that the device can load, going on from where `fd` is; `damaged`: an offset to spoil. */
  stream(fd: number, length: number, damaged: number | null = null): readonly Segment[] {
    const file = fileOf(this.world, fd);
    const position = file?.side === 'write' ? file.length : 0;
    const good = wholeStream('recorded', this.setup.layout, this.streamBytes);
    const part = slice(damaged === null ? good : damage(good, damaged), position, length);
    const extra = length - (part?.length ?? 0);
    const foreign: Segment = { ...wholeStream('foreign', 'none', Math.max(extra, 1)), end: false };
    return [...(part === null ? [] : [part]), ...(extra > 0 ? [foreign] : [])];
  }
}

/** A state as traces write it: its name, or "#8" for a number that is none. */
export function stateText(value: number): string {
  return stateByValue(value) ?? `#${value}`;
}

/** A field that names a state. */
export function stateField(node: Node, key: string): StateName {
  const name = stateNames.find((each) => each === node.text(key));
  if (name === undefined) {
    throw new TraceError(node.at(key), `"${node.text(key)}" is no state`);
  }
  return name;
}

/** What traces record of a SET, as the simulation gave it. */
export function setResults(
  device: ReplayDevice,
  name: string,
  reply: FeatureReply,
  request: number,
): Record<string, Json> {
  const { ret, errno, struct, path, asked, failedArc } = reply;
  const hasFd = struct !== null && struct.dataFd >= 0;
  return {
    ret,
    errno,
    struct_device_state_after: stateText(struct?.state ?? request),
    struct_data_fd_after: struct === null ? 'untouched' : hasFd ? 'fd' : struct.dataFd,
    data_fd: hasFd,
    state_after: device.state(name),
    path,
    next_state_calls: asked.map(({ cur, target, next }) => ({
      cur,
      target: stateText(target),
      next,
      ret: next === null ? 'EINVAL' : '0',
    })),
    driver_failed_arc: failedArc === null ? null : [failedArc.from, failedArc.to],
  };
}

/** Of the type's name ("mtty-2") or a stated number ("2 ports", "nr_ports=2"), else of the size of the stream, else 1. */
function portsOf(header: Node): number {
  const stated = /\bmtty\w*-(\d+)|\bports=(\d+)|\bnr_ports=(\d+)|\b(\d+) ports?\b/.exec(header.text('driver_variant'));
  const number = stated?.slice(1).find((each) => each !== undefined);
  if (number !== undefined) {
    return Number(number);
  }
  if (!header.has('full_stream_bytes')) {
    return 1;
  }
  const onePort = mttyGeometry(1).final;
  const ports = (header.count('full_stream_bytes') - mttyHeaderBytes) / onePort;
  if (!Number.isInteger(ports) || ports < 1) {
    throw new TraceError(header.at('full_stream_bytes'), 'not the size of a stream of mtty');
  }
  return ports;
}

/** The newest generation that is not newer than the kernel. */
function profileOfRelease(header: Node): ProfileId {
  const release = header.text('kernel_release');
  const version = (text: string) => {
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
    return major === undefined ? null : Number(major) * 1000 + Number(minor);
  };
  const kernel = version(release);
  const found = profileIds.findLast((id) => kernel !== null && (version(id) ?? Number.POSITIVE_INFINITY) <= kernel);
  if (found === undefined) {
    throw new TraceError(header.at('kernel_release'), `"${release}" is no kernel with this protocol (5.18 or later)`);
  }
  return found;
}
