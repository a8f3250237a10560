/** A simulated VFIO migration device: pure, deterministic, checked against traces of a real kernel. Imports uapi only. */
export type { Errno } from '../uapi';
export { precopyBytes } from './dataFd';
export type { Event, FeatureOp } from './event';
export { featureNumbers, getState, setState } from './event';
export type { ArcOutcome, HandedFile, Leaves, Machine } from './machine';
export { referenceMachine } from './machine';
export { mttyGeometry, mttyHeaderBytes, mttyLayout, mttyTraits } from './mtty';
export type { Asked, DataReply, Effect, FeatureReply, PollFlag, PrecopyInfo, Reply } from './reply';
export { replyOf } from './reply';
export type { Segment } from './segment';
export { append, checksumOf, damage, isWhole, lengthOf, slice, wholeStream } from './segment';
export { step } from './step';
export type { Traits } from './traits';
export { recommendedTraits } from './traits';
export type { DataFile, Device, Fd, Geometry, Link, Setup, World } from './world';
export { createWorld, deviceNamed, fileOf } from './world';
