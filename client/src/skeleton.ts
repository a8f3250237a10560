import * as vscode from 'vscode';
import type { FlagName, SkeletonParams } from '../../server/src/wire';
import { requestSkeleton } from './requests';
import type { Server } from './server';

/**
 * Asks for flags and a name and writes a new driver: the migration part behind the definition at the cursor of the active C file,
 * else a whole driver in a new untitled file. Both can be undone like any other edit.
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
  const answer = await requestSkeleton(server, { flags, name, scope, ...targetOf(server, target) });
  if (answer.kind === 'problem') {
    void vscode.window.showWarningMessage(vscode.l10n.t('VFIO: {0}', answer.message));
    return;
  }
  if (target === undefined) {
    const document = await vscode.workspace.openTextDocument({ language: 'c', content: answer.text });
    await vscode.window.showTextDocument(document);
    return;
  }
  const { position, includes } = answer;
  const { protocol2CodeConverter: convert } = server.client;
  const place = position === undefined ? target.selection.active : convert.asPosition(position);
  await target.edit((edit) => {
    if (includes !== undefined) edit.insert(convert.asPosition(includes.position), includes.text);
    edit.insert(place, answer.text);
  });
  const shown = place.translate((includes?.text.split('\n').length ?? 1) - 1);
  target.revealRange(new vscode.Range(shown, shown), vscode.TextEditorRevealType.AtTop);
}

/** Where the driver comes to: the cursor of the editor, else the first folder. */
function targetOf({ client }: Server, editor: vscode.TextEditor | undefined): Pick<SkeletonParams, 'target'> {
  const { code2ProtocolConverter: convert } = client;
  if (editor !== undefined) {
    const { document, selection } = editor;
    return { target: { uri: convert.asUri(document.uri), position: convert.asPosition(selection.active) } };
  }
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder === undefined ? {} : { target: { uri: convert.asUri(folder.uri) } };
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
