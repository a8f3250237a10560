import type { DataReply, Event, FeatureReply } from '../../../device';
import { featureNumbers, replyOf } from '../../../device';
import type { Arc, Errno, StateName } from '../../../uapi';
import { sameArc, stateByValue } from '../../../uapi';
import type { TraceStep, WorldView } from '../../../wire';
import { callText } from '../../callText';
import type { Told } from '../told';
import { line, placeText } from '../told';
import type { Statement } from './loops';
import { commentText, errnoText, stringLiteral } from './quote';

/** What the program does, with the variables that it needs for it. */
export interface Body {
  readonly statements: readonly Statement[];
  readonly slots: number;
  readonly streams: number;
}

/** Each event of userspace as a test; those of the simulated world, and what follows from its faults, as comments and skipped tests. */
export function bodyOf(told: Told): Body {
  const writer = new Writer(told);
  told.steps.forEach((step, index) => {
    writer.add(step, index, told.steps[index - 1]?.after ?? null);
  });
  return { statements: writer.statements, slots: writer.slots, streams: writer.streams };
}

type DataEvent = Extract<Event, { fd: number }>;

const featureFlags = {
  GET: 'VFIO_DEVICE_FEATURE_GET',
  SET: 'VFIO_DEVICE_FEATURE_SET',
  PROBE: 'VFIO_DEVICE_FEATURE_PROBE',
  UNKNOWN: '1 << 20',
};
const loggingFeatures: readonly number[] = [
  featureNumbers.DMA_LOGGING_START,
  featureNumbers.DMA_LOGGING_STOP,
  featureNumbers.DMA_LOGGING_REPORT,
];

class Writer {
  readonly statements: Statement[] = [];
  slots = 1;
  streams = 1;
  private readonly told: Told;
  /** Of each stream by name: its variable and how many bytes were read of it. */
  private readonly lengths: ReadonlyMap<string, number>;
  private readonly streamNumbers = new Map<string, number>();
  /** The variable of each fd of the simulation, and the stream that is read from it. */
  private readonly slotNumbers = new Map<number, number>();
  private readonly slotStreams = new Map<number, number>();
  private readonly armed: { readonly device: string; readonly arc: Arc }[] = [];
  /** Devices that broke down in the simulation and not in reality. */
  private readonly lost = new Set<string>();
  private index = 0;

  constructor(told: Told) {
    this.told = told;
    const lengths = new Map<string, number>();
    for (const { effects } of told.steps) {
      const reply = replyOf(effects);
      if (reply?.kind === 'data' && reply.data !== null) {
        const { stream, offset, length } = reply.data;
        lengths.set(stream, Math.max(lengths.get(stream) ?? 0, offset + length));
      }
    }
    this.lengths = lengths;
  }

  add(step: TraceStep, index: number, before: WorldView | null): void {
    this.index = index;
    const { event, effects } = step;
    const device = this.deviceOf(event, before);
    if (device !== null && this.lost.has(device) && event.kind !== 'reset') {
      this.skip(step, device, 'the simulated device broke down before');
      return;
    }
    this.event(step, device, before);
    const arrivals = effects.filter((effect) => effect.kind === 'delivered');
    for (const [to, errno] of new Map(arrivals.map(({ to, errno }) => [to, errno]))) {
      this.arrival(to, errno, before ?? step.after);
    }
  }

  private event(step: TraceStep, device: string | null, before: WorldView | null): void {
    const { event, effects } = step;
    const reply = replyOf(effects);
    switch (event.kind) {
      case 'feature':
        if (reply?.kind === 'feature') {
          this.feature(step, event, reply, before);
        }
        break;
      case 'reset':
        this.lost.delete(event.device);
        this.test(step, 'test_reset', event.device, errnoText(reply?.errno ?? null), stateAfter(step, event.device));
        break;
      case 'closeDevice':
        this.test(step, 'test_close_device', event.device, errnoText(reply?.errno ?? null));
        break;
      case 'openDevice':
        if (reply?.errno === null) {
          this.test(step, 'test_open_device', event.device, '0');
        } else {
          this.skip(step, event.device, 'the program has no second way to the device');
        }
        break;
      case 'limitFds':
        this.plain(`limit_fds(${event.free ?? -1});`);
        break;
      case 'pass':
        this.plain(`pause_for(${rounded(Math.min(event.time, 1_000_000))});`);
        break;
      case 'fault':
        this.armed.push({ device: event.device, arc: event.arc });
        this.comment(step);
        break;
      case 'breakDown':
        this.lost.add(event.device);
        this.comment(step);
        break;
      case 'dirty':
      case 'workload':
      case 'reinit':
      case 'dma':
        this.comment(step);
        break;
      default:
        if (reply?.kind === 'data') {
          this.data(step, event, reply, device, before);
        }
    }
  }

  private feature(
    step: TraceStep,
    event: Extract<Event, { kind: 'feature' }>,
    reply: FeatureReply,
    before: WorldView | null,
  ): void {
    const { device, feature, ops, argsz } = event;
    if (reply.path.length > 0 || (reply.struct !== null && ops.includes('SET'))) {
      this.set(step, event, reply, before);
      return;
    }
    if (loggingFeatures.includes(feature) && reply.errno === null && !ops.includes('PROBE')) {
      this.skip(step, device, 'DMA logging is about the memory of a guest');
      return;
    }
    const flags = [...ops.map((op) => featureFlags[op]), `${feature & 0xffff}`].join(' | ');
    const look =
      reply.flags !== null
        ? `MIGRATION_FLAGS, ${reply.flags}`
        : reply.struct !== null
          ? `DEVICE_STATE, ${reply.struct.state}`
          : 'NOTHING, 0';
    this.test(step, 'test_feature', device, flags, `${argsz}`, errnoText(reply.errno), look);
  }

  private set(
    step: TraceStep,
    event: Extract<Event, { kind: 'feature' }>,
    reply: FeatureReply,
    before: WorldView | null,
  ): void {
    const { device } = event;
    const fault = this.armed.findIndex(
      (each) => each.device === device && reply.failedArc !== null && sameArc(each.arc, reply.failedArc),
    );
    const after = stateAfter(step, device);
    if (fault >= 0) {
      this.armed.splice(fault, 1);
      this.skip(step, device, 'the failure is one of the simulation');
      if (after === 'ERROR') {
        this.lost.add(device);
      } else if (reply.path.length > 1) {
        this.plain(`go_to(${this.device(device)}, ${after});`);
      }
      return;
    }
    const old = before?.devices.find(({ name }) => name === device);
    if (old?.state === 'RESUMING' && reply.errno === null) {
      for (const { fd } of before?.fds.filter(
        (each) => each.device === device && each.side === 'write' && !each.dead,
      ) ?? []) {
        this.plain(`finish_writing(${this.slotNumber(fd)});`);
      }
    }
    const fd = reply.struct?.dataFd ?? -1;
    const isRead = step.after.fds.find((each) => each.fd === fd)?.side === 'read';
    const newFile = fd < 0 ? ['NULL', 'NULL'] : [this.slot(fd), isRead ? this.newStream(fd) : 'NULL'];
    this.wayComment(step);
    this.test(
      step,
      'test_set',
      device,
      `${event.argsz}`,
      requestText(event.request),
      errnoText(reply.errno),
      ...newFile,
      after,
    );
  }

  private data(
    step: TraceStep,
    event: DataEvent,
    reply: DataReply,
    device: string | null,
    before: WorldView | null,
  ): void {
    const slot = this.slot(event.fd);
    const error = errnoText(reply.errno);
    const call = (name: string): void => this.test(step, 'test_call', device, slot, name, error);
    switch (event.kind) {
      case 'read':
      case 'send':
        if (event.kind === 'read' && event.badPointer === true) {
          call('READ_BAD_POINTER');
        } else if (event.length === 0) {
          call('READ_NOTHING');
        } else {
          this.read(step, event, reply, device, before);
        }
        break;
      case 'write':
        if (event.badPointer === true) {
          call('WRITE_BAD_POINTER');
        } else {
          this.write(step, event, reply, device);
        }
        break;
      case 'precopyInfo': {
        const initial = (reply.info?.initialBytes ?? 0) > 0;
        const argsz = Math.min(event.argsz, 0xffffffff);
        const arguments_ = [`${argsz}`, `${event.flags >>> 0}`, `${event.badPointer !== true}`, error, `${initial}`];
        this.test(step, 'test_precopy_info', device, slot, ...arguments_);
        break;
      }
      case 'poll': {
        const { revents } = reply;
        const expected = revents?.includes('POLLNVAL') ? 'POLLNVAL' : revents?.includes('POLLIN') ? 'POLLIN' : '0';
        this.test(step, 'test_poll', device, slot, expected);
        break;
      }
      case 'pread':
        call('PREAD');
        break;
      case 'lseek':
        call('LSEEK');
        break;
      case 'mmap':
        call('MMAP');
        break;
      case 'fcntl':
        call('FCNTL');
        break;
      case 'otherIoctl':
        call('OTHER_IOCTL');
        break;
      case 'close':
        call('CLOSE');
        break;
    }
  }

  private read(
    step: TraceStep,
    event: Extract<Event, { kind: 'read' | 'send' }>,
    reply: DataReply,
    device: string | null,
    before: WorldView | null,
  ): void {
    const view = before?.devices.find(({ name }) => name === device);
    const machine = this.told.devices.find(({ name }) => name === device)?.machine;
    const complete = view?.session?.side === 'read' && view.session.complete;
    const atEnd = complete || machine?.traits.temporaryEnd === 'zero' ? '0' : '-ENOMSG';
    const expected = reply.errno !== null ? `-${errnoText(reply.errno)}` : reply.ret > 0 ? '1' : '0';
    const stream = this.slotStreams.get(event.fd);
    if (reply.data !== null && stream !== undefined) {
      this.streamNumbers.set(reply.data.stream, stream);
    }
    const to = event.kind === 'send' ? `${this.slotNumber(event.to)}` : '-1';
    this.test(step, 'test_read', device, this.slot(event.fd), `${event.length}`, expected, atEnd, to);
  }

  private write(
    step: TraceStep,
    event: Extract<Event, { kind: 'write' }>,
    reply: DataReply,
    device: string | null,
  ): void {
    const pieces = event.data.map(({ stream, layout, offset, length, damaged }) => {
      const number = this.streamNumbers.get(stream);
      const known = number !== undefined && this.told.devices.some((each) => each.layout === layout);
      const total = this.lengths.get(stream) ?? 0;
      return `{ ${known ? `&streams[${number}]` : 'NULL'}, ${offset}, ${length}, ${total}, ${damaged[0] ?? -1} }`;
    });
    const list = pieces.length === 0 ? 'NULL' : `(const struct piece[]){ ${pieces.join(', ')} }`;
    this.test(step, 'test_write', device, this.slot(event.fd), list, `${pieces.length}`, errnoText(reply.errno));
  }

  private arrival(to: number, errno: Errno | null, before: WorldView): void {
    const device = before.fds.find(({ fd }) => fd === to)?.device ?? null;
    const text = stringLiteral(
      `${device === null ? '' : `${line(device)}: `}what is under way arrives, write(fd ${to})`,
    );
    const slot = this.slotNumber(to);
    this.push(1, (step) => `test_arrival(${step}, ${text}, ${this.device(device)}, ${slot}, ${errnoText(errno)});`);
  }

  private deviceOf(event: Event, before: WorldView | null): string | null {
    if ('device' in event) {
      return event.device;
    }
    return 'fd' in event ? (before?.fds.find(({ fd }) => fd === event.fd)?.device ?? null) : null;
  }

  private test(step: TraceStep, call: string, device: string | null, ...more: readonly string[]): void {
    const text = stringLiteral(this.title(step, device));
    const variable = this.device(device);
    this.push(1, (number) => `${call}(${[number, text, variable, ...more].join(', ')});`);
  }

  private skip(step: TraceStep, device: string | null, why: string): void {
    const text = stringLiteral(this.title(step, device));
    this.push(1, (number) => `skip(${number}, ${text}, ${stringLiteral(why)});`);
  }

  private title({ event, rows }: TraceStep, device: string | null): string {
    const text = isCall(event) ? callText(event) : (rows[0]?.text ?? event.kind);
    return line(device === null ? text : `${device}: ${text}`);
  }

  private comment({ rows }: TraceStep): void {
    for (const { text, device } of rows.slice(0, 1)) {
      this.plain(
        `/* In the simulation only: ${device === null ? '' : `${commentText(device)}: `}${commentText(text)} */`,
      );
    }
  }

  /** Where the C is that carries the arcs out. */
  private wayComment({ rows }: TraceStep): void {
    for (const { text, location } of rows.filter(({ lane }) => lane === 'driver')) {
      this.plain(`/* ${commentText(text)}${location === null ? '' : `, ${commentText(placeText(location))}`} */`);
    }
  }

  private plain(code: string): void {
    this.push(0, () => code);
  }

  private push(tests: number, code: (step: string) => string): void {
    this.statements.push({ step: this.index, tests, code });
  }

  /** The variable of a device; that of the first for an fd of which nobody knows whose it is. */
  private device(name: string | null): string {
    return `&devices[${Math.max(
      0,
      this.told.devices.findIndex((each) => each.name === name),
    )}]`;
  }

  private slotNumber(fd: number): number {
    const slot = this.slotNumbers.get(fd) ?? this.slotNumbers.size;
    this.slotNumbers.set(fd, slot);
    this.slots = Math.max(this.slots, slot + 1);
    return slot;
  }

  private slot(fd: number): string {
    return `&slots[${this.slotNumber(fd)}]`;
  }

  private newStream(fd: number): string {
    const number = this.streams - 1;
    this.streams++;
    this.slotStreams.set(fd, number);
    return `&streams[${number}]`;
  }
}

type Call = Parameters<typeof callText>[0];

const worldKinds: readonly string[] = ['limitFds', 'fault', 'breakDown', 'dirty', 'workload', 'reinit', 'pass', 'dma'];
const isCall = (event: Event): event is Call => !worldKinds.includes(event.kind);

function stateAfter({ after }: TraceStep, device: string): StateName | 'STATES' {
  const view = after.devices.find(({ name }) => name === device);
  return view?.open === true ? view.state : 'STATES';
}

function requestText(request: number): string {
  return stateByValue(request) ?? `${Math.min(request, 0xffffffff)}u`;
}

/** Two digits are enough for a pause, and make more of them equal. */
function rounded(time: number): number {
  return Number(time.toPrecision(2));
}
