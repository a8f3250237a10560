import type { MachineDescription } from '../../../../server/src/wire';
import { t } from '../texts';

/** What decides a migration with pre-copy. Sizes are bytes, rates bytes a second, times microseconds. */
export interface LabParameters {
  /** Data that can be streamed as soon as pre-copy begins. */
  readonly initial: number;
  /** Data that can only be streamed once the device has stopped. */
  readonly final: number;
  /** The most that can be dirty at once. */
  readonly dirtyable: number;
  readonly dirtyRate: number;
  readonly bandwidth: number;
  readonly latency: number;
  readonly downtimeLimit: number;
  /** Whether all initial data has to be through before the switch-over. */
  readonly switchoverAck: boolean;
}

/** What the closed form says: when the VMM stops the device, counted from the beginning of pre-copy, and for how long. */
export type Forecast =
  | { readonly converges: true; readonly after: number; readonly downtime: number }
  | { readonly converges: false; readonly why: string };

const microseconds = 1_000_000;

/**
 * The closed form of pre-copy, with data as a fluid: the link drains what is unread at its bandwidth while the guest adds dirt,
 * oldest first. Null for a driver that answers or behaves otherwise than the form assumes; only running tells about those.
 */
export function forecast(
  parameters: LabParameters,
  machine: Pick<MachineDescription, 'flags' | 'traits'>,
): Forecast | null {
  const { initial, final, bandwidth, latency, downtimeLimit } = parameters;
  const { flags, traits } = machine;
  const sending = (bytes: number): number => (bytes * microseconds) / bandwidth + latency;
  if (!flags.includes('PRE_COPY')) {
    return { converges: true, after: 0, downtime: sending(initial + final) };
  }
  if (!traits.precopyInfo || traits.initialBytes !== 'first-pass' || traits.dataSize !== 'remaining') {
    return null;
  }
  // What may still be unread when the device stops.
  const allowed = (bandwidth * downtimeLimit) / microseconds - final;
  if (allowed < 0) {
    return {
      converges: false,
      why: t('what can only be sent after the stop takes longer than the downtime limit by itself'),
    };
  }
  const dirtyRate = traits.streamsDirty ? parameters.dirtyRate : 0;
  const moment = switchOver({ ...parameters, dirtyRate }, allowed);
  return moment === null
    ? {
        converges: false,
        why: t('the guest dirties as fast as the link carries, and more than fits into the downtime limit'),
      }
    : { converges: true, after: moment.seconds * microseconds, downtime: sending(moment.unread + final) };
}

interface Moment {
  readonly seconds: number;
  readonly unread: number;
}

function switchOver(
  { initial, dirtyable, dirtyRate, bandwidth, switchoverAck }: LabParameters,
  allowed: number,
): Moment | null {
  const passed = initial / bandwidth;
  const dirtAt = (seconds: number): number => Math.min(dirtyable, dirtyRate * seconds);
  const unreadAt = (seconds: number): number => Math.max(0, initial - bandwidth * seconds) + dirtAt(seconds);
  if (!switchoverAck) {
    // In the first pass what is unread falls or rises evenly, but for a bend where everything that can be is dirty.
    const bend = dirtyRate > 0 ? Math.min(passed, dirtyable / dirtyRate) : passed;
    const early = firstBelow(unreadAt, allowed, 0, bend) ?? firstBelow(unreadAt, allowed, bend, passed);
    if (early !== null) {
      return { seconds: early, unread: unreadAt(early) };
    }
  }
  const dirt = dirtAt(passed);
  if (dirt <= allowed) {
    return { seconds: passed, unread: dirt };
  }
  return dirtyRate < bandwidth
    ? { seconds: passed + (dirt - allowed) / (bandwidth - dirtyRate), unread: allowed }
    : null;
}

/** Where a straight line first is no higher than `limit`; null where it never is. */
function firstBelow(line: (at: number) => number, limit: number, from: number, to: number): number | null {
  const [start, end] = [line(from), line(to)];
  if (start <= limit) {
    return from;
  }
  return end <= limit ? from + ((to - from) * (start - limit)) / (start - end) : null;
}
