import type { StateName } from './states';

type Row = Readonly<Record<StateName, StateName>>;

/**
 * The first step from a state (outer key) towards a requested one (inner key) for a device that has all states.
 * ERROR means that there is no way. Facts: drivers/vfio/vfio_main.c, vfio_mig_get_next_state().
 * `derive.ts` finds the same from the rules of the uAPI; a test holds the two equal.
 */
export const nextStateTable: Readonly<Record<StateName, Row>> = {
  ERROR: {
    ERROR: 'ERROR',
    STOP: 'ERROR',
    RUNNING: 'ERROR',
    STOP_COPY: 'ERROR',
    RESUMING: 'ERROR',
    RUNNING_P2P: 'ERROR',
    PRE_COPY: 'ERROR',
    PRE_COPY_P2P: 'ERROR',
  },
  STOP: {
    ERROR: 'ERROR',
    STOP: 'STOP',
    RUNNING: 'RUNNING_P2P',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'RESUMING',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'RUNNING_P2P',
    PRE_COPY_P2P: 'RUNNING_P2P',
  },
  RUNNING: {
    ERROR: 'ERROR',
    STOP: 'RUNNING_P2P',
    RUNNING: 'RUNNING',
    STOP_COPY: 'RUNNING_P2P',
    RESUMING: 'RUNNING_P2P',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'RUNNING_P2P',
  },
  STOP_COPY: {
    ERROR: 'ERROR',
    STOP: 'STOP',
    RUNNING: 'STOP',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'STOP',
    RUNNING_P2P: 'STOP',
    PRE_COPY: 'ERROR',
    PRE_COPY_P2P: 'ERROR',
  },
  RESUMING: {
    ERROR: 'ERROR',
    STOP: 'STOP',
    RUNNING: 'STOP',
    STOP_COPY: 'STOP',
    RESUMING: 'RESUMING',
    RUNNING_P2P: 'STOP',
    PRE_COPY: 'STOP',
    PRE_COPY_P2P: 'STOP',
  },
  RUNNING_P2P: {
    ERROR: 'ERROR',
    STOP: 'STOP',
    RUNNING: 'RUNNING',
    STOP_COPY: 'STOP',
    RESUMING: 'STOP',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'RUNNING',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
  PRE_COPY: {
    ERROR: 'ERROR',
    STOP: 'RUNNING',
    RUNNING: 'RUNNING',
    STOP_COPY: 'PRE_COPY_P2P',
    RESUMING: 'RUNNING',
    RUNNING_P2P: 'RUNNING',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
  PRE_COPY_P2P: {
    ERROR: 'ERROR',
    STOP: 'RUNNING_P2P',
    RUNNING: 'RUNNING_P2P',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'RUNNING_P2P',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
};
