import type { ParameterValues, ScenarioRequest } from '../../../../server/src/wire';
import { parseBytes, parseRate, parseTime } from '../../../../server/src/wire';
import { t } from '../texts';
import type { LabParameters } from './formula';

/** What the user sets in the lab. Sizes are bytes, rates bytes a second, times microseconds. */
export interface LabValues {
  /** The whole state of the device. */
  readonly size: number;
  /** The part of it that pre-copy can stream. */
  readonly initial: number;
  readonly workingSet: number;
  readonly dirtyRate: number;
  readonly bandwidth: number;
  readonly downtimeLimit: number;
}

export type LabField = keyof LabValues;

export interface Slider {
  readonly field: LabField;
  readonly title: string;
  readonly summary: string;
  /** The smallest value above zero, and the largest. */
  readonly least: number;
  readonly most: number;
  /** Whether the left end means none at all. */
  readonly zero: boolean;
  /** "64 MiB", "1.25 GB/s": as exact as it has to be, for it can be typed. */
  readonly text: (value: number) => string;
  /** Reads what a user typed, with its unit; null when it is none. */
  readonly parse: (text: string) => number | null;
}

const kibi = 1024;
const mebi = 1024 ** 2;
const gibi = 1024 ** 3;
const size = { text: inUnits(['B', 'KiB', 'MiB', 'GiB', 'TiB'], kibi), parse: parseBytes } as const;
const rate = { text: inUnits(['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'], 1000), parse: parseRate } as const;
const time = { text: inUnits(['µs', 'ms', 's'], 1000), parse: parseTime } as const;

export const sliders: readonly Slider[] = [
  {
    field: 'size',
    title: t('Device size'),
    summary: t('The whole state of the device.'),
    least: mebi,
    most: 256 * gibi,
    zero: false,
    ...size,
  },
  {
    field: 'initial',
    title: t('Initial data'),
    summary: t('The part of it that can be streamed before the device stops.'),
    least: 64 * kibi,
    most: 256 * gibi,
    zero: true,
    ...size,
  },
  {
    field: 'workingSet',
    title: t('Working set'),
    summary: t('The most that the guest can have changed and the driver not yet streamed.'),
    least: 64 * kibi,
    most: 256 * gibi,
    zero: true,
    ...size,
  },
  {
    field: 'dirtyRate',
    title: t('Dirty rate'),
    summary: t('How fast the guest changes the state of the device.'),
    least: 100_000,
    most: 50_000_000_000,
    zero: true,
    ...rate,
  },
  {
    field: 'bandwidth',
    title: t('Bandwidth'),
    summary: t('What the link between the hosts carries.'),
    least: 1_000_000,
    most: 50_000_000_000,
    zero: false,
    ...rate,
  },
  {
    field: 'downtimeLimit',
    title: t('Downtime limit'),
    summary: t('How long the guest may stand still.'),
    least: 1000,
    most: 10_000_000,
    zero: false,
    ...time,
  },
];

export const labDefaults: LabValues = {
  size: 68 * mebi,
  initial: 64 * mebi,
  workingSet: 32 * mebi,
  dirtyRate: 200_000_000,
  bandwidth: 1_250_000_000,
  downtimeLimit: 20_000,
};

/** How many positions a slider has. */
export const positions = 600;

/** Where on its slider a value is: each decade takes as much room as the next. */
export function positionOf({ least, most, zero }: Slider, value: number): number {
  if (zero && value < least) {
    return 0;
  }
  const clamped = Math.min(Math.max(value, least), most);
  const first = zero ? 1 : 0;
  return Math.round(first + ((positions - first) * Math.log(clamped / least)) / Math.log(most / least));
}

/** The value at a position: two digits say enough. */
export function valueAt({ least, most, zero }: Slider, position: number): number {
  if (zero && position <= 0) {
    return 0;
  }
  const first = zero ? 1 : 0;
  const exact = least * (most / least) ** ((position - first) / (positions - first));
  const unit = least % kibi === 0 ? 1024 ** Math.floor(Math.log(exact) / Math.log(1024)) : 1;
  const digit = 10 ** (Math.floor(Math.log10(exact / unit)) - 1);
  return Math.round(Math.min(most, Math.max(least, Math.round(exact / unit / digit) * digit * unit)));
}

function inUnits(units: readonly string[], step: number): (value: number) => string {
  return (value) => {
    const rank = value < step ? 0 : Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(step) + 1e-9));
    return `${Number((value / step ** rank).toFixed(3))} ${units[rank] ?? ''}`;
  };
}

/** The values after one was set; what does not fit it any more goes along. */
export function withValue(values: LabValues, field: LabField, value: number): LabValues {
  const next = { ...values, [field]: value };
  switch (field) {
    case 'size':
      return { ...next, initial: Math.min(next.initial, value), workingSet: Math.min(next.workingSet, value) };
    case 'initial':
    case 'workingSet':
      return { ...next, size: Math.max(next.size, value) };
    default:
      return next;
  }
}

/** What the sliders show for the parameters of a run; the lab's own for none. */
export function labOf(parameters: ParameterValues | null): LabValues {
  const number = (name: string, otherwise: number): number => {
    const value = parameters?.[name];
    return typeof value === 'number' ? value : otherwise;
  };
  const initial = number('initial', labDefaults.initial);
  return {
    size: initial + number('final', labDefaults.size - labDefaults.initial),
    initial,
    workingSet: number('dirtyable', labDefaults.workingSet),
    dirtyRate: number('dirtyRate', labDefaults.dirtyRate),
    bandwidth: number('bandwidth', labDefaults.bandwidth),
    downtimeLimit: number('downtimeLimit', labDefaults.downtimeLimit),
  };
}

/** The downtime that a run may cost; null where nothing limits it. */
export function downtimeLimitOf(parameters: ParameterValues | null): number | null {
  const limit = parameters?.['downtimeLimit'];
  return typeof limit === 'number' ? limit : null;
}

/** What a device writes at the very end at least: without it the target could not tell that it has everything. */
const leastFinal = 4 * kibi;

/** As the closed form and the scenario count them. */
export function parametersOf({ size: whole, initial, workingSet, ...others }: LabValues): LabParameters {
  return {
    initial,
    final: Math.max(leastFinal, whole - initial),
    dirtyable: workingSet,
    dirtyRate: others.dirtyRate,
    bandwidth: others.bandwidth,
    latency: 100,
    downtimeLimit: others.downtimeLimit,
    switchoverAck: true,
  };
}

/** More reads than this show nothing more, and take long. */
const mostReads = 150;
/** Pre-copy is given up after as many passes over everything as this. */
const passes = 4;

/** The run that shows them. Reads are as small as the size of the device allows. */
export function requestFor(values: LabValues): ScenarioRequest {
  const { switchoverAck, ...parameters } = parametersOf(values);
  const chunk = Math.max(64 * kibi, 2 ** Math.ceil(Math.log2((values.size + values.workingSet) / mostReads)));
  const pass = ((values.size + values.workingSet) * 1_000_000) / values.bandwidth;
  const patience = Math.round(Math.min(3_600_000_000, Math.max(100_000, passes * pass)));
  return {
    name: 'precopy',
    parameters: { ...parameters, switchoverAck: switchoverAck ? 1 : 0, chunk, patience },
    faults: [],
  };
}
