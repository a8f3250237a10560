import type { Effect, Event, FeatureReply, HandedFile, World } from '../device';
import { deviceNamed, fileOf } from '../device';
import type { Arc, Contract } from '../uapi';
import { arcText, sameArc, stateByValue } from '../uapi';
import type { MachineArc, TraceDevice, TraceRow } from '../wire';
import { bytesText, rateText, timeText } from '../wire';
import { callText, replyText } from './callText';

/** One step of the engine, before it is told. */
export interface Happened {
  readonly before: World;
  readonly after: World;
  readonly event: Event;
  readonly effects: readonly Effect[];
  readonly devices: readonly TraceDevice[];
}

/** What happened, one line for each that acted, in order. Texts have no control characters: none comes from outside. */
export function rowsOf(happened: Happened): readonly TraceRow[] {
  return [
    ...announced(happened),
    ...happened.effects.flatMap((effect) => effectRows(happened, effect)),
    ...consequences(happened),
  ];
}

/** The row of a lane; what it does not tell is null. */
function row(parts: Pick<TraceRow, 'lane' | 'device' | 'kind' | 'text'> & Partial<TraceRow>): TraceRow {
  return { errno: null, arc: null, fd: null, bytes: null, location: null, ...parts };
}

/** What is said before the effects: who calls what, or what the world does. */
function announced({ before, event, devices }: Happened): readonly TraceRow[] {
  const world = (device: string | null, text: string, more: Partial<TraceRow> = {}) => [
    row({ lane: 'device', device, kind: 'world', text, ...more }),
  ];
  switch (event.kind) {
    case 'feature':
    case 'reset':
    case 'closeDevice':
    case 'openDevice':
      return [row({ lane: 'vmm', device: event.device, kind: 'call', text: callText(event) })];
    case 'limitFds':
      return world(null, event.free === null ? 'fds without limit' : `${event.free} more fds can be opened`);
    case 'fault': {
      const fault = arcOf(devices, event.device, event.arc)?.faults.find(({ id }) => id === event.site);
      const text = `${arcText(event.arc)} will fail once with -${event.errno}${fault === undefined ? '' : `: ${fault.text}`}`;
      return world(event.device, text, { arc: event.arc, errno: event.errno, location: fault?.location ?? null });
    }
    case 'breakDown':
      return world(event.device, 'the device breaks down: ERROR');
    case 'dirty':
      return world(event.device, `the guest dirties ${bytesText(event.bytes)}`, { bytes: event.bytes });
    case 'workload':
      return world(event.device, `the guest now dirties ${rateText(event.bytesPerSecond)}`);
    case 'reinit':
      return world(event.device, `${bytesText(event.bytes)} of new initial data`, { bytes: event.bytes });
    case 'pass':
      return world(null, `${timeText(event.time)} pass`);
    case 'dma':
      return deviceNamed(before, event.from) === null
        ? []
        : world(event.from, `DMA to ${event.to} begins: ${bytesText(event.bytes)}`, { bytes: event.bytes });
    default:
      return [];
  }
}

function effectRows(happened: Happened, effect: Effect): readonly TraceRow[] {
  const { event, after, before } = happened;
  switch (effect.kind) {
    case 'feature':
      return event.kind === 'feature' ? [...arcRows(happened, event.device, effect), ended(event, effect)] : [];
    case 'device':
      return isDeviceCall(event) ? [ended(event, effect)] : [];
    case 'data': {
      if (!('fd' in event)) {
        return [];
      }
      const device = (fileOf(before, event.fd) ?? fileOf(after, event.fd))?.device ?? null;
      const text = `${callText(event)} = ${replyText(event, effect)}`;
      const kind = effect.errno === null ? 'data' : 'error';
      const moved = event.kind === 'read' || event.kind === 'write' || event.kind === 'send';
      const bytes = moved && effect.ret > 0 ? effect.ret : null;
      return [row({ lane: 'vmm', device, kind, text, errno: effect.errno, fd: event.fd, bytes })];
    }
    case 'waited': {
      const text = `waited ${timeText(effect.time)} for DMA of the device to end`;
      return [row({ lane: 'device', device: effect.device, kind: 'wait', text })];
    }
    case 'delivered': {
      const device = fileOf(after, effect.to)?.device ?? null;
      const result = effect.errno === null ? bytesText(effect.ret) : `-${effect.errno}`;
      const text = `${bytesText(effect.data.length)} arrive; write(fd ${effect.to}) = ${result}`;
      const { errno, to: fd } = effect;
      const kind = errno === null ? 'data' : 'error';
      return [row({ lane: 'vmm', device, kind, text, errno, fd, bytes: effect.data.length })];
    }
    case 'dmaDone': {
      const text = `DMA from ${effect.from} is through: ${bytesText(effect.bytes)}`;
      return [row({ lane: 'device', device: effect.to, kind: 'data', text, bytes: effect.bytes })];
    }
    case 'violation':
      return [
        row({
          lane: 'device',
          device: effect.device,
          kind: 'violation',
          text: `${effect.message}, which is in ${effect.state}`,
        }),
      ];
  }
}

/** The way of a SET through core and driver, arc by arc. */
function arcRows(
  { before, devices }: Happened,
  device: string,
  { asked, path, failedArc, errno }: FeatureReply,
): readonly TraceRow[] {
  return asked.flatMap(({ cur, target, next }, index) => {
    const towards = stateByValue(target) ?? `#${target}`;
    if (next === null) {
      const text = `no way from ${cur} to ${towards}`;
      return [row({ lane: 'core', device, kind: 'next-state', text, errno: 'EINVAL' })];
    }
    const text = next === towards ? `${cur} to ${towards} is one arc` : `${cur} to ${towards}: first to ${next}`;
    const arc: Arc = { from: cur, to: next };
    const described = arcOf(devices, device, arc);
    const shared = { device, arc, location: described?.handler ?? null };
    const look = row({ lane: 'core', device, kind: 'next-state', text });
    if (failedArc !== null && sameArc(failedArc, arc) && index === asked.length - 1) {
      const site = deviceNamed(before, device)?.faults.find((fault) => sameArc(fault.arc, arc))?.site ?? null;
      const fault = described?.faults.find(({ id }) => id === site);
      const why = fault?.text ?? (described?.outcome.kind === 'missing' ? 'the driver has no such arc' : 'it fails');
      const left = path.length > index + 1 ? `, ${path.at(-1)} is left behind` : '';
      return [
        look,
        row({
          lane: 'driver',
          kind: 'failure',
          text: `${arcText(arc)}: -${errno}, ${why}${left}`,
          ...shared,
          errno,
          location: fault?.location ?? shared.location,
        }),
      ];
    }
    return [look, row({ lane: 'driver', kind: 'arc', text: `${arcText(arc)}: ${answered(described)}`, ...shared })];
  });
}

function answered(arc: MachineArc | undefined): string {
  if (arc?.outcome.kind !== 'success') {
    return 'done';
  }
  const { file, leaves = 'next' } = arc.outcome;
  const where = leaves === 'next' ? '' : `, though the device is then in ${leaves === 'state' ? arc.from : leaves}`;
  return `${handsOut(file, arc.contract)}${where}`;
}

function handsOut(file: HandedFile, contract: Contract): string {
  if (contract === 'none') {
    const handed = { 'as-due': null, null: null, 'new-file': 'a new file', 'session-file': "the session's file" }[file];
    return handed === null ? 'done' : `${handed}, though none is due`;
  }
  return file === 'null' ? 'NULL, though a new file is due' : 'a new file';
}

type DeviceCall = Extract<Event, { kind: 'feature' | 'reset' | 'openDevice' | 'closeDevice' }>;

const isDeviceCall = (event: Event): event is DeviceCall =>
  event.kind === 'feature' || event.kind === 'reset' || event.kind === 'openDevice' || event.kind === 'closeDevice';

/** The answer, as the caller gets it. */
function ended(event: DeviceCall, effect: Extract<Effect, { kind: 'feature' | 'device' }>): TraceRow {
  const fd =
    effect.kind === 'feature' && effect.struct !== null && effect.struct.dataFd >= 0 ? effect.struct.dataFd : null;
  const kind = effect.errno === null ? 'reply' : 'error';
  const { errno } = effect;
  return row({ lane: 'core', device: event.device, kind, text: replyText(event, effect), errno, fd });
}

/** What changed for devices without anyone saying so: a failed SET has moved the state. */
function consequences({ before, after, event, effects }: Happened): readonly TraceRow[] {
  const reply = effects.at(-1);
  if (event.kind !== 'feature' || reply?.kind !== 'feature' || reply.errno === null || reply.path.length < 2) {
    return [];
  }
  const state = deviceNamed(after, event.device)?.state;
  const old = deviceNamed(before, event.device)?.state;
  return state === undefined || state === old
    ? []
    : [row({ lane: 'device', device: event.device, kind: 'world', text: `the device is now in ${state}` })];
}

function arcOf(devices: readonly TraceDevice[], name: string, arc: Arc): MachineArc | undefined {
  return devices.find((device) => device.name === name)?.machine.arcs.find((each) => sameArc(each, arc));
}
