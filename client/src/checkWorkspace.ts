import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { checkWorkspaceMethod, count, isWorkspaceSummary } from '../../server/src/wire';
import { sendLongRequest } from './longRequest';
import { misshapen } from './requests';

/** Has the server look through all workspace folders now, which a notification can end, and says what came of it. */
export async function checkWorkspace(client: LanguageClient): Promise<void> {
  const { t } = vscode.l10n;
  if (vscode.workspace.workspaceFolders === undefined) {
    // Not awaited, as below: the command is done, whatever becomes of the message.
    void vscode.window.showInformationMessage(
      t(
        'VFIO: Check Workspace looks through open folders, and none is open. Open the kernel tree or the driver’s folder first.',
      ),
    );
    return;
  }
  const summary: unknown = await sendLongRequest(client, checkWorkspaceMethod, {});
  if (!isWorkspaceSummary(summary)) throw misshapen(checkWorkspaceMethod);
  const { files, drivers, findings, cancelled } = summary;
  const found = t(
    '{0} in {1} ({2} looked at)',
    count(findings, t('{0} finding'), t('{0} findings')),
    count(drivers, t('{0} VFIO migration driver'), t('{0} VFIO migration drivers')),
    count(files, t('{0} C file'), t('{0} C files')),
  );
  const message = cancelled ? t('VFIO: stopped early, {0} until then.', found) : t('VFIO: {0}.', found);
  const show = findings > 0 ? [t('Show Problems')] : [];
  void vscode.window.showInformationMessage(message, ...show).then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}
