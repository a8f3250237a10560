import { errnos, profileIds, stateNames } from '../uapi';
import type { MachineDescription } from './machine';
import { arcVerdicts } from './machine';
import { isGeometry, isLink, isOutcome, isTraits } from './machineGuard';
import { outcomes, parameterKinds } from './scenario';
import {
  arcShape,
  type Guard,
  hasShape,
  isArc,
  isBoolean,
  isCount,
  isFlags,
  isLocation,
  isString,
  isText,
  listOf,
  nullOr,
  oneOf,
} from './shape';
import type {
  SimulationAdvance,
  SimulationCatalogue,
  SimulationChanged,
  SimulationExport,
  SimulationImportResult,
  SimulationSession,
} from './simulation';
import type { TraceComparison } from './trace';
import { lanes, rowKinds } from './trace';

/**
 * Guards for what the simulation answers. Events and effects are the engine's own language, which a panel only hands back:
 * of them the guards look at the kind.
 */

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isErrnoName = oneOf(Object.keys(errnos));
export const isPlace = nullOr(isLocation);
const isTagged = (value: unknown): boolean => hasShape(value, { kind: isString });
const isScalar = (value: unknown): boolean => isNumber(value) || isString(value);
export const isParameterValues = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isScalar);

/** True for what names a machine. */
export function isMachineRef(value: unknown): value is MachineDescription['ref'] {
  return (
    hasShape(value, { kind: oneOf(['reference']), flags: isFlags, profile: oneOf(profileIds) }) ||
    hasShape(value, {
      kind: oneOf(['driver']),
      uri: isString,
      ops: isString,
      flagSet: (index) => index === undefined || isCount(index),
    })
  );
}

const isFault = (value: unknown): boolean =>
  hasShape(value, {
    id: isString,
    errno: isErrnoName,
    errnoKnown: isBoolean,
    call: isText,
    location: isLocation,
    leaves: nullOr(isString),
    text: isString,
  });

export const isMachineArc = (value: unknown): boolean =>
  hasShape(value, {
    ...arcShape,
    verdict: oneOf(arcVerdicts),
    outcome: isOutcome,
    contract: oneOf(['new-read-fd', 'new-write-fd', 'none']),
    handler: isPlace,
    condition: isText,
    story: listOf((entry) => hasShape(entry, { what: isString, location: isLocation })),
    faults: listOf(isFault),
  });

/** True for an answer to `vfio/simulation/machine`. */
export function isMachineDescription(value: unknown): value is MachineDescription {
  return hasShape(value, {
    ref: isMachineRef,
    name: isString,
    flags: isFlags,
    when: isText,
    profile: oneOf(profileIds),
    states: listOf(oneOf(stateNames)),
    arcs: listOf(isMachineArc),
    traits: isTraits,
    traitSources: listOf((entry) => hasShape(entry, { trait: isString, why: isString, location: isPlace })),
    setState: isPlace,
  });
}

const isParameter = (value: unknown): boolean =>
  hasShape(value, {
    name: isString,
    title: isString,
    summary: isString,
    kind: oneOf(parameterKinds),
    default: isScalar,
  });

const isScenario = (value: unknown): boolean =>
  hasShape(value, {
    name: isString,
    title: isString,
    summary: isString,
    roles: listOf((role) => hasShape(role, { role: isString, several: isBoolean })),
    parameters: listOf(isParameter),
  });

const isCatalogued = (value: unknown): boolean =>
  hasShape(value, { name: isString, ref: isMachineRef, flags: isString });

/** True for an answer to `vfio/simulation/catalogue`. */
export function isSimulationCatalogue(value: unknown): value is SimulationCatalogue {
  return hasShape(value, {
    drivers: listOf(isCatalogued),
    references: listOf(isCatalogued),
    scenarios: listOf(isScenario),
  });
}

export const isRow = (value: unknown): boolean =>
  hasShape(value, {
    lane: oneOf(lanes),
    device: isText,
    kind: oneOf(rowKinds),
    text: isString,
    errno: nullOr(isErrnoName),
    arc: nullOr(isArc),
    fd: nullOr(isNumber),
    bytes: nullOr(isNumber),
    location: isPlace,
  });

const isSessionView = (value: unknown): boolean =>
  hasShape(value, {
    side: oneOf(['read']),
    read: isNumber,
    initialBytes: isNumber,
    dirtyBytes: isNumber,
    remaining: isNumber,
    complete: isBoolean,
  }) || hasShape(value, { side: oneOf(['write']), written: isNumber });

const isDeviceView = (value: unknown): boolean =>
  hasShape(value, {
    name: isString,
    open: isBoolean,
    state: oneOf(stateNames),
    session: nullOr(isSessionView),
    loaded: nullOr(isNumber),
  });

export const isWorldView = (value: unknown): boolean =>
  hasShape(value, {
    now: isNumber,
    devices: listOf(isDeviceView),
    fds: listOf((fd) =>
      hasShape(fd, { fd: isNumber, device: isString, side: oneOf(['read', 'write']), dead: isBoolean }),
    ),
    inFlight: isNumber,
    dmas: listOf((dma) => hasShape(dma, { from: isString, to: isString, bytes: isNumber, due: isNumber })),
  });

const isSteps = listOf((step) =>
  hasShape(step, { at: isNumber, event: isTagged, effects: listOf(isTagged), rows: listOf(isRow), after: isWorldView }),
);

export const isVerdict = (value: unknown): boolean =>
  hasShape(value, {
    outcome: oneOf(outcomes),
    reason: isString,
    downtime: nullOr(isNumber),
    total: isNumber,
    bytes: (bytes) => hasShape(bytes, { precopy: isNumber, stopCopy: isNumber }),
    step: nullOr(isCount),
  });

const isTraceDevice = (value: unknown): boolean =>
  hasShape(value, { name: isString, machine: isMachineDescription, geometry: isGeometry, layout: isString });

/** True for an answer to `vfio/simulation/open`, `run` and `branch`. */
export const isSimulationSession: Guard<SimulationSession> = (value): value is SimulationSession =>
  hasShape(value, {
    id: isString,
    title: isString,
    devices: listOf(isTraceDevice),
    link: isLink,
    scenario: nullOr((scenario) => hasShape(scenario, { name: isString, parameters: isParameterValues })),
    steps: isSteps,
    verdict: nullOr(isVerdict),
  });

/** True for an answer to `vfio/simulation/dispatch`. */
export const isSimulationAdvance: Guard<SimulationAdvance> = (value): value is SimulationAdvance =>
  hasShape(value, { from: isCount, steps: isSteps, verdict: nullOr(isVerdict) });

/** True for the parameters of `vfio/simulation/changed`. */
export function isSimulationChanged(value: unknown): value is SimulationChanged {
  return hasShape(value, {
    id: isString,
    machines: listOf((entry) => hasShape(entry, { device: isString, machine: isMachineDescription })),
    advance: nullOr(isSimulationAdvance),
    problem: isText,
    changed: listOf(isCount),
  });
}

/** True for an answer to `vfio/simulation/import`. */
export function isSimulationImportResult(value: unknown): value is SimulationImportResult {
  return (
    hasShape(value, {
      session: isSimulationSession,
      impossible: nullOr((step) => hasShape(step, { step: isCount, why: isString })),
      notes: listOf(isString),
    }) || hasShape(value, { problem: isString, line: nullOr(isCount) })
  );
}

/** True for an answer to `vfio/simulation/export`. */
export function isSimulationExport(value: unknown): value is SimulationExport {
  return hasShape(value, { name: isString, text: isString });
}

/** True for an answer to `vfio/simulation/compare`. */
export function isTraceComparison(value: unknown): value is TraceComparison {
  return hasShape(value, {
    pairs: listOf((pair) => hasShape(pair, { a: nullOr(isCount), b: nullOr(isCount), differences: listOf(isString) })),
    first: nullOr(isCount),
    differences: isCount,
  });
}
