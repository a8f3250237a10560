import * as vscode from 'vscode';

/** The sample driver as the package carries it: one source file, and the Makefile that names its module. */
const shipped = 'test/samples/stratus';
const sourceName = 'main.c';

/**
 * Opens the sample driver, which lacks an arc: a copy that can be edited, outside of every workspace. One that was edited
 * before stays as it was left, unless the user wants to start over; that can be undone like any edit.
 */
export async function openSample({ extensionUri, globalStorageUri }: vscode.ExtensionContext): Promise<void> {
  const from = vscode.Uri.joinPath(extensionUri, shipped);
  const to = vscode.Uri.joinPath(globalStorageUri, 'sample', 'stratus');
  const source = vscode.Uri.joinPath(to, sourceName);
  if (!(await exists(source))) {
    await vscode.workspace.fs.createDirectory(to);
    for (const name of [sourceName, 'Makefile']) {
      await vscode.workspace.fs.copy(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(to, name));
    }
  }
  const document = await vscode.workspace.openTextDocument(source);
  await vscode.window.showTextDocument(document, { preview: false });
  const original = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(from, sourceName)));
  if (document.getText() !== original) void offerToStartOver(document, original);
}

async function offerToStartOver(document: vscode.TextDocument, original: string): Promise<void> {
  const startOver = vscode.l10n.t('Start Over');
  const message = vscode.l10n.t('VFIO: This is the sample driver as you left it.');
  if ((await vscode.window.showInformationMessage(message, startOver)) !== startOver) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), original);
  await vscode.workspace.applyEdit(edit);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
