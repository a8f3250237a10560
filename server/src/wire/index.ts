/** The custom LSP messages between server, client and panel: plain JSON and its runtime guards. */
export type {
  ArcResult,
  ArcRow,
  ArcRowStatus,
  ArcTable,
  DriverTable,
  FlagSetRow,
  MissingRow,
  WireLocation,
  WirePosition,
  WireRange,
} from './arcTable';
export { arcResults, arcStatuses } from './arcTable';
export { isArcTable, isArcTableParams, isDriverList, isServerStatus, isWorkspaceSummary } from './guards';
export type { ArcTableParams, ArcTableResult, DriverList, ServerStatus, WorkspaceSummary } from './messages';
export { arcTableMethod, checkWorkspaceMethod, driversMethod, statusMethod } from './messages';
