import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, positionOf, sample, servers, untilFindings } from './support';

/** Settings as a user writes them into a file: what is wrong is underlined there, what is right counts at once. */
describe('the settings', () => {
  const uri = sample('stratus/main.c');
  const settingsFile = sample('.vscode/settings.json');
  let document: vscode.TextDocument;

  before(async () => {
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await untilFindings(uri, 'missing-arc', 1);
  });
  afterEach(async () => {
    await write({});
    await untilFindings(uri, 'missing-arc', 1);
  });

  const write = (settings: object): Thenable<void> =>
    vscode.workspace.fs.writeFile(settingsFile, Buffer.from(JSON.stringify(settings, null, 2)));

  it('that are wrong are underlined in their file, while those beside them count', async () => {
    const before = servers();
    await write({
      'vfioArcs.profile': '5.17',
      'vfioArcs.codeLens': 'often',
      'vfioArcs.rules': { 'missing-arc': 'fatal', 'lost-arc': 'off', 'conditional-arc': 'off' },
    });
    await untilFindings(uri, 'conditional-arc', 0);
    await untilFindings(uri, 'missing-arc', 1);
    const file = await vscode.workspace.openTextDocument(settingsFile);
    await vscode.window.showTextDocument(file);
    const underlined = await eventually('four faults', () => {
      const found = vscode.languages.getDiagnostics(settingsFile);
      return found.length >= 4 ? found.map(({ range }) => file.getText(range)).sort() : undefined;
    });
    assert.deepEqual(underlined, ['"5.17"', '"fatal"', '"lost-arc"', '"often"']);
    assert.deepEqual(servers(), before);
  });

  it('choose the generation of the kernel, whose arcs are asked for then', async () => {
    const title = async (): Promise<string> => {
      const { line } = positionOf(document, '*stratus_step(');
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
      return lenses.find(({ range }) => range.start.line === line)?.command?.title ?? '';
    };
    const newest = '13 of 15 arcs · STOP_COPY|P2P|PRE_COPY';
    await eventually('the newest', async () => ((await title()) === newest ? true : undefined));
    await write({ 'vfioArcs.profile': '6.0' });
    // Linux 6.0 knows no pre-copy.
    await eventually('the older', async () => ((await title()) === '8 of 8 arcs · STOP_COPY|P2P' ? true : undefined));
    await write({});
    await eventually('the newest again', async () => ((await title()) === newest ? true : undefined));
  });
});
