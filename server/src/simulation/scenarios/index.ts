import type { Scenario } from '../program';
import { close, group, reset, second } from './lifetimes';
import { cancelPrecopy, cancelStopCopy, neverConverging, precopy, recovery, reinit, stopCopy } from './migrations';
import { badData, resume } from './streams';

/** In the order in which they are offered. */
export const scenarios: readonly Scenario[] = [
  precopy,
  stopCopy,
  cancelPrecopy,
  cancelStopCopy,
  recovery,
  resume,
  badData,
  reset,
  close,
  second,
  group,
  neverConverging,
  reinit,
];
