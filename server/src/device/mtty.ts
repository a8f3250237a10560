import type { Traits } from './traits';
import { recommendedTraits } from './traits';
import type { Geometry } from './world';

/** Bytes of mtty's stream header: magic, version, number of ports, flags. Source: struct mtty_data up to `ports`. */
export const mttyHeaderBytes = 24;

/** Bytes that mtty streams for each serial port. Source: struct serial_port. */
const portBytes = 36;

/** Sizes of an mtty device with this many ports: only the header is there before the device stops. */
export function mttyGeometry(ports: number): Geometry {
  return { initial: mttyHeaderBytes, final: portBytes * ports, dirtyable: 0 };
}

/** The stream format: the header names the number of ports, so a device with another number refuses it. */
export function mttyLayout(ports: number): string {
  return `mtty, ${ports} port${ports === 1 ? '' : 's'}`;
}

/**
 * What the sample driver mtty does. Source: traces recorded from samples/vfio-mdev/mtty.c under Linux 6.12
 * (test/device/traces), held to them by `vfio-arcs replay`.
 */
export const mttyTraits: Traits = {
  ...recommendedTraits,
  temporaryEnd: 'zero',
  poll: 'none',
  errorEndsSession: false,
  closeResetsState: false,
  initialBytes: 'all-unread',
  streamsDirty: false,
  dataSize: 'whole',
  resumeCheck: 'length',
  checkedOnWrite: mttyHeaderBytes,
  tooMuchData: 'ENOMEM',
  startsLostSession: true,
};
