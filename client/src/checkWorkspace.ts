import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { checkWorkspaceMethod, isWorkspaceSummary } from '../../server/src/wire';
import { count } from './status';

/** Has the server look through all workspace folders now, and says what came of it. */
export async function checkWorkspace(client: LanguageClient): Promise<void> {
  if (vscode.workspace.workspaceFolders === undefined) {
    await vscode.window.showInformationMessage(
      'VFIO: Check Workspace looks through open folders, and none is open. Open the kernel tree or the driver’s folder first.',
    );
    return;
  }
  const summary: unknown = await client.sendRequest(checkWorkspaceMethod);
  if (!isWorkspaceSummary(summary))
    throw new Error('VFIO: the language server answered with something that is not a workspace summary.');
  const { files, drivers, findings, cancelled } = summary;
  const found = `${count(findings, 'finding')} in ${count(drivers, 'VFIO migration driver')} (${count(files, 'C file')} looked at)`;
  const message = cancelled ? `VFIO: stopped early, ${found} until then.` : `VFIO: ${found}.`;
  const show = findings > 0 ? ['Show Problems'] : [];
  // Not awaited: the command is done, whatever becomes of the message.
  void vscode.window.showInformationMessage(message, ...show).then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}
