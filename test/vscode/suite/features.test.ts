import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, positionOf, sample, untilFindings } from './support';

/** What the editor shows in and around the text of the sample driver that lacks PRE_COPY_P2P -> STOP_COPY. */
describe('the features of the editor', () => {
  const uri = sample('stratus/main.c');
  const settings = () => vscode.workspace.getConfiguration('vfioArcs');
  let document: vscode.TextDocument;

  before(async () => {
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await untilFindings(uri, 'missing-arc', 1);
  });

  const lensesOver = async (name: string): Promise<readonly vscode.Command[]> => {
    const line = positionOf(document, name).line;
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    return all.filter(({ range }) => range.start.line === line).flatMap(({ command }) => command ?? []);
  };

  it('has lenses that open the arc table and go to the missing arc', async () => {
    const lenses = await eventually('lenses', async () => {
      const found = await lensesOver('*stratus_step(');
      return found.length > 0 ? found : undefined;
    });
    assert.equal(lenses[0]?.title, '13 of 15 arcs · STOP_COPY|P2P|PRE_COPY');
    assert.ok(lenses.some(({ title }) => title === 'Arc Table'));
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      lenses.filter(({ command }) => !known.has(command)),
      [],
    );
    const [first] = lenses;
    assert.ok(first);
    await vscode.commands.executeCommand(first.command, ...(first.arguments ?? []));
    const rejection = 'return ERR_PTR(-EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop(';
    const { line } = positionOf(document, rejection);
    await eventually('the cursor at the missing arc', () =>
      vscode.window.activeTextEditor?.selection.start.line === line ? true : undefined,
    );
  });

  it('loses its lenses by the setting', async () => {
    await settings().update('codeLens', false, vscode.ConfigurationTarget.Workspace);
    await eventually('no lenses', async () => ((await lensesOver('*stratus_step(')).length === 0 ? true : undefined));
    await settings().update('codeLens', undefined, vscode.ConfigurationTarget.Workspace);
    await eventually('lenses', async () => ((await lensesOver('*stratus_step(')).length > 0 ? true : undefined));
  });

  it('names arcs at their conditions when the setting says so', async () => {
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = () =>
      vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', uri, whole);
    assert.deepEqual(await hints(), []);
    await settings().update('inlayHints', true, vscode.ConfigurationTarget.Workspace);
    const found = await eventually('hints', async () => {
      const all = await hints();
      return all.length > 0 ? all : undefined;
    });
    const line = positionOf(document, 'case VFIO_DEVICE_STATE_PRE_COPY_P2P:\n\t\treturn stratus_begin_out').line;
    assert.equal(found.find(({ position }) => position.line === line)?.label, 'RUNNING_P2P -> PRE_COPY_P2P');
    await settings().update('inlayHints', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('completes the case of the missing arc, which then is handled', async () => {
    const step = positionOf(
      document,
      '\tdefault:\n\t\treturn ERR_PTR(-EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop(',
    );
    const at = step.with({ character: 0 });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, at, '\t\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    const place = at.with({ character: 1 });
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      place,
    );
    const item = list.items.find(({ label }) => label === 'PRE_COPY_P2P -> STOP_COPY');
    assert.ok(item, 'the missing arc is offered');
    const editor = await vscode.window.showTextDocument(document);
    const text =
      item.insertText instanceof vscode.SnippetString
        ? item.insertText
        : new vscode.SnippetString(String(item.insertText));
    await editor.insertSnippet(text, place);
    await untilFindings(uri, 'missing-arc', 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await untilFindings(uri, 'missing-arc', 1);
  });

  it('finds an arc and what is missing by name', async () => {
    const find = (query: string) =>
      vscode.commands.executeCommand<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', query);
    const arcs = await eventually('the arc in both drivers', async () => {
      const found = await find('RUNNING -> PRE_COPY');
      return found.filter(({ name }) => name === 'RUNNING -> PRE_COPY').length >= 2 ? found : undefined;
    });
    assert.ok(arcs.some(({ containerName }) => containerName === 'nimbus-vfio-pci'));
    assert.ok((await find('missing')).some(({ name }) => name === 'PRE_COPY_P2P -> STOP_COPY (missing)'));
    const outline = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    assert.equal(outline[0]?.children[0]?.name, 'stratus_set_state');
    assert.equal(outline[0]?.children[0]?.children.length, 15);
  });

  it('goes from a flag to the arcs that it requires', async () => {
    const places = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeImplementationProvider',
      uri,
      positionOf(document, 'VFIO_MIGRATION_PRE_COPY').translate(0, 3),
    );
    assert.equal(places.length, 7);
  });

  it('marks states, and leaves that to another extension that does it', async () => {
    const tokens = () =>
      vscode.commands.executeCommand<vscode.SemanticTokens | undefined>('vscode.provideDocumentSemanticTokens', uri);
    assert.ok(((await tokens())?.data.length ?? 0) > 5 * 20);
    const legend = new vscode.SemanticTokensLegend(['variable'], []);
    const other = vscode.languages.registerDocumentSemanticTokensProvider(
      { scheme: 'file', language: 'c' },
      { provideDocumentSemanticTokens: () => new vscode.SemanticTokens(Uint32Array.of(0, 0, 2, 0, 0)) },
      legend,
    );
    assert.equal((await tokens())?.data.length, 5);
    other.dispose();
  });

  after(async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
