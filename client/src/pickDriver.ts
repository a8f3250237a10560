import * as vscode from 'vscode';
import { requestDrivers } from './requests';
import type { Server } from './server';

/** Lets the user choose among the drivers that the server knows; gives the source file's URI. `why` says why there is a choice. */
export async function pickDriver(server: Server, why: string): Promise<string | undefined> {
  const drivers = await requestDrivers(server);
  if (drivers.length === 0) {
    const check = 'Check Workspace';
    const chosen = await vscode.window.showInformationMessage(
      `${why}. No driver is known in this workspace either.`,
      check,
    );
    if (chosen === check) await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    return undefined;
  }
  const items = drivers.map(({ name, location }) => {
    const file = server.client.protocol2CodeConverter.asUri(location.uri);
    return { label: name, description: vscode.workspace.asRelativePath(file), uri: location.uri };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: why,
    placeHolder: 'Show the arc table of another driver',
    matchOnDescription: true,
  });
  return chosen?.uri;
}
