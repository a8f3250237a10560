import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extensionId, pause, sample, servers } from './support';

describe('activation', () => {
  it('starts no server for C that has nothing to do with migration', async () => {
    await vscode.window.showTextDocument(sample('plain/hello.c'));
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, 'the packaged extension is installed');
    await eventually('the extension to be active', () => extension.isActive || undefined);
    await pause(1_000);
    assert.deepEqual(servers(), []);
  });

  it('registers every command of its manifest', async () => {
    const manifest: { contributes: { commands: { command: string }[] } } =
      vscode.extensions.getExtension(extensionId)?.packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    const promised = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(promised.length >= 4);
    assert.deepEqual(
      promised.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('starts the server as soon as the text speaks of migration', async () => {
    const document = await vscode.workspace.openTextDocument(sample('plain/hello.c'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'static const struct vfio_migration_ops hello_ops;\n');
    await vscode.workspace.applyEdit(edit);
    await eventually('one server', () => (servers().length === 1 ? true : undefined));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
