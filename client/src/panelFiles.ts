import * as vscode from 'vscode';
import type { ChosenFile, FileToSave } from './panel/contract';

/** Files that the user sends out of a panel and takes in. Nothing is written or read without their choosing it. */

/** A saved trace is a few megabytes; what is larger is something else. */
const largestFile = 64 * 1024 ** 2;

/** Writes where the user says; the file's name, null when they chose none. */
export async function saveFile({ name, content }: FileToSave): Promise<string | null> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog(
    folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) },
  );
  if (target === undefined) return null;
  const bytes = 'text' in content ? Buffer.from(content.text, 'utf8') : Buffer.from(content.base64, 'base64');
  await vscode.workspace.fs.writeFile(target, bytes);
  return vscode.workspace.asRelativePath(target);
}

/** Reads what the user chooses; null when they chose none. */
export async function chooseFile(): Promise<ChosenFile | null> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('A saved trace, a log of QEMU, or samples of migration/state'),
    })) ?? [];
  if (file === undefined) return null;
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const { size } = await vscode.workspace.fs.stat(file);
  if (size > largestFile) throw new Error(vscode.l10n.t('{0} is larger than {1} MiB', name, largestFile / 1024 ** 2));
  return { name, text: Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8') };
}
