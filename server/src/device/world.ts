import type { Arc, Errno, ProfileId, StateName } from '../uapi';
import type { Leaves, Machine } from './machine';
import type { Segment } from './segment';
import type { Traits } from './traits';

/** Sizes of a device's state in bytes. */
export interface Geometry {
  /** What can be read as soon as a PRE_COPY session begins. */
  readonly initial: number;
  /** What is only there once the device has stopped; at least a byte, because it is there that the stream says it ends. */
  readonly final: number;
  /** The most that can be dirty and not yet read: the part of the state that the guest can change. */
  readonly dirtyable: number;
}

/** What a device is; it does not change while it is simulated. */
export interface Setup {
  readonly name: string;
  readonly machine: Machine;
  readonly traits: Traits;
  readonly profile: ProfileId;
  readonly geometry: Geometry;
  /** The format of its stream. */
  readonly layout: string;
}

/** An arc that will fail once. */
export interface Fault {
  readonly arc: Arc;
  readonly errno: Errno;
  readonly leaves: Leaves | null;
  /** Which error return of the driver it stands for; null: none in particular. */
  readonly site: string | null;
}

/** What a device remembers. */
export interface Device {
  readonly setup: Setup;
  readonly open: boolean;
  readonly state: StateName;
  /** Set by MIG_PRECOPY_INFOv2, cleared when the device is opened. */
  readonly precopyInfoV2: boolean;
  /** The data file of the open session; at most one of the two is not null. */
  readonly saving: number | null;
  readonly resuming: number | null;
  /** How many streams it has begun; names them. */
  readonly streams: number;
  /** What the last successful RESUMING -> STOP loaded. */
  readonly loaded: readonly Segment[] | null;
  readonly faults: readonly Fault[];
  /** Bytes a second that the guest dirties while the device runs. */
  readonly dirtyRate: number;
  /** Dirt too small for a byte yet, in millionths of a byte. */
  readonly dirtyRest: number;
}

interface DataFileBase {
  readonly id: number;
  readonly device: string;
  /** True once its session ended: every operation on data answers -ENODEV. */
  readonly dead: boolean;
}

/** The read side of a saving session: a stream of which `filled` bytes are there and `position` are read. */
export interface SavingFile extends DataFileBase {
  readonly side: 'read';
  readonly stream: string;
  readonly position: number;
  readonly filled: number;
  /** The data before this offset counts as initial. */
  readonly initialEnd: number;
  /** True when nothing will be added. */
  readonly complete: boolean;
  /** True when the driver has announced new initial data. */
  readonly reinit: boolean;
}

/** The write side of a resuming session. */
export interface ResumingFile extends DataFileBase {
  readonly side: 'write';
  readonly received: readonly Segment[];
  readonly length: number;
}

export type DataFile = SavingFile | ResumingFile;

/** A number in the process's table of files. Several may be open at once, of sessions that ended long ago. */
export interface Fd {
  readonly fd: number;
  readonly file: number;
}

/** The way between source and target. */
export interface Link {
  /** Bytes a second. */
  readonly bandwidth: number;
  /** Microseconds. */
  readonly latency: number;
}

/** Data on its way to an fd. */
export interface Packet {
  readonly data: Segment;
  readonly to: number;
  /** When it arrives, in microseconds. */
  readonly due: number;
}

/** A transfer between two devices that has begun. */
export interface Dma {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  /** When it is through, in microseconds. */
  readonly due: number;
}

/** Everything there is: one process, its devices, its fds, one link. A plain value. */
export interface World {
  readonly devices: readonly Device[];
  readonly files: readonly DataFile[];
  readonly fds: readonly Fd[];
  /** How many files were ever made; numbers them. */
  readonly made: number;
  /** How many more fds the process may have; null: as many as it likes. */
  readonly freeFds: number | null;
  /** Microseconds since the beginning. */
  readonly now: number;
  readonly link: Link;
  /** When the link has sent what it was given, in microseconds. */
  readonly linkBusyUntil: number;
  /** In order of arrival. */
  readonly packets: readonly Packet[];
  readonly dmas: readonly Dma[];
}

const fastLink: Link = { bandwidth: 1_250_000_000, latency: 100 };

/** Devices that were just opened for the first time: RUNNING, no session. Names must differ. Default link: 10 Gbit/s, 0.1 ms. */
export function createWorld(setups: readonly Setup[], link: Link = fastLink): World {
  const devices = setups.map(
    (setup): Device => ({
      setup,
      open: true,
      state: 'RUNNING',
      precopyInfoV2: false,
      saving: null,
      resuming: null,
      streams: 0,
      loaded: null,
      faults: [],
      dirtyRate: 0,
      dirtyRest: 0,
    }),
  );
  return {
    devices,
    files: [],
    fds: [],
    made: 0,
    freeFds: null,
    now: 0,
    link,
    linkBusyUntil: 0,
    packets: [],
    dmas: [],
  };
}

/** Null when there is none of that name. */
export function deviceNamed(world: World, name: string): Device | null {
  return world.devices.find(({ setup }) => setup.name === name) ?? null;
}

/** The file behind an fd; null when the fd is not open. */
export function fileOf(world: World, fd: number): DataFile | null {
  const entry = world.fds.find((each) => each.fd === fd);
  return entry === undefined ? null : (world.files.find(({ id }) => id === entry.file) ?? null);
}

/** The same world with some fields of one device replaced. */
export function withDevice(world: World, name: string, change: Partial<Omit<Device, 'setup'>>): World {
  return {
    ...world,
    devices: world.devices.map((device) => (device.setup.name === name ? { ...device, ...change } : device)),
  };
}

/** The same world with one file replaced. */
export function withFile(world: World, file: DataFile): World {
  return { ...world, files: world.files.map((each) => (each.id === file.id ? file : each)) };
}

/** Forgets files that neither an fd nor a session holds. */
export function collectFiles(world: World): World {
  const held = new Set([
    ...world.fds.map(({ file }) => file),
    ...world.devices.flatMap(({ saving, resuming }) => [saving, resuming]),
  ]);
  return { ...world, files: world.files.filter(({ id }) => held.has(id)) };
}
