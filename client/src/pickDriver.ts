import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { driversMethod, isDriverList } from '../../server/src/wire';

/** Lets the user choose among the drivers that the server knows; gives the source file's URI. `why` says why there is a choice. */
export async function pickDriver(client: LanguageClient, why: string): Promise<string | undefined> {
  const list: unknown = await client.sendRequest(driversMethod);
  if (!isDriverList(list))
    throw new Error('VFIO: the language server answered with something that is no list of drivers.');
  if (list.drivers.length === 0) {
    const check = 'Check Workspace';
    const chosen = await vscode.window.showInformationMessage(
      `${why}. No driver is known in this workspace either.`,
      check,
    );
    if (chosen === check) await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    return undefined;
  }
  const items = list.drivers.map(({ name, location }) => {
    const file = client.protocol2CodeConverter.asUri(location.uri);
    return { label: name, description: vscode.workspace.asRelativePath(file), uri: location.uri };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: why,
    placeHolder: 'Show the arc table of another driver',
    matchOnDescription: true,
  });
  return chosen?.uri;
}
