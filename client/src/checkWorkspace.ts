import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { WorkspaceSummary } from '../../server/src/wire';
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
  const show = t('Show Problems');
  const again = t('Check Again');
  const buttons = [...(summary.findings > 0 ? [show] : []), ...(summary.cancelled ? [again] : [])];
  void vscode.window.showInformationMessage(messageOf(summary), ...buttons).then((chosen) => {
    if (chosen === show) void vscode.commands.executeCommand('workbench.actions.view.problems');
    if (chosen === again) void vscode.commands.executeCommand('vfioArcs.checkWorkspace');
  });
}

function messageOf({ files, drivers, findings, cancelled }: WorkspaceSummary): string {
  const { t } = vscode.l10n;
  const looked = count(files, t('{0} C file'), t('{0} C files'));
  const found = t(
    '{0} in {1}',
    count(findings, t('{0} finding'), t('{0} findings')),
    count(drivers, t('{0} VFIO migration driver'), t('{0} VFIO migration drivers')),
  );
  if (cancelled) {
    return t(
      'VFIO: ended after {0}. Problems has what is known so far, {1}; other files may have more.',
      looked,
      found,
    );
  }
  if (drivers > 0) return t('VFIO: {0} ({1} looked at).', found, looked);
  return t(
    'VFIO: no migration driver found, {0} looked at. A driver sets migration_set_state in a struct vfio_migration_ops or vfio_device_ops; the output of VFIO Arcs tells why one that does was not recognised.',
    looked,
  );
}
