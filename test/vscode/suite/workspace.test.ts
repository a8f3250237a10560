import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { exampleDriver } from '../../../server/src/rules/example';
import { sharedStep } from '../../support/sharedStep';
import { eventually, findings, positionOf, sample, untilFindings } from './support';

/** What becomes of findings as files come, move, change and go, open or not. */
describe('the files of a workspace', () => {
  const folder = sample('moving');
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const oneMissing = exampleDriver({ saving: '' });
  const twoMissing = exampleDriver({ saving: '', closing: '' });

  const create = (uri: vscode.Uri, text: string): Promise<boolean> => {
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(uri, { contents: Buffer.from(text) });
    return Promise.resolve(vscode.workspace.applyEdit(edit));
  };
  const rename = (from: vscode.Uri, to: vscode.Uri): Promise<boolean> => {
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(from, to);
    return Promise.resolve(vscode.workspace.applyEdit(edit));
  };
  const remove = (uri: vscode.Uri): Promise<boolean> => {
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uri, { recursive: true });
    return Promise.resolve(vscode.workspace.applyEdit(edit));
  };

  before(async () => {
    // A file of a driver wakes the server up.
    await vscode.window.showTextDocument(sample('stratus/main.c'));
    await untilFindings(sample('stratus/main.c'), 'missing-arc', 1);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  it('are checked as they are made, and forgotten as they are deleted, though nobody opens them', async () => {
    assert.ok(await create(at('made.c'), oneMissing));
    await untilFindings(at('made.c'), 'missing-arc', 1);
    assert.ok(await remove(at('made.c')));
    await untilFindings(at('made.c'), 'missing-arc', 0);
  });

  it('take their findings with them when they are renamed, closed or open, and lose them when they are deleted then', async () => {
    assert.ok(await create(at('first.c'), oneMissing));
    await untilFindings(at('first.c'), 'missing-arc', 1);
    assert.ok(await rename(at('first.c'), at('second.c')));
    await untilFindings(at('second.c'), 'missing-arc', 1);
    await untilFindings(at('first.c'), 'missing-arc', 0);

    // As the Explorer opens it: what the API opens stays in its memory for minutes, deleted or not.
    await vscode.commands.executeCommand('vscode.open', at('second.c'));
    assert.ok(await rename(at('second.c'), at('third.c')));
    await untilFindings(at('third.c'), 'missing-arc', 1);
    await untilFindings(at('second.c'), 'missing-arc', 0);
    assert.equal(vscode.window.activeTextEditor?.document.uri.path, at('third.c').path);
    assert.ok(await remove(at('third.c')));
    await untilFindings(at('third.c'), 'missing-arc', 0);
  });

  it('move with their folder', async () => {
    assert.ok(await create(at('old/main.c'), oneMissing));
    await untilFindings(at('old/main.c'), 'missing-arc', 1);
    assert.ok(await rename(at('old'), at('new')));
    await untilFindings(at('new/main.c'), 'missing-arc', 1);
    await untilFindings(at('old/main.c'), 'missing-arc', 0);
    assert.ok(await remove(at('new')));
    await untilFindings(at('new/main.c'), 'missing-arc', 0);
  });

  it('are followed when another program writes them', async () => {
    assert.ok(await create(at('outside.c'), exampleDriver()));
    await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    assert.deepEqual(findings(at('outside.c'), 'missing-arc'), []);
    writeFileSync(at('outside.c').fsPath, oneMissing);
    await untilFindings(at('outside.c'), 'missing-arc', 1);
  });

  it('may belong to several drivers, and say once what is wrong in all of them', async () => {
    for (const [name, text] of Object.entries(sharedStep({ saving: '' })))
      assert.ok(await create(at(`pair/${name}`), text));
    await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    await untilFindings(at('pair/shared.c'), 'missing-arc', 1);
    const lensesOf = async (): Promise<readonly string[]> => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        at('pair/shared.c'),
      );
      return lenses.flatMap(({ command }) => command?.title ?? []);
    };
    const document = await vscode.workspace.openTextDocument(at('pair/shared.c'));
    const editor = await vscode.window.showTextDocument(document);
    await eventually('the lenses of both', async () => {
      const titles = await lensesOf();
      return ['one', 'two'].every((name) => titles.includes(`${name}: 5 of 6 arcs · STOP_COPY`)) ? true : undefined;
    });
    await editor.edit((edit) =>
      edit.insert(
        positionOf(document, '\treturn ERR_PTR(-EINVAL);\n}'),
        '\tif (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY)\n' +
          '\t\treturn demo_open(demo, &demo_save_fops, O_RDONLY);\n',
      ),
    );
    await untilFindings(document.uri, 'missing-arc', 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await untilFindings(document.uri, 'missing-arc', 1);
  });

  it('count as they are in the editor, not as they are on the disk', async () => {
    assert.ok(await create(at('unsaved.c'), oneMissing));
    const document = await vscode.workspace.openTextDocument(at('unsaved.c'));
    const editor = await vscode.window.showTextDocument(document);
    await untilFindings(document.uri, 'missing-arc', 1);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    assert.ok(await editor.edit((edit) => edit.replace(whole, exampleDriver())));
    await untilFindings(document.uri, 'missing-arc', 0);

    writeFileSync(document.uri.fsPath, twoMissing);
    // Looks at every file of the workspace again.
    await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    assert.ok(document.isDirty);
    assert.equal(document.getText(), exampleDriver());
    assert.deepEqual(findings(document.uri, 'missing-arc'), []);

    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually('the text of the disk', () => (document.getText() === twoMissing ? true : undefined));
    await untilFindings(document.uri, 'missing-arc', 3);
  });
});
