import type { Event, TraceDevice, WorldView } from '../../../../server/src/wire';
import { featureNumbers, getState } from '../../../../server/src/wire';

/** Something that can be made to happen now. */
export interface PossibleEvent {
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly summary: string;
  readonly event: Event;
}

export interface EventGroup {
  readonly title: string;
  readonly events: readonly PossibleEvent[];
}

const mebi = 1024 ** 2;
/** Less than any device asks for: the rest must come with the next read. */
const shortRead = 512;
const longTime = 10_000;

/** What userspace and the world can do to a device at this moment, beside asking for a state. */
export function possibleEvents(
  devices: readonly TraceDevice[],
  world: WorldView | null,
  name: string,
): readonly EventGroup[] {
  const device = devices.find((each) => each.name === name);
  if (device === undefined) return [];
  return [
    { title: 'The VMM', events: [...deviceCalls(name, world), ...dataCalls(name, world)] },
    { title: 'What should not happen', events: troubles(device, devices, world) },
    { title: 'The world', events: worldEvents(name) },
  ].filter(({ events }) => events.length > 0);
}

function deviceCalls(device: string, world: WorldView | null): readonly PossibleEvent[] {
  const isOpen = world?.devices.find(({ name }) => name === device)?.open ?? true;
  if (!isOpen) {
    return [{ title: 'Open the device', summary: 'Opens the device fd again.', event: { kind: 'openDevice', device } }];
  }
  const feature = (number: number): Event => ({
    kind: 'feature',
    device,
    feature: number,
    ops: ['GET'],
    argsz: 16,
    request: 0,
  });
  return [
    { title: 'GET device_state', summary: 'Asks in which state the device is.', event: getState(device) },
    {
      title: 'GET MIG_DATA_SIZE',
      summary: 'Asks how much a STOP_COPY would stream.',
      event: feature(featureNumbers.MIG_DATA_SIZE),
    },
    {
      title: 'Reset',
      summary: 'VFIO_DEVICE_RESET: the device must be RUNNING afterwards.',
      event: { kind: 'reset', device },
    },
    {
      title: 'Close the device',
      summary: 'Closes the device fd, in the middle of whatever goes on.',
      event: { kind: 'closeDevice', device },
    },
  ];
}

function dataCalls(device: string, world: WorldView | null): readonly PossibleEvent[] {
  const fds = world?.fds ?? [];
  const target = fds.find((fd) => fd.side === 'write' && fd.device !== device && !fd.dead);
  return fds
    .filter((fd) => fd.device === device)
    .flatMap(({ fd, side }): readonly PossibleEvent[] => {
      const reading: readonly PossibleEvent[] =
        side === 'write'
          ? []
          : [
              {
                title: `Read 1 MiB from fd ${fd}`,
                summary: 'read() of the device’s data, which goes nowhere.',
                event: { kind: 'read', fd, length: mebi },
              },
              {
                title: `PRECOPY_INFO on fd ${fd}`,
                summary: 'VFIO_MIG_GET_PRECOPY_INFO: how much is initial, how much dirty.',
                event: { kind: 'precopyInfo', fd, argsz: 24, flags: 0 },
              },
              ...(target === undefined
                ? []
                : [
                    {
                      title: `Send 1 MiB from fd ${fd} to ${target.device}`,
                      summary: `Reads and puts it on the link; it is written to fd ${target.fd} when it arrives.`,
                      event: { kind: 'send' as const, fd, length: mebi, to: target.fd },
                    },
                  ]),
            ];
      return [
        ...reading,
        {
          title: `Poll fd ${fd}`,
          summary: 'poll(): is there something to read or room to write?',
          event: { kind: 'poll', fd },
        },
        { title: `Close fd ${fd}`, summary: 'close() of the data fd.', event: { kind: 'close', fd } },
      ];
    });
}

function troubles(
  device: TraceDevice,
  devices: readonly TraceDevice[],
  world: WorldView | null,
): readonly PossibleEvent[] {
  const { name, layout } = device;
  const own = (world?.fds ?? []).filter((fd) => fd.device === name && !fd.dead);
  const session = world?.devices.find((each) => each.name === name)?.session ?? null;
  const reads = own
    .filter(({ side }) => side === 'read')
    .map(
      ({ fd }): PossibleEvent => ({
        title: `Short read from fd ${fd}`,
        summary: `read() of ${shortRead} bytes: what is left must come with the next.`,
        event: { kind: 'read', fd, length: shortRead },
      }),
    );
  const offset = session?.side === 'write' ? session.written : 0;
  const writes = own
    .filter(({ side }) => side === 'write')
    .map(
      ({ fd }): PossibleEvent => ({
        title: `Corrupted data to fd ${fd}`,
        summary: 'write() of data that changed on the way: RESUMING -> STOP has to refuse it.',
        event: {
          kind: 'write',
          fd,
          data: [{ stream: 'corrupted', layout, offset, length: 4096, end: false, damaged: [offset] }],
        },
      }),
    );
  const peers = devices
    .filter((peer) => peer.name !== name)
    .map(
      (peer): PossibleEvent => ({
        title: `DMA from ${peer.name}`,
        summary: `${peer.name} writes 1 MiB into this device for 10 ms; a device that is stopped can not take it.`,
        event: { kind: 'dma', from: peer.name, to: name, bytes: mebi, duration: longTime },
      }),
    );
  return [
    ...reads,
    ...writes,
    ...peers,
    {
      title: 'Break down',
      summary: 'The device moves to ERROR by itself.',
      event: { kind: 'breakDown', device: name },
    },
  ];
}

function worldEvents(device: string): readonly PossibleEvent[] {
  return [
    {
      title: '10 ms pass',
      summary: 'Time: data arrives, the guest dirties, DMA ends.',
      event: { kind: 'pass', time: longTime },
    },
    {
      title: 'The guest dirties 1 MiB',
      summary: 'Changes that have to be streamed again, while the device runs.',
      event: { kind: 'dirty', device, bytes: mebi },
    },
  ];
}
