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

  it('has the lenses as code actions, too', async () => {
    const { start } = document.lineAt(positionOf(document, '*stratus_step(').line).range;
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      new vscode.Range(start, start),
    );
    const titles = actions.map(({ title }) => title);
    for (const title of ['Show missing arcs', 'Show arc table', 'Simulate'])
      assert.ok(titles.includes(title), titles.join());
  });

  it('completes the names of flags and states where they belong', async () => {
    const labelsAfter = async (text: string): Promise<readonly string[]> => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        positionOf(document, text).translate(0, text.length),
      );
      return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const flags = await labelsAfter('vdev->migration_flags = VFIO_MIG');
    assert.ok(flags.includes('VFIO_MIGRATION_PRE_COPY'), flags.join());
    const states = await labelsAfter('st->mig_state = VFIO_DEVICE_ST');
    assert.ok(states.includes('VFIO_DEVICE_STATE_RUNNING_P2P'), states.join());
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

  it('goes from the condition of an arc to where it comes out, and finds all that is about it', async () => {
    const about = (command: string, text: string) =>
      vscode.commands.executeCommand<vscode.Location[]>(
        `vscode.${command}`,
        uri,
        positionOf(document, text).translate(0, 'case V'.length),
      );
    const textsOf = (places: readonly vscode.Location[]) =>
      places.filter((each) => each.uri.scheme === 'file').map(({ range }) => document.getText(range));
    assert.deepEqual(
      textsOf(await about('executeImplementationProvider', 'case VFIO_DEVICE_STATE_RESUMING:\n\t\treturn')),
      ['return get_file(session->filp);'],
    );
    const conditional = 'case VFIO_DEVICE_STATE_PRE_COPY_P2P:\n\t\t/* Old firmware';
    const references = await about('executeReferenceProvider', conditional);
    assert.deepEqual(textsOf(references).sort(), [
      '-EOPNOTSUPP',
      'VFIO_MIGRATION_P2P',
      'VFIO_MIGRATION_PRE_COPY',
      'case VFIO_DEVICE_STATE_PRE_COPY_P2P:',
      'return NULL;',
      'st->caps & STRATUS_CAP_HOLD_PEERS',
      'vdev->migration_flags = VFIO_MIGRATION_STOP_COPY |\n\t\t\t\tVFIO_MIGRATION_P2P |\n\t\t\t\tVFIO_MIGRATION_PRE_COPY',
    ]);
  });

  it('finds the rows of an arc in the arc table, whose names lead to the simulator', async () => {
    const references = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      uri,
      positionOf(document, 'case VFIO_DEVICE_STATE_PRE_COPY_P2P:\n\t\t/* Old firmware').translate(0, 'case V'.length),
    );
    const rows = references.filter((each) => each.uri.scheme === 'vfio-arcs');
    const [first] = rows;
    assert.ok(first);
    const table = await vscode.workspace.openTextDocument(first.uri);
    assert.deepEqual(
      rows.map(({ range }) => table.getText(range)),
      ['PRE_COPY -> PRE_COPY_P2P', 'PRE_COPY -> PRE_COPY_P2P'],
      'its row under a condition, and as handled',
    );
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', first.uri);
    for (const { range } of rows) {
      const link = links.find((each) => each.range.isEqual(range));
      assert.match(String(link?.target), /^command:vfioArcs\.simulate\?.*PRE_COPY_P2P/);
    }
    const none = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      uri,
      positionOf(document, 'kzalloc'),
    );
    assert.deepEqual(
      none.filter((each) => each.uri.scheme === 'vfio-arcs'),
      [],
    );
  });

  it('loses the colours of states by the setting', async () => {
    const count = async (): Promise<number> => {
      const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens | undefined>(
        'vscode.provideDocumentSemanticTokens',
        uri,
      );
      return tokens?.data.length ?? 0;
    };
    const all = await count();
    assert.ok(all > 0);
    await settings().update('semanticTokens', false, vscode.ConfigurationTarget.Workspace);
    await eventually('no tokens', async () => ((await count()) === 0 ? true : undefined));
    await settings().update('semanticTokens', undefined, vscode.ConfigurationTarget.Workspace);
    await eventually('all tokens', async () => ((await count()) === all ? true : undefined));
  });

  it('explains a missing arc where it falls through, and nothing in C that is no driver', async () => {
    const hoverText = async (file: vscode.Uri, position: vscode.Position): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        file,
        position,
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
    };
    const [missing] = await untilFindings(uri, 'missing-arc', 1);
    assert.ok(missing);
    const text = await hoverText(uri, missing.range.start);
    assert.match(text, /PRE_COPY_P2P -> STOP_COPY\*\* \*\*is missing\*\*: it is rejected at \[main\.c:299\]/);
    assert.match(text, /\*\*Why\*\* Required by P2P and PRE_COPY\./);
    assert.match(text, /\[Show in simulator\]\(command:vfioArcs\.simulate\?/);
    const plain = await vscode.workspace.openTextDocument(sample('plain/hello.c'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(plain.uri, new vscode.Position(0, 0), 'int state = VFIO_DEVICE_STATE_STOP;\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(await hoverText(plain.uri, new vscode.Position(0, 15)), '');
    await vscode.window.showTextDocument(plain);
    await vscode.commands.executeCommand('workbench.action.files.revert');
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
