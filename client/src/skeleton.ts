import * as vscode from 'vscode';
import type { FlagName } from '../../server/src/wire';
import { requestSkeleton } from './requests';
import type { Server } from './server';

/**
 * Asks for flags and a name and writes a new driver: the migration part at the cursor of the active C file, else a whole driver
 * in a new untitled file. Both can be undone like any other edit.
 */
export async function generateSkeleton(server: Server): Promise<void> {
  const flags = await pickFlags();
  if (flags === undefined) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the driver'),
    prompt: vscode.l10n.t('All names of the driver begin with it: lower case letters, digits and _.'),
    value: 'foo',
    validateInput: (text) =>
      /^[a-z][a-z0-9_]*$/.test(text) ? undefined : vscode.l10n.t('Lower case letters, digits and _, a letter first.'),
  });
  if (name === undefined) return;
  const editor = vscode.window.activeTextEditor;
  const target = editor?.document.languageId === 'c' ? editor : undefined;
  const scope = target === undefined || target.document.getText().trim() === '' ? 'driver' : 'part';
  const answer = await requestSkeleton(server, { flags, name, scope });
  if (answer.kind === 'problem') {
    void vscode.window.showWarningMessage(vscode.l10n.t('VFIO: {0}', answer.message));
    return;
  }
  if (target === undefined) {
    const document = await vscode.workspace.openTextDocument({ language: 'c', content: answer.text });
    await vscode.window.showTextDocument(document);
    return;
  }
  await target.edit((edit) => edit.insert(target.selection.active, answer.text));
}

interface FlagItem extends vscode.QuickPickItem {
  readonly flag: FlagName;
}

/** STOP_COPY is in every set, so that only the others are a choice. */
async function pickFlags(): Promise<readonly FlagName[] | undefined> {
  const items: readonly FlagItem[] = [
    {
      flag: 'P2P',
      label: 'VFIO_MIGRATION_P2P',
      detail: vscode.l10n.t('The device can be kept from peer-to-peer DMA while it still runs.'),
    },
    {
      flag: 'PRE_COPY',
      label: 'VFIO_MIGRATION_PRE_COPY',
      detail: vscode.l10n.t('Saving begins while the device still runs.'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Migration flags'),
    placeHolder: vscode.l10n.t('What the driver declares besides VFIO_MIGRATION_STOP_COPY, which every driver does'),
  });
  return picked === undefined ? undefined : ['STOP_COPY', ...picked.map(({ flag }) => flag)];
}
