import type { Traits } from '../device';
import { errnos } from '../uapi';
import { hasShape, isBoolean, isCount, nullOr, oneOf } from './shape';

/** Guards for what a simulated device runs on: with a value that passes, the engine can work. */

const isErrno = oneOf(Object.keys(errnos));
const isLeaves = oneOf(['state', 'next', 'ERROR']);
const maybe =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || test(value);

/** A size or a time: whole, not negative, exact. */
export const isAmount = (value: unknown): value is number => isCount(value) && Number.isSafeInteger(value);

export const isGeometry = (value: unknown): boolean =>
  hasShape(value, { initial: isAmount, final: isAmount, dirtyable: isAmount });

export const isLink = (value: unknown): boolean =>
  hasShape(value, { bandwidth: (bandwidth) => isAmount(bandwidth) && bandwidth !== 0, latency: isAmount });

export const isOutcome = (value: unknown): boolean =>
  hasShape(value, {
    kind: oneOf(['success']),
    file: oneOf(['as-due', 'null', 'new-file', 'session-file']),
    leaves: maybe(isLeaves),
  }) ||
  hasShape(value, { kind: oneOf(['failure']), errno: isErrno, leaves: nullOr(isLeaves) }) ||
  hasShape(value, { kind: oneOf(['missing']), errno: isErrno, leaves: maybe(isLeaves) });

/** What each trait may be; the keys are all traits. */
const traitTests: Record<keyof Traits, (value: unknown) => boolean> = {
  temporaryEnd: oneOf(['ENOMSG', 'zero']),
  poll: oneOf(['by-data', 'none']),
  failedArcLeaves: oneOf(['state', 'ERROR']),
  errorEndsSession: isBoolean,
  closeResetsState: isBoolean,
  resetResetsState: isBoolean,
  precopyInfo: isBoolean,
  initialBytes: oneOf(['first-pass', 'all-unread']),
  streamsDirty: isBoolean,
  dataSize: oneOf(['remaining', 'whole']),
  resumeCheck: oneOf(['whole-stream', 'length', 'none']),
  checkedOnWrite: isAmount,
  tooMuchData: nullOr(isErrno),
  startsLostSession: isBoolean,
  seek: oneOf(['refused', 'ignored']),
  dmaLogging: isBoolean,
};

/** True for all traits of a device. */
export const isTraits = (value: unknown): value is Traits => hasShape(value, traitTests);

/** True for some traits of a device and nothing else. */
export const isPartOfTraits = (value: unknown): value is Partial<Traits> =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((key) => Object.hasOwn(traitTests, key)) &&
  hasShape(value, Object.fromEntries(Object.entries(traitTests).map(([key, test]) => [key, maybe(test)])));
