import type { Event, Geometry, Link } from '../../device';
import { getState, setState, wholeStream } from '../../device';
import type { Errno } from '../../uapi';
import { editDistance, isErrno, parseArc, parseState, stateNames } from '../../uapi';
import type { ValuePath } from '../../wire';
import { eventFields, isAmount, isEvent, parseBytes, parseRate, parseTime } from '../../wire';
import { defaultGeometry, defaultLink } from '../recorder';
import type { Work } from '../work';
import type { ImportProblem } from './problem';
import { quoted } from './problem';
import { wrongAt } from './readJson';
import { mostDevices } from './readTrace';

/** The `schema` of a file with a scenario of one's own. Its fields are documented in server/src/cli/README.md. */
export const scenarioSchema = 'vfio-arcs/scenario';
const scenarioVersion = 1;

/** Events that somebody wrote down, to be run on any machine. */
export interface OwnScenario {
  /** Null when the file gives none. */
  readonly title: string | null;
  readonly devices: readonly { readonly name: string; readonly geometry: Geometry }[];
  readonly link: Link;
  readonly events: readonly OwnEvent[];
}

export interface OwnEvent {
  readonly event: Event;
  /** Whose newest data fd takes the place of the event's `fd`; null when the file gives a number. */
  readonly fdOf: string | null;
  /** The same for the `to` of `send`. */
  readonly toFdOf: string | null;
  /** A write of the next bytes of a whole stream, in place of the event's data. */
  readonly next: { readonly length: number; readonly end: boolean } | null;
  /** How the call has to end: null with success; left out when the file does not say. */
  readonly expected?: Errno | null;
}

/** Thrown inside, caught by `scenarioIn`. */
class Wrong extends Error {
  readonly path: ValuePath;

  constructor(path: ValuePath, message: string) {
    super(message);
    this.path = path;
  }
}

/** The scenario that the value of a text is, or what is wrong with it. */
export function* scenarioIn(text: string, value: unknown): Work<OwnScenario | ImportProblem> {
  try {
    const file = partsOf(value, []);
    if (file['version'] !== scenarioVersion) {
      throw new Wrong(['version'], `expected version ${scenarioVersion}`);
    }
    const devices = devicesIn(file['devices']);
    const listed = listIn(file['events'], ['events']);
    const title = file['title'] === undefined ? null : textIn(file['title'], ['title']);
    const link = file['link'] === undefined ? defaultLink : linkIn(partsOf(file['link'], ['link']));
    const events: OwnEvent[] = [];
    for (const [index, event] of listed.entries()) {
      yield { done: index, of: listed.length };
      events.push(eventIn(event, ['events', index], devices));
    }
    return { title, devices, link, events };
  } catch (error) {
    if (error instanceof Wrong) {
      return wrongAt(text, error.path, error.message);
    }
    throw error;
  }
}

type Parts = Readonly<Record<string, unknown>>;

function partsOf(value: unknown, path: ValuePath): Parts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Wrong(path, 'expected an object');
  }
  return { ...value };
}

function listIn(value: unknown, path: ValuePath): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new Wrong(path, 'expected a list');
  }
  return value;
}

function textIn(value: unknown, path: ValuePath): string {
  if (typeof value !== 'string' || value === '') {
    throw new Wrong(path, 'expected a text');
  }
  return value;
}

function devicesIn(value: unknown): OwnScenario['devices'] {
  if (value === undefined) {
    return [{ name: 'device', geometry: defaultGeometry }];
  }
  const list = listIn(value, ['devices']);
  if (list.length === 0 || list.length > mostDevices) {
    throw new Wrong(['devices'], `expected 1 to ${mostDevices} devices`);
  }
  const devices = list.map((each, index) => {
    const path = ['devices', index];
    const parts = partsOf(each, path);
    const size = (name: keyof Geometry) =>
      parts[name] === undefined ? defaultGeometry[name] : amountIn(parts[name], [...path, name], parseBytes, 'a size');
    const geometry = { initial: size('initial'), final: size('final'), dirtyable: size('dirtyable') };
    return { name: textIn(parts['name'], [...path, 'name']), geometry };
  });
  const again = devices.findIndex(({ name }, index) => devices.findIndex((each) => each.name === name) < index);
  if (again >= 0) {
    throw new Wrong(['devices', again, 'name'], 'another device has this name');
  }
  return devices;
}

function linkIn({ bandwidth, latency }: Parts): Link {
  const carries = amountIn(bandwidth, ['link', 'bandwidth'], parseRate, 'a rate such as "10Gbit/s"');
  if (carries === 0) {
    throw new Wrong(['link', 'bandwidth'], 'a link that carries nothing ends no run');
  }
  return { bandwidth: carries, latency: amountIn(latency, ['link', 'latency'], parseTime, 'a time such as "100us"') };
}

/** A number, or a text with a unit. */
function amountIn(value: unknown, path: ValuePath, parse: (text: string) => number | null, what: string): number {
  const amount = typeof value === 'string' ? parse(value) : value;
  if (!isAmount(amount)) {
    throw new Wrong(path, `expected ${what}`);
  }
  return amount;
}

/** The quantities of events, which may be written with a unit. */
const quantities: Readonly<Record<string, readonly [parse: (text: string) => number | null, what: string]>> = {
  bytes: [parseBytes, 'a size such as "64KiB"'],
  length: [parseBytes, 'a size such as "64KiB"'],
  bytesPerSecond: [parseRate, 'a rate such as "20MiB/s"'],
  time: [parseTime, 'a time such as "10ms"'],
  duration: [parseTime, 'a time such as "10ms"'],
};

const kinds = ['set', 'get', ...eventFields.keys()];

function eventIn(value: unknown, path: ValuePath, devices: OwnScenario['devices']): OwnEvent {
  const parts = partsOf(value, path);
  const kind = kindIn(parts['kind'], [...path, 'kind']);
  const device =
    parts['device'] === undefined ? (devices[0]?.name ?? '') : deviceIn(parts['device'], [...path, 'device'], devices);
  const to = parts['to'];
  const toFdOf = kind === 'send' && typeof to === 'string' ? deviceIn(to, [...path, 'to'], devices) : null;
  const fields = eventFields.get(kind) ?? [];
  const next = kind === 'write' && parts['data'] === undefined ? nextIn(parts, path) : null;
  const made: Parts = {
    ...parts,
    ...Object.fromEntries(
      fields
        .filter((name) => Object.hasOwn(quantities, name) && parts[name] !== undefined)
        .map((name) => {
          const [parse, what] = quantities[name] ?? [parseBytes, 'a number'];
          return [name, amountIn(parts[name], [...path, name], parse, what)];
        }),
    ),
    ...(fields.includes('device') ? { device } : {}),
    ...(fields.includes('fd') ? { fd: parts['fd'] ?? 0 } : {}),
    ...(toFdOf === null ? {} : { to: 0 }),
    ...(kind === 'fault' ? faultIn(parts) : {}),
    ...(next === null ? {} : { data: [wholeStream('a stream', '', next.length)] }),
  };
  const event = kind === 'set' ? setIn(parts, path, device) : kind === 'get' ? getState(device) : made;
  if (!isEvent(event)) {
    throw new Wrong(path, `expected what "${kind}" takes: ${fields.join(', ')}`);
  }
  const isFdNamed = parts['fd'] !== undefined || !fields.includes('fd');
  const expected = expectedIn(parts['expect'], [...path, 'expect']);
  return {
    event,
    fdOf: isFdNamed ? null : device,
    toFdOf,
    next,
    ...(expected === undefined ? {} : { expected }),
  };
}

function kindIn(value: unknown, path: ValuePath): string {
  if (typeof value !== 'string' || !kinds.includes(value)) {
    const name = typeof value === 'string' && value.length < 30 ? value : '';
    const [near] = kinds
      .filter((kind) => name !== '' && editDistance(name.toLowerCase(), kind.toLowerCase()) <= 2)
      .sort((one, other) => editDistance(name, one) - editDistance(name, other));
    throw new Wrong(
      path,
      `expected a kind of event (${kinds.join(', ')})${near === undefined ? '' : ` - did you mean "${near}"?`}`,
    );
  }
  return value;
}

function deviceIn(value: unknown, path: ValuePath, devices: OwnScenario['devices']): string {
  const found = devices.find(({ name }) => name === value);
  if (found === undefined) {
    throw new Wrong(path, `expected the name of a device (${devices.map(({ name }) => quoted(name)).join(', ')})`);
  }
  return found.name;
}

function setIn({ state }: Parts, path: ValuePath, device: string): Event {
  const found = typeof state === 'string' ? parseState(state) : null;
  if (found === null) {
    throw new Wrong([...path, 'state'], `expected a device state (${stateNames.join(', ')})`);
  }
  return setState(device, found);
}

/** `arc` may be written "FROM:TO", `errno` and `leaves` be left out. */
function faultIn({ arc, errno = 'EIO', leaves = null }: Parts): Parts {
  return { arc: typeof arc === 'string' ? parseArc(arc) : arc, errno, leaves };
}

function nextIn({ length, end = false }: Parts, path: ValuePath): OwnEvent['next'] {
  const bytes = amountIn(length, [...path, 'length'], parseBytes, 'a size such as "64KiB"');
  if (bytes === 0 || typeof end !== 'boolean') {
    throw new Wrong(path, 'expected what "write" takes: a length that is not 0, and end: true for the last');
  }
  return { length: bytes, end };
}

function expectedIn(value: unknown, path: ValuePath): Errno | null | undefined {
  if (value === undefined || value === 'ok') {
    return value === undefined ? undefined : null;
  }
  const name = typeof value === 'string' ? value.replace(/^-/, '') : '';
  if (!isErrno(name)) {
    throw new Wrong(path, 'expected "ok" or an errno such as "EINVAL"');
  }
  return name;
}
