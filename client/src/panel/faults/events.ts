import type { Event, TraceDevice, WorldView } from '../../../../server/src/wire';
import { featureNumbers, getState } from '../../../../server/src/wire';
import { t } from '../texts';

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
    { title: t('The VMM'), events: [...deviceCalls(name, world), ...dataCalls(name, world)] },
    { title: t('What should not happen'), events: troubles(device, devices, world) },
    { title: t('The world'), events: worldEvents(name) },
  ].filter(({ events }) => events.length > 0);
}

function deviceCalls(device: string, world: WorldView | null): readonly PossibleEvent[] {
  const isOpen = world?.devices.find(({ name }) => name === device)?.open ?? true;
  if (!isOpen) {
    return [
      { title: t('Open the device'), summary: t('Opens the device fd again.'), event: { kind: 'openDevice', device } },
    ];
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
    { title: t('GET device_state'), summary: t('Asks in which state the device is.'), event: getState(device) },
    {
      title: t('GET MIG_DATA_SIZE'),
      summary: t('Asks how much a STOP_COPY would stream.'),
      event: feature(featureNumbers.MIG_DATA_SIZE),
    },
    {
      title: t('Reset'),
      summary: t('VFIO_DEVICE_RESET: the device must be RUNNING afterwards.'),
      event: { kind: 'reset', device },
    },
    {
      title: t('Close the device'),
      summary: t('Closes the device fd, in the middle of whatever goes on.'),
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
                title: t('Read 1 MiB from fd {0}', fd),
                summary: t('read() of the device’s data, which goes nowhere.'),
                event: { kind: 'read', fd, length: mebi },
              },
              {
                title: t('PRECOPY_INFO on fd {0}', fd),
                summary: t('VFIO_MIG_GET_PRECOPY_INFO: how much is initial, how much dirty.'),
                event: { kind: 'precopyInfo', fd, argsz: 24, flags: 0 },
              },
              ...(target === undefined
                ? []
                : [
                    {
                      title: t('Send 1 MiB from fd {0} to {1}', fd, target.device),
                      summary: t('Reads and puts it on the link; it is written to fd {0} when it arrives.', target.fd),
                      event: { kind: 'send' as const, fd, length: mebi, to: target.fd },
                    },
                  ]),
            ];
      return [
        ...reading,
        {
          title: t('Poll fd {0}', fd),
          summary: t('poll(): is there something to read or room to write?'),
          event: { kind: 'poll', fd },
        },
        { title: t('Close fd {0}', fd), summary: t('close() of the data fd.'), event: { kind: 'close', fd } },
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
        title: t('Short read from fd {0}', fd),
        summary: t('read() of {0} bytes: what is left must come with the next.', shortRead),
        event: { kind: 'read', fd, length: shortRead },
      }),
    );
  const offset = session?.side === 'write' ? session.written : 0;
  const writes = own
    .filter(({ side }) => side === 'write')
    .map(
      ({ fd }): PossibleEvent => ({
        title: t('Corrupted data to fd {0}', fd),
        summary: t('write() of data that changed on the way: RESUMING -> STOP has to refuse it.'),
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
        title: t('DMA from {0}', peer.name),
        summary: t('{0} writes 1 MiB into this device for 10 ms; a device that is stopped can not take it.', peer.name),
        event: { kind: 'dma', from: peer.name, to: name, bytes: mebi, duration: longTime },
      }),
    );
  return [
    ...reads,
    ...writes,
    ...peers,
    {
      title: t('Break down'),
      summary: t('The device moves to ERROR by itself.'),
      event: { kind: 'breakDown', device: name },
    },
  ];
}

function worldEvents(device: string): readonly PossibleEvent[] {
  return [
    {
      title: t('10 ms pass'),
      summary: t('Time: data arrives, the guest dirties, DMA ends.'),
      event: { kind: 'pass', time: longTime },
    },
    {
      title: t('The guest dirties 1 MiB'),
      summary: t('Changes that have to be streamed again, while the device runs.'),
      event: { kind: 'dirty', device, bytes: mebi },
    },
  ];
}
