import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, findings, pause, positionOf, sample, servers, untilFindings } from './support';

/** Where the missing handler belongs, in the function that leaves PRE_COPY_P2P. */
const nextCase = `case VFIO_DEVICE_STATE_PRE_COPY:
		return stratus_run(st, STRATUS_RUN_FULL);`;
const missingHandler = `case VFIO_DEVICE_STATE_STOP_COPY:
		stratus_take_shadow(st, st->out, true);
		return NULL;
	`;

/** The sample driver: it lacks PRE_COPY_P2P -> STOP_COPY. */
describe('a driver with a missing arc', () => {
  const uri = sample('stratus/main.c');
  let document: vscode.TextDocument;

  before(async () => {
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
  });

  /** Writes the missing handler into the editor, without saving. */
  const addHandler = async (): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, positionOf(document, nextCase), missingHandler);
    assert.ok(await vscode.workspace.applyEdit(edit));
  };

  const removeHandler = async (): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    const start = document.getText().indexOf(missingHandler);
    assert.ok(start >= 0, 'the handler is in the editor');
    const range = new vscode.Range(document.positionAt(start), document.positionAt(start + missingHandler.length));
    edit.delete(uri, range);
    assert.ok(await vscode.workspace.applyEdit(edit));
  };

  const hoverText = async (): Promise<string> => {
    const position = positionOf(document, 'VFIO_DEVICE_STATE_PRE_COPY_P2P').translate(0, 5);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
    const parts = hovers.flatMap(({ contents }) => contents);
    return parts.map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
  };

  it('shows the missing arc, with what to look at beside it', async () => {
    const [finding] = await untilFindings(uri, 'missing-arc', 1);
    assert.ok(finding);
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(finding.source, 'vfio-arcs');
    assert.match(finding.message, /PRE_COPY_P2P -> STOP_COPY/);
    assert.ok((finding.relatedInformation ?? []).length > 0, 'related places are linked');
  });

  it('clears it when the handler is written, before anything is saved', async () => {
    await addHandler();
    await untilFindings(uri, 'missing-arc', 0);
    assert.ok(document.isDirty);
    await removeHandler();
    await untilFindings(uri, 'missing-arc', 1);
  });

  it('answers a hover on a state', async () => {
    assert.match(await hoverText(), /PRE_COPY_P2P/);
  });

  it('opens the arc table, whose places are links, and keeps it true', async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('vfioArcs.showArcTable');
    const table = await eventually('the arc table', () =>
      vscode.workspace.textDocuments.find(
        ({ uri: { scheme, path } }) => scheme === 'vfio-arcs' && /stratus/.test(path),
      ),
    );
    assert.equal(table.languageId, 'vfio-arcs-table');
    assert.match(table.getText(), /1 of 15 required arcs is missing, 1 is handled only under a condition\./);
    assert.match(table.getText(), /^ {2}PRE_COPY_P2P .* MISSING/m);

    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', table.uri);
    const linked = links.map(({ target }) => /^L(\d+),/.exec(target?.fragment ?? '')?.[1]);
    const rejections = linked.filter(
      (line) => line && document.lineAt(Number(line) - 1).text.includes('return ERR_PTR('),
    );
    assert.ok(rejections.length > 0, 'a link leads to the return that rejects the arc');

    await addHandler();
    await eventually('the table to follow the edit', () =>
      /Of 15 required arcs, 1 is handled only under a condition\./.test(table.getText()) ? true : undefined,
    );
    await removeHandler();
    await eventually('the table to follow it back', () => (/MISSING/.test(table.getText()) ? true : undefined));
  });

  it('follows the settings without a restart', async () => {
    const before = servers();
    const settings = vscode.workspace.getConfiguration('vfioArcs');
    await settings.update('rules', { 'missing-arc': 'off' }, vscode.ConfigurationTarget.Workspace);
    await untilFindings(uri, 'missing-arc', 0);
    await settings.update('rules', undefined, vscode.ConfigurationTarget.Workspace);
    await untilFindings(uri, 'missing-arc', 1);
    assert.deepEqual(servers(), before);
  });

  it('restarts the server on command', async () => {
    const [before] = servers();
    await vscode.commands.executeCommand('vfioArcs.restartServer');
    const after = await eventually('another server', () => servers().find((pid) => pid !== before));
    await untilFindings(uri, 'missing-arc', 1);
    assert.deepEqual(servers(), [after]);
  });

  it('restarts a server that hangs, at work or while it starts', async () => {
    const hang = async (not: number | undefined): Promise<number> => {
      const pid = await eventually('a server', () => servers().find((each) => each !== not));
      process.kill(pid, 'SIGSTOP');
      return pid;
    };
    const atWork = await hang(undefined);
    const restarted = vscode.commands.executeCommand('vfioArcs.restartServer');
    const whileStarting = await hang(atWork);
    const again = vscode.commands.executeCommand('vfioArcs.restartServer');
    await Promise.all([restarted, again]);
    await untilFindings(uri, 'missing-arc', 1);
    await eventually('the hanging servers to be gone', () =>
      servers().includes(atWork) || servers().includes(whileStarting) ? undefined : true,
    );
    assert.equal(servers().length, 1);
  });

  it('survives the death of the server, unsaved text included', async () => {
    await addHandler();
    await untilFindings(uri, 'missing-arc', 0);
    const [before] = servers();
    assert.ok(before);
    process.kill(before, 'SIGKILL');
    await eventually('another server', () => servers().find((pid) => pid !== before));
    await eventually('the new server to answer', async () => ((await hoverText()) === '' ? undefined : true));
    // Whoever reads the file from the disk finds the arc missing; the unsaved text has the handler.
    assert.deepEqual(findings(uri, 'missing-arc'), []);
    await removeHandler();
    await untilFindings(uri, 'missing-arc', 1);
  });

  it('finds drivers that were never opened when it is told to check the workspace', async () => {
    const settings = vscode.workspace.getConfiguration('vfioArcs');
    await settings.update('workspaceScan', false, vscode.ConfigurationTarget.Workspace);
    const unopened = sample('unopened/main.c');
    await vscode.workspace.fs.writeFile(unopened, await vscode.workspace.fs.readFile(uri));
    // The changed setting reaches the server in its own time, and makes it forget what is not open.
    await pause(1_000);
    assert.deepEqual(findings(unopened, 'missing-arc'), []);
    await vscode.commands.executeCommand('vfioArcs.checkWorkspace');
    await untilFindings(unopened, 'missing-arc', 1);
    await settings.update('workspaceScan', undefined, vscode.ConfigurationTarget.Workspace);
  });

  after(async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
