import type { Event, Geometry } from '../../device';
import { deviceNamed, featureNumbers, fileOf } from '../../device';
import type { MachineDescription } from '../../wire';
import { defaultGeometry, defaultLink } from '../recorder';
import type { Work } from '../work';
import { ImportedDevice } from './importedDevice';
import type { QemuAction } from './qemuActions';
import { Replayer } from './replayer';

/** QEMU's buffer, when a read brings nothing. Source: VFIO_MIG_DEFAULT_DATA_BUFFER_SIZE. */
const bufferSize = 1024 ** 2;
/** Bytes of struct vfio_device_feature with its data, and of struct vfio_precopy_info. */
const sizes = { feature: 16, precopyInfo: 24 };

/** The calls of a log again. Each device has as much state as the log tells that it streamed. */
export function* replayQemuLog(
  title: string,
  actions: readonly QemuAction[],
  machine: MachineDescription,
): Work<Replayer> {
  const names = [...new Set(actions.map(({ device }) => device))];
  const devices = names.map((name) => {
    const geometry = geometryOf(actions.filter(({ device }) => device === name));
    return { name, machine, geometry, layout: machine.name };
  });
  const replayer = new Replayer({ title, devices, link: defaultLink });
  const players = new Map(names.map((name) => [name, new QemuDevice(name, replayer)]));
  const begin = actions.find(({ time }) => time !== null)?.time ?? 0;
  const lastWrites = lastWritesOf(actions);
  for (const [index, action] of actions.entries()) {
    yield { done: index, of: actions.length };
    replayer.waitUntil((action.time ?? begin) - begin);
    players.get(action.device)?.play(action, lastWrites.has(action));
  }
  return replayer;
}

class QemuDevice {
  private readonly device: ImportedDevice;
  private readonly replayer: Replayer;
  /** How many bytes were written since RESUMING, and how many such streams there were. */
  private written = 0;
  private streams = 0;

  constructor(name: string, replayer: Replayer) {
    this.device = new ImportedDevice(name, replayer);
    this.replayer = replayer;
  }

  play(action: QemuAction, isLastWrite: boolean): void {
    const { device } = this;
    switch (action.kind) {
      case 'set':
        this.set(action);
        break;
      case 'reset':
        device.reset({ errno: null, states: device.in('RUNNING') });
        break;
      case 'read':
        this.dirtyUpTo(action.bytes);
        this.onFd((fd) => ({ kind: 'read', fd, length: action.bytes }));
        break;
      case 'empty':
      case 'end':
        this.onFd((fd) => ({ kind: 'read', fd, length: bufferSize }));
        break;
      case 'write':
        this.write(action.bytes, isLastWrite);
        break;
      case 'sizes':
        this.askSizes();
        break;
      case 'close':
        device.close();
        break;
      case 'left':
        break;
    }
  }

  private set({ state, outcome, errno }: Extract<QemuAction, { kind: 'set' }>): void {
    const { device } = this;
    if (state === 'RESUMING') {
      this.written = 0;
      this.streams++;
    }
    if (outcome === 'done') {
      device.set(state, { errno: null, states: device.in(state) });
    } else if (outcome === 'unknown') {
      device.set(state, {});
    } else {
      device.setFailing(state, errno ?? 'EIO');
    }
  }

  private onFd(event: (fd: number) => Event): void {
    if (this.device.fd !== null) {
      this.device.send(event(this.device.fd));
    }
  }

  /** What was read in a PRE_COPY state and was not there before, the guest must have dirtied. */
  private dirtyUpTo(bytes: number): void {
    const { device, replayer } = this;
    const file = device.fd === null ? null : fileOf(replayer.recorder.world, device.fd);
    const missing = file?.side === 'read' && !file.complete ? bytes - (file.filled - file.position) : 0;
    if (missing > 0) {
      device.send({ kind: 'dirty', device: device.name, bytes: missing });
    }
  }

  private write(bytes: number, isLast: boolean): void {
    const { device, replayer, written, streams } = this;
    const layout = deviceNamed(replayer.recorder.world, device.name)?.setup.layout ?? '';
    const stream = `${device.name}, imported ${streams}`;
    this.onFd((fd) => ({
      kind: 'write',
      fd,
      data: [{ stream, layout, offset: written, length: bytes, end: isLast, damaged: [] }],
    }));
    this.written += bytes;
  }

  private askSizes(): void {
    const { device } = this;
    const { name } = device;
    const feature = featureNumbers.MIG_DATA_SIZE;
    device.send({ kind: 'feature', device: name, feature, ops: ['GET'], argsz: sizes.feature, request: 0 });
    if (device.state.startsWith('PRE_COPY')) {
      this.onFd((fd) => ({ kind: 'precopyInfo', fd, argsz: sizes.precopyInfo, flags: 0 }));
    }
  }
}

/** The sizes that make a device stream what the log tells of one. */
function geometryOf(actions: readonly QemuAction[]): Geometry {
  const passed = { precopy: 0, stopCopy: 0, resuming: 0 };
  const most = { ...passed };
  let phase: keyof typeof passed = 'precopy';
  let initial: number | null = null;
  let stopCopy: number | null = null;
  for (const action of actions) {
    switch (action.kind) {
      case 'set':
        if (action.outcome === 'done' && (action.state === 'PRE_COPY' || action.state === 'RESUMING')) {
          Object.assign(passed, { precopy: 0, stopCopy: 0, resuming: 0 });
        }
        phase = action.state === 'STOP_COPY' ? 'stopCopy' : action.state.startsWith('PRE_COPY') ? 'precopy' : phase;
        break;
      case 'read':
        passed[phase] += action.bytes;
        most[phase] = Math.max(most[phase], passed[phase]);
        break;
      case 'write':
        passed.resuming += action.bytes;
        most.resuming = Math.max(most.resuming, passed.resuming);
        break;
      case 'sizes':
        stopCopy ??= action.stopCopy;
        initial ??= action.initial === null ? null : action.initial + passed.precopy;
        break;
      case 'left':
        // What was read before it was told counts, too.
        initial ??= action.initial + passed.precopy;
        break;
      default:
        break;
    }
  }
  const { dirtyable } = defaultGeometry;
  if (most.precopy + most.stopCopy > 0) {
    const first = Math.min(initial ?? most.precopy, most.precopy);
    return { initial: first, final: most.stopCopy, dirtyable: Math.max(dirtyable, most.precopy) };
  }
  if (most.resuming > 0) {
    return { initial: 0, final: most.resuming, dirtyable };
  }
  return { initial: initial ?? defaultGeometry.initial, final: stopCopy ?? defaultGeometry.final, dirtyable };
}

/** The last write of each stream: there it ended. */
function lastWritesOf(actions: readonly QemuAction[]): ReadonlySet<QemuAction> {
  const open = new Map<string, QemuAction>();
  const last = new Set<QemuAction>();
  for (const action of actions) {
    const write = open.get(action.device);
    if (action.kind === 'write') {
      open.set(action.device, action);
    } else if (write !== undefined && (action.kind === 'set' || action.kind === 'reset')) {
      last.add(write);
      open.delete(action.device);
    }
  }
  return new Set([...last, ...open.values()]);
}
