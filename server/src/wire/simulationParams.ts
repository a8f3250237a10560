import type { Traits } from '../device';
import { errnos } from '../uapi';
import { isEvent } from './eventGuard';
import { type Guard, hasShape, isBoolean, isCount, isString, listOf, nullOr, oneOf } from './shape';
import type {
  SimulationBranchParams,
  SimulationCloseParams,
  SimulationCompareParams,
  SimulationDispatchParams,
  SimulationExportParams,
  SimulationImportParams,
  SimulationMachineParams,
  SimulationOpenParams,
  SimulationRunParams,
} from './simulation';
import { exportFormats } from './simulation';
import { isMachineRef } from './simulationGuards';

/** Guards for the parameters of the `vfio/simulation/*` requests. */

const maybe =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || test(value);
const isAmount = (value: unknown): boolean => isCount(value) && Number.isSafeInteger(value);
const isName = (value: unknown): boolean => isString(value) && value.length > 0 && value.length <= 200;

const isLink = (value: unknown): boolean =>
  hasShape(value, { bandwidth: (bandwidth) => isAmount(bandwidth) && bandwidth !== 0, latency: isAmount });
const isGeometry = (value: unknown): boolean =>
  hasShape(value, { initial: isAmount, final: isAmount, dirtyable: isAmount });

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
  tooMuchData: nullOr(oneOf(Object.keys(errnos))),
  startsLostSession: isBoolean,
  seek: oneOf(['refused', 'ignored']),
  dmaLogging: isBoolean,
};
const isTraits = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((key) => Object.hasOwn(traitTests, key)) &&
  hasShape(value, Object.fromEntries(Object.entries(traitTests).map(([key, test]) => [key, maybe(test)])));

const isDeviceRequest = (value: unknown): boolean =>
  hasShape(value, { name: isName, machine: isMachineRef, geometry: maybe(isGeometry), traits: maybe(isTraits) });

const isScenarioRequest = (value: unknown): boolean =>
  hasShape(value, {
    name: isString,
    parameters: (values) =>
      typeof values === 'object' &&
      values !== null &&
      Object.values(values).every((each) => typeof each === 'number' || isString(each)),
    faults: listOf((fault) => hasShape(fault, { id: isString, device: maybe(isString) })),
  });

export const isSimulationMachineParams: Guard<SimulationMachineParams> = (value): value is SimulationMachineParams =>
  hasShape(value, { machine: isMachineRef });

export const isSimulationOpenParams: Guard<SimulationOpenParams> = (value): value is SimulationOpenParams =>
  hasShape(value, {
    devices: listOf(isDeviceRequest),
    link: maybe(isLink),
    scenario: maybe(isScenarioRequest),
    title: maybe(isString),
  });

export const isSimulationDispatchParams: Guard<SimulationDispatchParams> = (value): value is SimulationDispatchParams =>
  hasShape(value, { id: isString, at: isCount, events: listOf(isEvent) });

export const isSimulationRunParams: Guard<SimulationRunParams> = (value): value is SimulationRunParams =>
  hasShape(value, { id: isString, scenario: isScenarioRequest });

export const isSimulationBranchParams: Guard<SimulationBranchParams> = (value): value is SimulationBranchParams =>
  hasShape(value, { id: isString, at: isCount });

export const isSimulationImportParams: Guard<SimulationImportParams> = (value): value is SimulationImportParams =>
  hasShape(value, { name: isString, text: isString, machine: maybe(isMachineRef) });

export const isSimulationExportParams: Guard<SimulationExportParams> = (value): value is SimulationExportParams =>
  hasShape(value, { id: isString, format: oneOf(exportFormats) });

export const isSimulationCompareParams: Guard<SimulationCompareParams> = (value): value is SimulationCompareParams =>
  hasShape(value, { a: isString, b: isString });

export const isSimulationCloseParams: Guard<SimulationCloseParams> = (value): value is SimulationCloseParams =>
  hasShape(value, { id: isString });
