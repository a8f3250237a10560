import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, sample, untilFindings } from './support';

/** Mends in the sample driver that lacks PRE_COPY_P2P -> STOP_COPY. */
describe('quick fixes', () => {
  const uri = sample('stratus/main.c');
  let document: vscode.TextDocument;
  let before: string;

  beforeEach(async () => {
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    before = document.getText();
    await untilFindings(uri, 'missing-arc', 1);
  });
  afterEach(async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await untilFindings(uri, 'missing-arc', 1);
  });

  const actionsAt = async (kind: string): Promise<readonly vscode.CodeAction[]> => {
    const [missing] = await untilFindings(uri, 'missing-arc', 1);
    assert.ok(missing);
    return vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      missing.range,
      kind,
      10,
    );
  };

  it('write the missing arc, and undo brings the text back', async () => {
    const actions = await actionsAt(vscode.CodeActionKind.QuickFix.value);
    const write = actions.find(({ title }) => title === 'Write PRE_COPY_P2P -> STOP_COPY');
    assert.ok(write?.edit, actions.map(({ title }) => title).join(', '));
    assert.equal(write.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(write.edit));
    await untilFindings(uri, 'missing-arc', 0);
    assert.match(document.getText(), /case VFIO_DEVICE_STATE_STOP_COPY:\n\t\t\/\*\n/);
    await vscode.commands.executeCommand('undo');
    await untilFindings(uri, 'missing-arc', 1);
    assert.equal(document.getText(), before);
  });

  it('mend everything in the file by its source action', async () => {
    await vscode.commands.executeCommand('editor.action.sourceAction', {
      kind: 'source.fixAll.vfioArcs',
      apply: 'first',
    });
    await untilFindings(uri, 'missing-arc', 0);
    await vscode.commands.executeCommand('undo');
    await untilFindings(uri, 'missing-arc', 1);
    assert.equal(document.getText(), before);
  });
});

describe('the skeleton', () => {
  it('of a new driver opens in a new file, and nothing is found in it', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const writing = vscode.commands.executeCommand('vfioArcs.generateSkeleton');
    const made = await eventually('the new driver', async () => {
      // Takes what is picked or typed at first: STOP_COPY alone, and the name that is there.
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      const document = vscode.window.activeTextEditor?.document;
      return document?.isUntitled === true && document.languageId === 'c' ? document : undefined;
    });
    await writing;
    assert.match(made.getText(), /vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;/);
    assert.match(made.getText(), /^static struct file \*foo_step\(/m);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('of a migration part is put behind the function that the cursor is in', async () => {
    const document = await vscode.workspace.openTextDocument(sample('stratus/main.c'));
    const before = document.getText();
    const inside = document.positionAt(before.indexOf('\tcase VFIO_DEVICE_STATE_RUNNING_P2P:'));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(inside, inside) });
    const writing = vscode.commands.executeCommand('vfioArcs.generateSkeleton');
    await eventually('the part', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return document.getText().length > before.length ? true : undefined;
    });
    await writing;
    assert.match(document.getText(), /\n}\n\n#include <linux\/anon_inodes\.h>\n/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });
});
