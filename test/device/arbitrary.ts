import fc from 'fast-check';
import type { Event, FeatureOp, Segment, Setup } from '../../server/src/device';
import {
  damage,
  mttyGeometry,
  mttyLayout,
  mttyTraits,
  recommendedTraits,
  referenceMachine,
  setState,
  slice,
  wholeStream,
} from '../../server/src/device';
import { stateNames } from '../../server/src/uapi';
import { legalFlagSets } from '../uapi/arbitrary';
import { setup } from './worlds';

const device = fc.constantFrom('A', 'B');
const fd = fc.integer({ min: 3, max: 7 });
const size = fc.oneof(fc.nat(30), fc.nat(2000));
const time = fc.nat(5000);
const state = fc.constantFrom(...stateNames);
const errno = fc.constantFrom('EIO' as const, 'EINVAL' as const, 'ENOMEM' as const);
const op = fc.constantFrom<FeatureOp>('GET', 'SET', 'PROBE', 'UNKNOWN');

/** Data as a confused or malicious program writes it. */
const data: fc.Arbitrary<readonly Segment[]> = fc
  .record({ layout: fc.constantFrom('demo', 'other'), from: fc.nat(1200), length: size, spoil: fc.boolean() })
  .map(({ layout, from, length, spoil }) => {
    const whole = wholeStream('invented', layout, 1200);
    const part = slice(spoil ? damage(whole, 12) : whole, from, length);
    return part === null ? [] : [part];
  });

/** Every event there is, those that move a migration on more often than others. */
export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(device, state).map(([name, to]) => setState(name, to)) },
  { weight: 1, arbitrary: fc.tuple(device, fc.nat(20)).map(([name, to]) => setState(name, to)) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('feature' as const),
      device,
      feature: fc.integer({ min: 0, max: 14 }),
      ops: fc.uniqueArray(op, { maxLength: 3 }),
      argsz: fc.constantFrom(0, 7, 8, 15, 16, 40),
      request: fc.nat(8),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), fd, length: size, badPointer: rarely() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), fd, data, badPointer: rarely() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), fd, length: size, to: fd }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), time }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('precopyInfo' as const),
      fd,
      argsz: fc.constantFrom(0, 23, 24, 99),
      flags: fc.nat(3),
      badPointer: rarely(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('poll' as const, 'pread' as const, 'lseek' as const, 'mmap' as const, 'fcntl' as const),
      fd,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), fd }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reset' as const, 'breakDown' as const), device }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('closeDevice' as const), device }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('openDevice' as const), device }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('limitFds' as const), free: fc.constantFrom(null, null, 0, 2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      device,
      arc: fc.record({ from: state, to: state }),
      errno,
      leaves: fc.constantFrom('state' as const, 'ERROR' as const, null),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dirty' as const), device, bytes: size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reinit' as const), device, bytes: size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('workload' as const), device, bytesPerSecond: fc.nat(1e6) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('dma' as const), from: device, to: device, bytes: size, duration: time }),
  },
);

function rarely(): fc.Arbitrary<boolean> {
  return fc.nat(19).map((number) => number === 0);
}

const flags = fc.constantFrom(...legalFlagSets);

/** A device of any flag set that keeps the protocol's recommendations. */
export const recommendedSetup: fc.Arbitrary<Setup> = flags.map((set) => ({ ...setup, machine: referenceMachine(set) }));

/** A device of any flag set that behaves like mtty, with one or two ports. */
export const mttySetup: fc.Arbitrary<Setup> = fc.tuple(flags, fc.integer({ min: 1, max: 2 })).map(([set, ports]) => ({
  ...setup,
  machine: referenceMachine(set),
  traits: mttyTraits,
  geometry: mttyGeometry(ports),
  layout: mttyLayout(ports),
}));

/** A device that makes any choice a driver may make. */
export const freeSetup: fc.Arbitrary<Setup> = fc
  .record({
    set: flags,
    traits: fc.record({
      temporaryEnd: fc.constantFrom('ENOMSG' as const, 'zero' as const),
      poll: fc.constantFrom('by-data' as const, 'none' as const),
      failedArcLeaves: fc.constantFrom('state' as const, 'ERROR' as const),
      errorEndsSession: fc.boolean(),
      closeResetsState: fc.boolean(),
      initialBytes: fc.constantFrom('first-pass' as const, 'all-unread' as const),
      streamsDirty: fc.boolean(),
      dataSize: fc.constantFrom('remaining' as const, 'whole' as const),
      resumeCheck: fc.constantFrom('whole-stream' as const, 'length' as const, 'none' as const),
      precopyInfo: fc.boolean(),
      startsLostSession: fc.boolean(),
      checkedOnWrite: fc.constantFrom(0, 24),
    }),
  })
  .map(({ set, traits }) => ({
    ...setup,
    machine: referenceMachine(set),
    traits: { ...recommendedTraits, ...traits },
  }));
