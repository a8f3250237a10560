import type { Event, FeatureOp, Segment } from '../device';
import { append, featureNumbers, isWhole, lengthOf, mttyHeaderBytes } from '../device';
import type { ReplayDevice } from './replayDevice';
import { stateField } from './replayDevice';
import { type Json, type Node, TraceError } from './replayJson';
import { replayReopening, replayResets } from './replayLifetime';
import { compareSet } from './replayMatrix';
import type { Recording } from './replayRecord';

/** Scenarios about data fds, then reset and reopening: `stream_scenarios`. */
export function replayStreams(trace: Node, device: ReplayDevice, recording: Recording): void {
  recording.result('full_stream_bytes', 'bytes', trace.any('full_stream_bytes'), device.streamBytes);
  recording.result('header_bytes', 'bytes', trace.any('header_bytes'), mttyHeaderBytes);
  for (const scenario of trace.nodes('scenarios')) {
    device.closeFds();
    new Scenario(scenario, device, recording).run();
  }
  replayResets(trace, device, recording);
  replayReopening(trace, device, recording);
}

const restoresLimit = 'fd limit restored';

/** Events without arguments and without results beyond ret and errno, by the name of the step. */
const plainCalls: ReadonlyMap<string, 'pread' | 'lseek' | 'mmap' | 'otherIoctl'> = new Map([
  ['pread', 'pread'],
  ['lseek', 'lseek'],
  ['mmap', 'mmap'],
  ['ioctl(VFIO_DEVICE_RESET on data_fd)', 'otherIoctl'],
]);

/** One scenario: steps that name fds by labels. */
class Scenario {
  private readonly steps: readonly Node[];
  private readonly name: string;
  private readonly fds = new Map<string, number>();
  /** What came out of the fd that was read last. */
  private content: readonly Segment[] = [];
  private contentOf: number | null = null;
  /** The step that takes the fd limit away says that there was one, from the first SET on. */
  private limitPending: boolean;

  constructor(
    scenario: Node,
    private readonly device: ReplayDevice,
    private readonly recording: Recording,
  ) {
    this.name = scenario.text('name');
    this.steps = scenario.nodes('steps');
    this.limitPending = this.steps.some((step) => step.text('op') === restoresLimit);
  }

  run(): void {
    for (const step of this.steps) {
      this.step(step, step.text('op'));
    }
    this.device.send({ kind: 'limitFds', free: null });
  }

  private step(step: Node, op: string): void {
    const plain = plainCalls.get(op);
    if (plain !== undefined) {
      const { ret, errno } = this.device.data({ kind: plain, fd: this.fd(step) });
      this.compare(step, ['fd'], { ret, errno });
    } else if (op.startsWith('guest ')) {
      this.recording.omit('accesses to the serial port');
    } else if (op.endsWith(' bad pointer')) {
      const { ret, errno } = this.device.data(this.badPointer(step, op));
      this.compare(step, [], { ret, errno });
    } else if (!this.deviceStep(step, op) && !this.dataStep(step, op)) {
      throw new TraceError(step.at('op'), `the operation "${op}" is not known here`);
    }
  }

  private deviceStep(step: Node, op: string): boolean {
    switch (op) {
      case 'VFIO_DEVICE_RESET': {
        const { errno } = this.device.call({ kind: 'reset', device: step.text('device') });
        this.compare(step, ['device'], { errno, state_after: this.device.state(step.text('device')) });
        return true;
      }
      case 'SET':
        this.set(step);
        return true;
      case 'GET':
        this.compare(step, ['device'], { state: this.device.state(step.text('device')) });
        return true;
      case 'MIG_DATA_SIZE': {
        const reply = this.feature(featureNumbers.MIG_DATA_SIZE, ['GET']);
        const { ret, errno, stopCopyLength } = reply;
        this.compare(step, [], { ret, errno, stop_copy_length: stopCopyLength, state: this.device.state() });
        return true;
      }
      case 'VFIO_DEVICE_FEATURE 12': {
        const ops = step
          .text('op_flags')
          .split('|')
          .map((name) => this.featureOp(step, name));
        const { ret, errno } = this.feature(featureNumbers.MIG_PRECOPY_INFOv2, ops);
        this.compare(step, ['op_flags'], { ret, errno });
        return true;
      }
      case 'close and reopen device':
        this.device.call({ kind: 'closeDevice', device: 'A' });
        this.device.call({ kind: 'openDevice', device: 'A' });
        this.compare(step, [], {});
        return true;
      case restoresLimit:
        this.device.send({ kind: 'limitFds', free: null });
        this.compare(step, [], {});
        return true;
      default:
        return false;
    }
  }

  private dataStep(step: Node, op: string): boolean {
    switch (op) {
      case 'read':
        this.read(step);
        return true;
      case 'write': {
        const fd = this.fd(step);
        const data = this.device.stream(fd, step.count('len'), damageIn(step.text('data')));
        const { ret, errno } = this.device.data({ kind: 'write', fd, data });
        this.compare(step, ['fd', 'data', 'len'], { ret, errno });
        return true;
      }
      case 'poll': {
        const { ret, revents } = this.device.data({ kind: 'poll', fd: this.fd(step) });
        this.compare(step, ['fd'], { ret, revents });
        return true;
      }
      case 'VFIO_MIG_GET_PRECOPY_INFO':
        this.precopyInfo(step);
        return true;
      case 'fcntl': {
        const { mode } = this.device.data({ kind: 'fcntl', fd: this.fd(step) });
        const [accmode, cloexec, nonblock] = [mode?.access, mode?.closeOnExec, mode?.nonBlocking];
        this.compare(step, ['fd'], { accmode: accmode ?? null, cloexec: cloexec ?? null, nonblock: nonblock ?? null });
        return true;
      }
      case 'close':
        this.device.call({ kind: 'close', fd: this.fd(step) });
        this.compare(step, ['fd'], {});
        return true;
      case 'compare':
      case 'total': {
        const total = lengthOf(this.content);
        const whole = isWhole(this.content) && total === this.device.streamBytes;
        this.compare(step, [], { total, equals_plain_STOP_COPY_stream: whole });
        return true;
      }
      default:
        return false;
    }
  }

  private set(step: Node): void {
    if (this.limitPending) {
      this.limitPending = false;
      this.device.send({ kind: 'limitFds', free: 0 });
    }
    const inputs = ['op', 'device', 'to', 'fd'];
    const fd = compareSet(step, inputs, this.device, this.recording, stateField(step, 'to'), step.text('device'));
    if (step.has('fd')) {
      this.fds.set(step.text('fd'), fd ?? -1);
    }
  }

  private read(step: Node): void {
    const fd = this.fd(step);
    const { ret, errno, data } = this.device.data({ kind: 'read', fd, length: step.count('len') });
    if (data !== null) {
      this.content = append(this.contentOf === fd ? this.content : [], data);
      this.contentOf = fd;
    }
    this.compare(step, ['fd', 'len'], { ret, errno });
  }

  private precopyInfo(step: Node): void {
    const flags = step.has('flags_in') ? step.count('flags_in') : 0;
    const event: Event = { kind: 'precopyInfo', fd: this.fd(step), argsz: step.count('argsz'), flags };
    const { ret, errno, info } = this.device.data(event);
    this.compare(step, ['fd', 'argsz', 'flags_in'], {
      ret,
      errno,
      initial_bytes: info?.initialBytes ?? null,
      dirty_bytes: info?.dirtyBytes ?? null,
      flags_out: info?.flags ?? null,
      argsz_out: info?.argsz ?? null,
    });
  }

  /** Such a step does not name its fd: it is the one opened last. */
  private badPointer(step: Node, op: string): Event {
    const fd = this.device.latestFd;
    switch (op) {
      case 'read bad pointer':
        return { kind: 'read', fd, length: 1, badPointer: true };
      case 'write bad pointer':
        return { kind: 'write', fd, data: this.device.stream(fd, 1), badPointer: true };
      case 'VFIO_MIG_GET_PRECOPY_INFO bad pointer':
        return { kind: 'precopyInfo', fd, argsz: 0, flags: 0, badPointer: true };
      default:
        throw new TraceError(step.at('op'), `the operation "${op}" is not known here`);
    }
  }

  private feature(feature: number, ops: readonly FeatureOp[]) {
    const header = 8;
    const largest = 8;
    return this.device.feature({ kind: 'feature', device: 'A', feature, ops, argsz: header + largest, request: 0 });
  }

  private featureOp(step: Node, name: string): FeatureOp {
    if (name === 'GET' || name === 'SET' || name === 'PROBE') {
      return name;
    }
    throw new TraceError(step.at('op_flags'), `"${name}" is no operation`);
  }

  private fd(step: Node): number {
    const fd = this.fds.get(step.text('fd'));
    if (fd === undefined) {
      throw new TraceError(step.at('fd'), `no step before has opened "${step.text('fd')}"`);
    }
    return fd;
  }

  private compare(step: Node, inputs: readonly string[], simulated: Readonly<Record<string, Json>>): void {
    this.recording.compare(step, ['op', ...inputs], simulated, `${this.name}: ${step.text('op')}`);
  }
}

/** The offset that the words about written data say was changed. */
function damageIn(words: string): number | null {
  if (!words.includes('corrupted')) {
    return null;
  }
  return words.includes('header') ? 0 : mttyHeaderBytes;
}
