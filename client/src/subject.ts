import * as vscode from 'vscode';
import type { DriverArgument, DriverEntry, DriverTable } from '../../server/src/wire';
import { isDriverArgument } from '../../server/src/wire';
import { sourceOfTable } from './arcTableView';
import { ArcTreeItem } from './arcTreeItem';
import { driverFiles } from './driverText';
import { requestDrivers, requestTable } from './requests';
import type { Server } from './server';

/** The driver that a command is about. */
export interface Subject {
  /** A file of the driver. */
  readonly uri: string;
  readonly driver: DriverTable;
}

/**
 * The driver that a command was called for: the one of the row or lens that it was called on, else the active file's. Where there
 * is none, or more than one, the user is told why and chooses; undefined when that is not done. `purpose` is for the choice.
 */
export async function subjectOf(server: Server, argument: unknown, purpose: string): Promise<Subject | undefined> {
  const named = namedDriver(argument);
  if (named !== null) {
    const found = (await requestTable(server, named.uri)).drivers.find(({ ops }) => ops.name === named.ops);
    if (found !== undefined) return { uri: named.uri, driver: found };
    return pick(server, vscode.l10n.t('The driver with the migration ops {0} is gone', named.ops), purpose);
  }
  const document = vscode.window.activeTextEditor?.document;
  const uri = document === undefined ? null : sourceOf(document);
  if (document === undefined || uri === null) return withoutFile(server, purpose);
  const { drivers, notDrivers } = await requestTable(server, uri);
  const [only] = drivers;
  if (only === undefined) {
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const reason =
      notDrivers[0]?.message ??
      vscode.l10n.t('nothing in its folder sets migration_set_state in a struct vfio_migration_ops or vfio_device_ops');
    return pick(server, vscode.l10n.t('{0} belongs to no VFIO migration driver: {1}', name, reason), purpose);
  }
  if (drivers.length === 1) return { uri, driver: only };
  const chosen = await vscode.window.showQuickPick(
    drivers.map((driver) => ({ label: driver.name, description: driver.setState.name, driver })),
    { title: vscode.l10n.t('This file belongs to several drivers'), placeHolder: purpose },
  );
  return chosen === undefined ? undefined : { uri, driver: chosen.driver };
}

/** The C file that a document is, or shows the table of; null for others. */
function sourceOf(document: vscode.TextDocument): string | null {
  if (vscode.languages.match(driverFiles, document) > 0) return document.uri.toString();
  return sourceOfTable(document.uri);
}

/** The driver, and the arc, that a row of the view, a lens or a link stands for; null for anything else. */
export function namedDriver(argument: unknown): DriverArgument | null {
  if (!(argument instanceof ArcTreeItem)) return isDriverArgument(argument) ? argument : null;
  const { driver, node } = argument;
  const named = { uri: driver.location.uri, ops: driver.ops };
  return node.arc === null ? named : { ...named, arc: node.arc };
}

/** What a command is about while something else than C is looked at: the driver, when there is only one. */
async function withoutFile(server: Server, purpose: string): Promise<Subject | undefined> {
  const [only, other] = await requestDrivers(server);
  return only !== undefined && other === undefined
    ? subjectOfEntry(server, only)
    : pick(server, vscode.l10n.t('No C file is active'), purpose);
}

/** Undefined for a driver that is gone meanwhile. */
async function subjectOfEntry(server: Server, { location, ops }: DriverEntry): Promise<Subject | undefined> {
  const driver = (await requestTable(server, location.uri)).drivers.find((each) => each.ops.name === ops);
  return driver === undefined ? undefined : { uri: location.uri, driver };
}

/** Lets the user choose among the drivers that the server knows. */
async function pick(server: Server, why: string, purpose: string): Promise<Subject | undefined> {
  const drivers = await requestDrivers(server);
  if (drivers.length === 0) {
    const check = vscode.l10n.t('Check Workspace');
    const message = vscode.l10n.t('{0}. No driver is known in this workspace either.', why);
    // Not awaited: the command is done, whatever becomes of the message.
    void vscode.window.showInformationMessage(message, check).then((chosen) => {
      if (chosen === check) void vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    });
    return undefined;
  }
  const items = drivers.map((entry) => {
    const file = server.client.protocol2CodeConverter.asUri(entry.location.uri);
    return { label: entry.name, description: vscode.workspace.asRelativePath(file), entry };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: why,
    placeHolder: purpose,
    matchOnDescription: true,
  });
  return chosen === undefined ? undefined : subjectOfEntry(server, chosen.entry);
}
