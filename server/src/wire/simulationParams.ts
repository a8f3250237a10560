import { isEvent } from './eventGuard';
import { isGeometry, isLink, isPartOfTraits } from './machineGuard';
import { type Guard, hasShape, isCount, isString, listOf, oneOf } from './shape';
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
const isName = (value: unknown): boolean => isString(value) && value.length > 0 && value.length <= 200;

const isDeviceRequest = (value: unknown): boolean =>
  hasShape(value, { name: isName, machine: isMachineRef, geometry: maybe(isGeometry), traits: maybe(isPartOfTraits) });

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
