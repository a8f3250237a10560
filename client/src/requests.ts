import type * as vscode from 'vscode';
import type {
  ArcTable,
  DriverEntry,
  RuleDescription,
  SkeletonParams,
  SkeletonResult,
  SuppressionParams,
  SuppressionResult,
  WireLocation,
} from '../../server/src/wire';
import {
  arcTableMethod,
  driversMethod,
  isArcTable,
  isDriverList,
  isRuleList,
  isSkeletonResult,
  isSuppressionResult,
  rulesMethod,
  skeletonMethod,
  suppressionMethod,
} from '../../server/src/wire';
import type { Server } from './server';

/** The requests of our own to the server. Each rejects when the answer is not what it should be. */

/** The arcs of the drivers that a file belongs to. */
export async function requestTable({ client }: Server, uri: string): Promise<ArcTable> {
  const table: unknown = await client.sendRequest(arcTableMethod, { textDocument: { uri } });
  if (!isArcTable(table)) throw new Error('VFIO: the language server answered with something that is no arc table.');
  return table;
}

/** The drivers known in open files and workspace folders. */
export async function requestDrivers({ client }: Server): Promise<readonly DriverEntry[]> {
  const list: unknown = await client.sendRequest(driversMethod);
  if (!isDriverList(list))
    throw new Error('VFIO: the language server answered with something that is no list of drivers.');
  return list.drivers;
}

/** The range of a place, as VS Code has it. */
export function placeRange({ client }: Server, { range }: WireLocation): vscode.Range {
  return client.protocol2CodeConverter.asRange(range);
}

/** All rules, in the order of reports. */
export async function requestRules({ client }: Server): Promise<readonly RuleDescription[]> {
  const list: unknown = await client.sendRequest(rulesMethod);
  if (!isRuleList(list)) throw new Error('VFIO: the language server answered with something that is no list of rules.');
  return list.rules;
}

/** The text of a new driver. */
export async function requestSkeleton({ client }: Server, params: SkeletonParams): Promise<SkeletonResult> {
  const result: unknown = await client.sendRequest(skeletonMethod, params);
  if (!isSkeletonResult(result)) throw new Error('VFIO: the language server answered with something that is no text.');
  return result;
}

/** The comment that allows a finding. */
export async function requestSuppression({ client }: Server, params: SuppressionParams): Promise<SuppressionResult> {
  const result: unknown = await client.sendRequest(suppressionMethod, params);
  if (!isSuppressionResult(result))
    throw new Error('VFIO: the language server answered with something that is no text.');
  return result;
}
