import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, positionOf, sample, servers, untilFindings } from './support';

/** The commands by their ids, with what a lens, a row or a key binding hands them. Their dialogs are tested in the workbench. */
describe('commands', () => {
  const uri = sample('stratus/main.c');
  const run = (command: string, ...parameters: readonly unknown[]) =>
    vscode.commands.executeCommand(`vfioArcs.${command}`, ...parameters);
  const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

  beforeEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(uri);
    await untilFindings(uri, 'missing-arc', 1);
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('copy the arc table of the active driver as Markdown', async () => {
    await vscode.env.clipboard.writeText('');
    await run('copyArcTable');
    const text = await eventually('the table', async () => (await vscode.env.clipboard.readText()) || undefined);
    assert.match(text, /^### VFIO migration arcs of stratus-vfio-pci\n/);
    assert.match(text, /^\| PRE_COPY_P2P \|.*\| MISSING \|/m);
    assert.match(text, /^- `PRE_COPY_P2P -> STOP_COPY`: required by P2P and PRE_COPY; rejected at main\.c:299;/m);
  });

  it('show the driver that they are called for, whatever is active', async () => {
    await run('showArcTable', { uri: sample('nimbus/hw.c').toString(), ops: 'nimbus_migration_ops' });
    const table = await eventually('the table', () =>
      vscode.workspace.textDocuments.find(({ uri: { scheme, path } }) => scheme === 'vfio-arcs' && /nimbus/.test(path)),
    );
    assert.match(table.getText(), /All 15 required arcs are handled\./);
  });

  it('compare with the reference, and follow an edit there', async () => {
    await run('compareWithReference');
    const input = await eventually('the comparison', () =>
      tabs()
        .map((tab) => tab.input)
        .find((each) => each instanceof vscode.TabInputTextDiff),
    );
    const textOf = async (side: vscode.Uri): Promise<string> =>
      (await vscode.workspace.openTextDocument(side)).getText();
    const arc = /^PRE_COPY_P2P -> STOP_COPY {2,}NULL$/m;
    assert.match(await textOf(input.original), arc);
    assert.doesNotMatch(await textOf(input.modified), arc);

    const document = await vscode.workspace.openTextDocument(uri);
    const place = positionOf(
      document,
      'case VFIO_DEVICE_STATE_PRE_COPY:\n\t\treturn stratus_run(st, STRATUS_RUN_FULL);',
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, place, 'case VFIO_DEVICE_STATE_STOP_COPY: return NULL;\n\t');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually('the arc on both sides', async () => (arc.test(await textOf(input.modified)) ? true : undefined));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explain a rule in a preview', async () => {
    await run('explainRule', 'wrong-data-fd');
    await eventually('the preview', () => tabs().find(({ label }) => label.includes('wrong-data-fd')));
  });

  it('go from one missing arc to the next, and around', async () => {
    const line = () => vscode.window.activeTextEditor?.selection.start.line;
    await run('goToMissingArc');
    assert.equal(line(), 298);
    await run('goToMissingArc');
    assert.equal(line(), 298);
  });

  it('open the sample driver as a copy that can be edited, and no second server', async () => {
    await run('openSample');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.match(editor.document.uri.path, /\/sample\/stratus\/main\.c$/);
    assert.ok(vscode.workspace.getWorkspaceFolder(editor.document.uri) === undefined, 'outside of the workspace');
    await untilFindings(editor.document.uri, 'missing-arc', 1);
    assert.equal(servers().length, 1);
  });

  it('show the log of the server', async () => {
    const logs = () => vscode.window.visibleTextEditors.filter(({ document }) => document.uri.scheme === 'output');
    await run('showLog');
    // Only that it is there: without its native modules VS Code writes no logs.
    await eventually('the log', () => logs().find(({ document }) => /vfio-arcs/.test(document.uri.path)));
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('turn the names of arcs on and off for all windows', async () => {
    const value = () => vscode.workspace.getConfiguration('vfioArcs').get('inlayHints');
    await run('toggleInlayHints');
    assert.equal(value(), true);
    await run('toggleInlayHints');
    assert.equal(value(), false);
  });
});
