import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { mendableRules } from '../../../server/src/check';
import { ruleOf } from '../../../server/src/rules';
import { exampleDriver } from '../../../server/src/rules/example';
import { eventually, findings, sample, untilFindings } from './support';

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

interface Mend {
  readonly title: string;
  /** What is in the text afterwards; where nothing is said, it is the fixed example of the documentation. */
  readonly writes?: RegExp;
}

/** What mends the example in each rule's documentation. */
const mends: ReadonlyMap<string, Mend> = new Map<string, Mend>([
  ['missing-arc', { title: 'Write STOP -> STOP_COPY', writes: /new == VFIO_DEVICE_STATE_STOP_COPY\) \{\n\t\t\/\*\n/ }],
  [
    'wrong-data-fd',
    {
      title: 'Return a new data file on STOP -> STOP_COPY',
      writes: /\t\tdemo_prepare\(demo\);\n\t\treturn demo_open_saving\(demo\);\n/,
    },
  ],
  [
    'missing-migration-op',
    {
      title: 'Add .migration_get_data_size',
      writes: /\t\.migration_get_data_size = demo_get_data_size,\n/,
    },
  ],
  ['undeclared-flag', { title: 'Declare VFIO_MIGRATION_PRE_COPY' }],
  ['superfluous-arc', { title: 'Remove RUNNING -> RESUMING' }],
  ['blocked-arc', { title: 'Remove STOP_COPY -> PRE_COPY' }],
]);

describe('the quick fix that the editor prefers', () => {
  const folder = sample('flaws');
  const write = async (name: string, text: string): Promise<vscode.TextDocument> => {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    return vscode.workspace.openTextDocument(uri);
  };

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  it('is there for every rule that has one', () => {
    assert.deepEqual([...mends.keys()], mendableRules);
  });

  for (const [rule, { title, writes }] of mends) {
    it(`mends ${rule}, and undo takes it back: ${title}`, async () => {
      const docs = ruleOf(rule)?.docs;
      assert.ok(docs);
      const { example, fixed } = docs;
      const document = await write(`${rule}/main.c`, example);
      const editor = await vscode.window.showTextDocument(document);
      const [finding] = await eventually(`${rule} in its example`, () => {
        const found = findings(document.uri, rule);
        return found.length > 0 ? found : undefined;
      });
      assert.ok(finding);
      const { range } = finding;
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const preferred = actions.filter(({ isPreferred }) => isPreferred === true);
      assert.deepEqual(
        preferred.map((action) => action.title),
        [title],
      );
      editor.selection = new vscode.Selection(range.start, range.start);
      await vscode.commands.executeCommand('editor.action.autoFix');
      await untilFindings(document.uri, rule, 0);
      if (writes === undefined) assert.equal(document.getText(), fixed);
      else assert.match(document.getText(), writes);
      await vscode.commands.executeCommand('undo');
      await untilFindings(document.uri, rule, 1);
      assert.equal(document.getText(), example);
    });
  }

  it('comes by itself with saving when the setting says so', async () => {
    const settings = vscode.workspace.getConfiguration('editor');
    const example = exampleDriver({ saving: '' });
    const document = await write('saved/main.c', example);
    const editor = await vscode.window.showTextDocument(document);
    await untilFindings(document.uri, 'missing-arc', 1);
    const onSave = { 'source.fixAll.vfioArcs': 'explicit' };
    await settings.update('codeActionsOnSave', onSave, vscode.ConfigurationTarget.Workspace);
    try {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '/* Edited. */\n'));
      assert.ok(await document.save());
      await untilFindings(document.uri, 'missing-arc', 0);
      const onDisk = Buffer.from(await vscode.workspace.fs.readFile(document.uri)).toString();
      assert.equal(onDisk, document.getText());
      assert.match(onDisk, /^\/\* Edited\. \*\/\n[\s\S]*new == VFIO_DEVICE_STATE_STOP_COPY\) \{/);
      await vscode.commands.executeCommand('undo');
      await untilFindings(document.uri, 'missing-arc', 1);
      assert.equal(document.getText(), `/* Edited. */\n${example}`);
    } finally {
      await settings.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Workspace);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
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
    assert.match(document.getText(), /^#include <linux\/minmax\.h>\n/m);
    assert.match(document.getText(), /\n}\n\n\/\*\n \* TO[A-Z]+: numbers of the driver's own/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });
});
