import * as vscode from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';
import type {
  ArcsAt,
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
  arcsAtMethod,
  arcTableMethod,
  driversMethod,
  isArcsAt,
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
  if (!isArcTable(table)) throw misshapen(arcTableMethod);
  return table;
}

/** The arcs that references at a position of an open document are of. */
export async function requestArcsAt(
  { client }: Server,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<ArcsAt> {
  const params = client.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
  const found: unknown = await client.sendRequest(arcsAtMethod, params);
  if (!isArcsAt(found)) throw misshapen(arcsAtMethod);
  return found;
}

/** The drivers known in open files and workspace folders. */
export async function requestDrivers({ client }: Server): Promise<readonly DriverEntry[]> {
  const list: unknown = await client.sendRequest(driversMethod);
  if (!isDriverList(list)) throw misshapen(driversMethod);
  return list.drivers;
}

/** The range of a place, as VS Code has it. */
export function placeRange({ client }: Server, { range }: WireLocation): vscode.Range {
  return client.protocol2CodeConverter.asRange(range);
}

/** All rules, in the order of reports. */
export async function requestRules({ client }: Server): Promise<readonly RuleDescription[]> {
  const list: unknown = await client.sendRequest(rulesMethod);
  if (!isRuleList(list)) throw misshapen(rulesMethod);
  return list.rules;
}

/** The text of a new driver. */
export async function requestSkeleton({ client }: Server, params: SkeletonParams): Promise<SkeletonResult> {
  const result: unknown = await client.sendRequest(skeletonMethod, params);
  if (!isSkeletonResult(result)) throw misshapen(skeletonMethod);
  return result;
}

/** The comment that allows a finding. */
export async function requestSuppression({ client }: Server, params: SuppressionParams): Promise<SuppressionResult> {
  const result: unknown = await client.sendRequest(suppressionMethod, params);
  if (!isSuppressionResult(result)) throw misshapen(suppressionMethod);
  return result;
}

/**
 * For what only adds to other answers: nothing without a server, when it dies while it is asked, and when the text changed or the
 * request was taken back meanwhile.
 */
export async function askedAside<T>(server: Server, ask: () => Promise<T>): Promise<T | undefined> {
  if (server.state !== 'running') return undefined;
  const { client } = server;
  try {
    return await ask();
  } catch (error) {
    const isOver = server.state !== 'running' || client !== server.client || !client.isRunning();
    if (isOver || error instanceof ResponseError) return undefined;
    throw error;
  }
}

/** What a user is told of an answer that has not the shape that it should have: another version of the server, or a fault of it. */
export function misshapen(method: string): Error {
  return new Error(
    vscode.l10n.t(
      'VFIO: The language server answered {0} with something of another shape. Its log may say more.',
      method,
    ),
  );
}
