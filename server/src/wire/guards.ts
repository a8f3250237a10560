import { profileIds, stateNames } from '../uapi';
import type { ArcRow, ArcTable, DeclaredFlagSet, DriverTable, FindingRow, FlagSetRow, MissingRow } from './arcTable';
import { arcResults, arcStatuses, severityNames } from './arcTable';
import type {
  ArcsAt,
  ArcsAtParams,
  ArcTableParams,
  ClientOptions,
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
import type { Guard } from './shape';
import {
  arcShape,
  hasShape,
  isArc,
  isBoolean,
  isCount,
  isFlags,
  isLocation,
  isPosition,
  isString,
  isText,
  listOf,
  nullOr,
  oneOf,
} from './shape';

/** Runtime guards for what crosses between processes: a value that passes has the whole declared shape. */

const isNamed = (value: unknown): boolean => hasShape(value, { name: isString, location: isLocation });

const isFlagSet: Guard<FlagSetRow> = (value): value is FlagSetRow => hasShape(value, { flags: isFlags, when: isText });

const isDeclaredFlagSet: Guard<DeclaredFlagSet> = (value): value is DeclaredFlagSet =>
  isFlagSet(value) && hasShape(value, { declaredAt: nullOr(isLocation) });

const isFinding: Guard<FindingRow> = (value): value is FindingRow =>
  hasShape(value, { rule: isString, severity: oneOf(severityNames), message: isString, location: isLocation });

const isArcRow: Guard<ArcRow> = (value): value is ArcRow =>
  hasShape(value, {
    ...arcShape,
    status: oneOf(arcStatuses),
    required: isBoolean,
    returns: listOf(oneOf(arcResults)),
    due: oneOf(['null', 'new-file']),
    condition: isText,
    place: isLocation,
  });

const isMissingRow: Guard<MissingRow> = (value): value is MissingRow =>
  hasShape(value, {
    ...arcShape,
    requiredBy: isFlags,
    flagSets: listOf(isCount),
    breaks: listOf(isArc),
    stopsMigration: isBoolean,
    always: isBoolean,
    rejectedAt: isLocation,
  });

const isDriver: Guard<DriverTable> = (value): value is DriverTable =>
  hasShape(value, {
    name: isString,
    ops: isNamed,
    setState: isNamed,
    profile: (profile) => hasShape(profile, { id: oneOf(profileIds), title: isString, reason: isString }),
    states: listOf(oneOf(stateNames)),
    flagSets: listOf(isDeclaredFlagSet),
    arcs: listOf(isArcRow),
    missing: listOf(isMissingRow),
    superfluous: listOf(isArc),
    findings: listOf(isFinding),
  });

/** True for an answer to `vfio/arcTable`. */
export function isArcTable(value: unknown): value is ArcTable {
  return hasShape(value, {
    drivers: listOf(isDriver),
    notDrivers: listOf((entry) => hasShape(entry, { message: isString, location: isLocation })),
  });
}

/** True for the parameters of `vfio/arcsAt`. */
export function isArcsAtParams(value: unknown): value is ArcsAtParams {
  return isArcTableParams(value) && hasShape(value, { position: isPosition });
}

/** True for an answer to `vfio/arcsAt`. */
export function isArcsAt(value: unknown): value is ArcsAt {
  const isOfDriver = (each: unknown) =>
    hasShape(each, { name: isString, uri: isString, ops: isString, arcs: listOf(isArc) });
  return hasShape(value, { drivers: listOf(isOfDriver) });
}

const isTexts = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isString);

/** True for the parameters of `vfio/arcTable`. */
export function isArcTableParams(value: unknown): value is ArcTableParams {
  return hasShape(value, { textDocument: (document) => hasShape(document, { uri: isString }) });
}

/** True for an answer to `vfio/checkWorkspace`. */
export function isWorkspaceSummary(value: unknown): value is WorkspaceSummary {
  return hasShape(value, {
    files: isCount,
    modules: isCount,
    drivers: isCount,
    findings: isCount,
    cancelled: isBoolean,
  });
}

/** True for the parameters of `vfio/status`. */
export function isServerStatus(value: unknown): value is ServerStatus {
  return hasShape(value, { drivers: isCount, missing: isCount, busy: isBoolean });
}

const isDriverEntry: Guard<DriverEntry> = (value): value is DriverEntry =>
  hasShape(value, {
    name: isString,
    ops: isString,
    location: isLocation,
    files: listOf(isString),
    flags: nullOr(isFlags),
    coverage: nullOr((coverage) => hasShape(coverage, { required: isCount, handled: isCount, undecided: isCount })),
  });

/** True for an answer to `vfio/drivers`. */
export function isDriverList(value: unknown): value is DriverList {
  return hasShape(value, { drivers: listOf(isDriverEntry) });
}

const isRule: Guard<RuleDescription> = (value): value is RuleDescription =>
  hasShape(value, { id: isString, severity: oneOf(severityNames), summary: isString, markdown: isString });

/** True for an answer to `vfio/rules`. */
export function isRuleList(value: unknown): value is RuleList {
  return hasShape(value, { rules: listOf(isRule) });
}

/** True for the parameters of `vfio/skeleton`. */
export function isSkeletonParams(value: unknown): value is SkeletonParams {
  const isTarget = (target: unknown) =>
    target === undefined || hasShape(target, { uri: isString, position: isOptionalPosition });
  return hasShape(value, { flags: isFlags, name: isString, scope: oneOf(['driver', 'part']), target: isTarget });
}

const isOptionalPosition = (value: unknown): boolean => value === undefined || isPosition(value);
const isOptionalInsertion = (value: unknown): boolean =>
  value === undefined || hasShape(value, { text: isString, position: isPosition });

/** True for an answer to `vfio/skeleton`. */
export function isSkeletonResult(value: unknown): value is SkeletonResult {
  return (
    hasShape(value, {
      kind: oneOf(['text']),
      text: isString,
      position: isOptionalPosition,
      includes: isOptionalInsertion,
    }) || hasShape(value, { kind: oneOf(['problem']), message: isString })
  );
}

/** True for the parameters of `vfio/suppression`. */
export function isSuppressionParams(value: unknown): value is SuppressionParams {
  return isArcTableParams(value) && hasShape(value, { position: isPosition, rule: isString, reason: isString });
}

/** True for an answer to `vfio/suppression`. */
export function isSuppressionResult(value: unknown): value is SuppressionResult {
  return (
    hasShape(value, { kind: oneOf(['insert']), position: isPosition, text: isString }) ||
    hasShape(value, { kind: oneOf(['problem']), message: isString })
  );
}

/** True for the argument of a command about one driver. */
export function isDriverArgument(value: unknown): value is DriverArgument {
  return hasShape(value, { uri: isString, ops: isString, arc: (arc) => arc === undefined || isArc(arc) });
}

/** True for the argument of a command about one finding. */
export function isFindingArgument(value: unknown): value is FindingArgument {
  return hasShape(value, { uri: isString, rule: isString, position: isPosition });
}

/** True for initializationOptions as far as the server knows them. */
export function isClientOptions(value: unknown): value is ClientOptions {
  return hasShape(value, {
    commands: (commands) => commands === undefined || listOf(isString)(commands),
    texts: (texts) => texts === undefined || isTexts(texts),
  });
}
