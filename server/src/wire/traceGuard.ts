import { errnos, profileIds, stateNames } from '../uapi';
import { isEvent } from './eventGuard';
import type { Form, Mismatch } from './form';
import { firstMismatch } from './form';
import { isAmount, isGeometry, isLink, isTraits } from './machineGuard';
import { hasShape, isFlags, isString, isText, listOf, nullOr, oneOf } from './shape';
import {
  isMachineArc,
  isMachineRef,
  isParameterValues,
  isPlace,
  isRow,
  isVerdict,
  isWorldView,
} from './simulationGuards';
import type { Trace, TraceStep } from './trace';
import { traceSchema, traceVersion } from './trace';

/** A saved trace, as a file that somebody may have changed. */

const isErrno = oneOf(Object.keys(errnos));
const isEffect = (value: unknown): boolean =>
  hasShape(value, { kind: isString, errno: (errno) => errno === undefined || errno === null || isErrno(errno) });

const text: Form = { is: isString, what: 'a text' };
const textOrNull: Form = { is: isText, what: 'a text or null' };

const machine: Form = {
  fields: {
    ref: { is: isMachineRef, what: 'where a machine comes from' },
    name: text,
    flags: { is: isFlags, what: 'migration flags' },
    when: textOrNull,
    profile: { is: oneOf(profileIds), what: `one of ${profileIds.join(', ')}` },
    states: { each: { is: oneOf(stateNames), what: 'a device state' } },
    arcs: { each: { is: isMachineArc, what: 'an arc with outcome, place and fault switches' } },
    traits: { is: isTraits, what: 'all traits of a device' },
    traitSources: {
      each: {
        is: (value) => hasShape(value, { trait: isString, why: isString, location: isPlace }),
        what: 'the source of a trait',
      },
    },
    setState: { is: isPlace, what: 'a place or null' },
  },
};

const device: Form = {
  fields: {
    name: { is: (value) => isString(value) && value !== '', what: 'a name' },
    machine,
    geometry: { is: isGeometry, what: 'the sizes initial, final and dirtyable in bytes' },
    layout: text,
  },
};

const headForm: Form = {
  fields: {
    schema: { is: (value) => value === traceSchema, what: `"${traceSchema}"` },
    version: {
      is: (value) => isAmount(value) && value >= 1 && value <= traceVersion,
      what: traceVersion === 1 ? 'version 1' : `a version from 1 to ${traceVersion}`,
    },
    title: text,
    devices: { each: device },
    link: { is: isLink, what: 'a bandwidth (bytes a second, not 0) and a latency (µs)' },
    scenario: {
      is: nullOr((value) => hasShape(value, { name: isString, parameters: isParameterValues })),
      what: 'a scenario with its parameters, or null',
    },
    steps: { is: Array.isArray, what: 'a list' },
    verdict: { is: nullOr(isVerdict), what: 'a verdict or null' },
  },
};

const stepForm: Form = {
  fields: {
    at: { is: isAmount, what: 'a time in µs' },
    event: { is: isEvent, what: 'an event of the simulated device with all its fields' },
    effects: { is: listOf(isEffect), what: 'a list of effects' },
    rows: { each: { is: isRow, what: 'a row' } },
    after: { is: isWorldView, what: 'what the step left' },
  },
};

/** A trace whose steps were not looked at: there may be many. */
export type TraceHead = Omit<Trace, 'steps'> & { readonly steps: readonly unknown[] };

/** Where a value is no trace of a version that is known here, whatever its steps are; null for a trace. */
export function traceHeadMismatch(value: unknown): Mismatch | null {
  return firstMismatch(value, headForm);
}

/** Where the step of that index is none; null for a step. */
export function traceStepMismatch(value: unknown, index: number): Mismatch | null {
  return firstMismatch(value, stepForm, ['steps', index]);
}

/** True for a saved trace, as far as its head goes. */
export function isTraceHead(value: unknown): value is TraceHead {
  return traceHeadMismatch(value) === null;
}

/** True for one of its steps. */
export function isTraceStep(value: unknown): value is TraceStep {
  return traceStepMismatch(value, 0) === null;
}
