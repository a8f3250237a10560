/** The custom LSP messages between server, client and panel: plain JSON and its runtime guards. */

export type { ArcOutcome, Effect, Event, FeatureOp, Geometry, Leaves, Link, Segment, Traits } from '../device';
export { featureNumbers, getState, setState } from '../device';
export type { Arc, Contract, Errno, FlagName, ProfileId, StateName } from '../uapi';
export { arcDoc, arcText, sameArc } from '../uapi';
export type {
  ArcResult,
  ArcRow,
  ArcRowStatus,
  ArcTable,
  DeclaredFlagSet,
  DriverTable,
  FindingRow,
  FlagSetRow,
  MissingRow,
  WireLocation,
  WirePosition,
  WireRange,
} from './arcTable';
export { arcResults, arcStatuses, severityNames } from './arcTable';

export { eventFields, isEvent } from './eventGuard';

export type { Form, Mismatch, ValuePath } from './form';
export { firstMismatch, jsonPath } from './form';

export {
  isArcsAt,
  isArcsAtParams,
  isArcTable,
  isArcTableParams,
  isClientOptions,
  isDriverArgument,
  isDriverList,
  isFindingArgument,
  isRuleList,
  isServerStatus,
  isSkeletonParams,
  isSkeletonResult,
  isSuppressionParams,
  isSuppressionResult,
  isWorkspaceSummary,
} from './guards';
export type { Translate, Wording } from './language';
export { count, english, translator } from './language';
export type {
  ArcVerdict,
  FaultSwitch,
  MachineArc,
  MachineDescription,
  MachineRef,
  TraitSource,
} from './machine';
export { arcVerdicts, isSameMachine } from './machine';
export { isAmount } from './machineGuard';
export type {
  ArcsAt,
  ArcsAtParams,
  ArcTableParams,
  ArcTableResult,
  ClientOptions,
  DriverArcs,
  DriverArgument,
  DriverEntry,
  DriverList,
  FindingArgument,
  RuleDescription,
  RuleList,
  ServerStatus,
  SkeletonParams,
  SkeletonResult,
  SuppressionParams,
  SuppressionResult,
  WorkspaceSummary,
} from './messages';
export {
  arcsAtMethod,
  arcTableMethod,
  checkWorkspaceMethod,
  driversMethod,
  explainRuleCommand,
  generateSkeletonCommand,
  rulesMethod,
  showArcTableCommand,
  showMissingArcsCommand,
  simulateCommand,
  skeletonMethod,
  statusCapability,
  statusMethod,
  suppressCommand,
  suppressionMethod,
} from './messages';
export { bytesText, parseBytes, parseRate, parseTime, rateText, timeText } from './quantity';
export type {
  ParameterDescription,
  ParameterKind,
  ParameterValues,
  ScenarioDescription,
  ScenarioOutcome,
  Verdict,
} from './scenario';
export { outcomes, parameterKinds } from './scenario';
export { hasShape, isArc, isLocation, isPosition } from './shape';
export type * from './simulation';
export {
  exportFormats,
  simulationBranchMethod,
  simulationCatalogueMethod,
  simulationChangedMethod,
  simulationCloseMethod,
  simulationCompareMethod,
  simulationDispatchMethod,
  simulationExportMethod,
  simulationImportMethod,
  simulationMachineMethod,
  simulationOpenMethod,
  simulationRunMethod,
} from './simulation';
export {
  isMachineDescription,
  isMachineRef,
  isSimulationAdvance,
  isSimulationCatalogue,
  isSimulationChanged,
  isSimulationExport,
  isSimulationImportResult,
  isSimulationSession,
  isTraceComparison,
} from './simulationGuards';
export {
  isSimulationBranchParams,
  isSimulationCloseParams,
  isSimulationCompareParams,
  isSimulationDispatchParams,
  isSimulationExportParams,
  isSimulationImportParams,
  isSimulationMachineParams,
  isSimulationOpenParams,
  isSimulationRunParams,
} from './simulationParams';
export type {
  ComparedStep,
  DeviceView,
  FdView,
  Lane,
  ResumingView,
  RowKind,
  SavingView,
  Trace,
  TraceComparison,
  TraceDevice,
  TraceRow,
  TraceStep,
  WorldView,
} from './trace';
export { lanes, rowKinds, traceSchema, traceVersion } from './trace';
export type { TraceHead } from './traceGuard';
export { isTraceHead, isTraceStep, traceHeadMismatch, traceStepMismatch } from './traceGuard';
