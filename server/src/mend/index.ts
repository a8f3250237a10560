/** Mends as data: what could be written into a driver's text, in its own style. Whether it mends is proved by who checks again. */
export { dataFileWays } from './dataFile';
export type { Edit, Trial, Ways } from './edit';
export { applied } from './edit';
export type { Ending } from './endings';
export { endingIn, isLeaving } from './endings';
export { flagUnderWays, flagWays } from './flags';
export { lineStart } from './layout';
export { opWays } from './ops';
export { removalWays } from './removal';
export type { MendContext } from './site';
export type { Skeleton, SkeletonRequest } from './skeleton';
export { skeletonFor } from './skeleton';
export { unusedRemovals } from './unused';
export { writingWays } from './ways';
export type { Wording } from './wording';
export { inEnglish, worded } from './wording';
