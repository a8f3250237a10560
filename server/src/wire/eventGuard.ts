import type { Event } from '../device';
import { errnos } from '../uapi';
import { type Guard, hasShape, isArc, isBoolean, isCount, isString, listOf, nullOr, oneOf } from './shape';

/** A whole number that is not negative and that the engine can count with. */
const isAmount = (value: unknown): boolean => isCount(value) && Number.isSafeInteger(value);
const isOptional =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || test(value);
const isBadPointer = isOptional(isBoolean);
const isLeaves = nullOr(oneOf(['state', 'next', 'ERROR']));

const isSegment = (value: unknown): boolean =>
  hasShape(value, {
    stream: isString,
    layout: isString,
    offset: isAmount,
    length: (length) => isAmount(length) && length !== 0,
    end: isBoolean,
    damaged: listOf(isAmount),
  });

const device = { device: isString };
const onFd = { fd: isAmount };

/** What each kind of event has besides its kind. */
const shapes: Readonly<Record<Event['kind'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  feature: {
    ...device,
    feature: isAmount,
    ops: listOf(oneOf(['GET', 'SET', 'PROBE', 'UNKNOWN'])),
    argsz: isAmount,
    request: isAmount,
  },
  reset: device,
  closeDevice: device,
  openDevice: device,
  read: { ...onFd, length: isAmount, badPointer: isBadPointer },
  write: { ...onFd, data: listOf(isSegment), badPointer: isBadPointer },
  precopyInfo: { ...onFd, argsz: isAmount, flags: isAmount, badPointer: isBadPointer },
  poll: onFd,
  pread: onFd,
  lseek: onFd,
  mmap: onFd,
  fcntl: onFd,
  otherIoctl: onFd,
  close: onFd,
  limitFds: { free: nullOr(isAmount) },
  fault: { ...device, arc: isArc, errno: oneOf(Object.keys(errnos)), leaves: isLeaves, site: isOptional(isString) },
  breakDown: device,
  dirty: { ...device, bytes: isAmount },
  workload: { ...device, bytesPerSecond: isAmount },
  reinit: { ...device, bytes: isAmount },
  pass: { time: isAmount },
  send: { ...onFd, length: isAmount, to: isAmount },
  dma: { from: isString, to: isString, bytes: isAmount, duration: isAmount },
};

/** The kinds of events, with the names of what each has besides its kind. */
export const eventFields: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(shapes).map(([kind, shape]) => [kind, Object.keys(shape)]),
);

const isKind = (value: unknown): value is Event['kind'] => isString(value) && eventFields.has(value);

/** True for an event that the engine can be given: every field there, numbers whole and not negative. */
export const isEvent: Guard<Event> = (value): value is Event => {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  return isKind(kind) && hasShape(value, shapes[kind]);
};
