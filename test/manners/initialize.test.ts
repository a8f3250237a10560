import assert from 'node:assert/strict';
import { uriOfPath } from '../../server/src/lsp/convert';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { fieldOf, pullClient, pushClient, rangeIn } from '../support/lspClient';
import type { ServerProcess } from '../support/serverProcess';
import { driver, driverUri, messagesIn, open, published, works } from './documents';
import { startedServers } from './servers';

const at = driver.indexOf('VFIO_DEVICE_STATE_RUNNING');
const hover = { textDocument: { uri: driverUri }, position: rangeIn(driver, at, at).start };

describe('initialize', () => {
  const { start } = startedServers();
  let folder: Folder;
  before(() => {
    folder = temporaryFolder({ 'driver.c': driver });
  });
  after(() => folder.remove());

  const driversIn = async (server: ServerProcess) => fieldOf(await server.result('vfio/checkWorkspace'), 'drivers');

  it('declares what the server can do, and who it is', async () => {
    const result = await start().initialize(pullClient);
    const capabilities = fieldOf(result, 'capabilities');
    assert.deepEqual(fieldOf(capabilities, 'textDocumentSync'), { openClose: true, change: 2 });
    assert.equal(fieldOf(capabilities, 'positionEncoding'), 'utf-16');
    assert.equal(fieldOf(fieldOf(result, 'serverInfo'), 'name'), 'vfio-arcs');
    assert.match(String(fieldOf(fieldOf(result, 'serverInfo'), 'version')), /^\d+\.\d+\.\d+/);
  });

  describe('names the folders', () => {
    const uri = () => uriOfPath(folder.path);
    const named = () => ({ uri: uri(), name: 'demo' });
    const elsewhere = 'file:///no/such/folder';
    const variants: readonly (readonly [string, () => object, number])[] = [
      ['as workspace folders', () => ({ workspaceFolders: [named()] }), 1],
      [
        'as workspace folders, which count before rootUri',
        () => ({ workspaceFolders: [named()], rootUri: elsewhere }),
        1,
      ],
      ['as rootUri alone', () => ({ rootUri: uri() }), 1],
      ['as rootUri, with no workspace folders', () => ({ rootUri: uri(), workspaceFolders: null }), 1],
      ['as rootPath alone, as the oldest clients do', () => ({ rootPath: folder.path }), 1],
      ['as rootPath, which rootUri goes before', () => ({ rootPath: '/no/such/folder', rootUri: uri() }), 1],
      ['with a slash at the end', () => ({ rootUri: `${uri()}/` }), 1],
      ['twice', () => ({ workspaceFolders: [named(), named()] }), 1],
      ['as null', () => ({ rootUri: null, rootPath: null, workspaceFolders: null }), 0],
      ['not at all', () => ({ workspaceFolders: [] }), 0],
      ['that do not exist', () => ({ workspaceFolders: [{ uri: elsewhere, name: 'x' }] }), 0],
      ['that are no files', () => ({ workspaceFolders: [{ uri: 'vscode-remote://x/y', name: 'x' }] }), 0],
    ];
    for (const [how, params, drivers] of variants) {
      it(how, async () => {
        const server = start();
        await server.initialize(pullClient, params());
        assert.equal(await driversIn(server), drivers);
      });
    }
  });

  it('of a client that can do nothing gets nothing that it did not ask for', async () => {
    const server = start();
    await server.initialize({}, { rootUri: uriOfPath(folder.path) });
    open(server);
    await server.until('diagnostics', () => published(server));
    assert.equal(await driversIn(server), 1);
    const methods = new Set(server.received.flatMap(({ method }) => method ?? []));
    assert.deepEqual(
      [...methods].filter((method) => !['textDocument/publishDiagnostics', 'window/logMessage'].includes(method)),
      [],
    );
    const contents = fieldOf(await server.result('textDocument/hover', hover), 'contents');
    assert.equal(fieldOf(contents, 'kind'), 'plaintext');
    assert.deepEqual(await server.stop(), { code: 0, signal: null });
  });

  it('without pull diagnostics gets them published, and cleared', async () => {
    const server = start();
    const result = await server.initialize(pushClient);
    assert.equal(fieldOf(fieldOf(result, 'capabilities'), 'diagnosticProvider'), undefined);
    open(server);
    const first = await server.until('diagnostics', () => published(server));
    assert.match(messagesIn(first, 'diagnostics')[0] ?? '', /^RESUMING -> STOP is not handled/);
    assert.equal(fieldOf(first, 'version'), 1);
    server.notify('textDocument/didClose', { textDocument: { uri: driverUri } });
    await server.until('none', () => (messagesIn(published(server), 'diagnostics').length === 0 ? true : undefined));
  });

  it('says which kind of text a client likes best in hovers', async () => {
    const server = start();
    await server.initialize({ textDocument: { hover: { contentFormat: ['plaintext', 'markdown'] } } });
    open(server);
    const contents = fieldOf(await server.result('textDocument/hover', hover), 'contents');
    assert.equal(fieldOf(contents, 'kind'), 'plaintext');
    assert.doesNotMatch(String(fieldOf(contents, 'value')), /\*\*|`/);
  });

  describe('agrees on how positions count', () => {
    const found = driver.indexOf('-EINVAL', driver.indexOf('Δ'));
    const line = driver.slice(driver.lastIndexOf('\n', found) + 1, found);
    const unitsOf: Readonly<Record<string, (text: string) => number>> = {
      'utf-8': (text) => Buffer.byteLength(text),
      'utf-16': (text) => text.length,
      'utf-32': (text) => Array.from(text).length,
    };
    for (const [encoding, units] of Object.entries(unitsOf)) {
      it(`in ${encoding}`, async () => {
        const server = start();
        const result = await server.initialize({ ...pullClient, general: { positionEncodings: [encoding, 'utf-16'] } });
        assert.equal(fieldOf(fieldOf(result, 'capabilities'), 'positionEncoding'), encoding);
        const foundAt = async () => {
          const report = await server.result('textDocument/diagnostic', { textDocument: { uri: driverUri } });
          const items = fieldOf(report, 'items');
          return Array.isArray(items) ? fieldOf(fieldOf(items[0], 'range'), 'start') : null;
        };
        open(server);
        const place = { ...rangeIn(driver, found, found).start, character: units(line) };
        assert.deepEqual(await foundAt(), place);
        const behind = { ...place, character: units(line.slice(0, line.indexOf('😀') + 2)) };
        const contentChanges = [{ range: { start: behind, end: behind }, text: '€' }];
        server.notify('textDocument/didChange', { textDocument: { uri: driverUri, version: 2 }, contentChanges });
        assert.deepEqual(await foundAt(), { ...place, character: place.character + units('€') });
      });
    }
  });

  it('may set what didChangeConfiguration sets', async () => {
    const server = start();
    const settings = { vfioArcs: { rules: { 'missing-arc': 'off' } } };
    await server.initialize({}, { initializationOptions: settings, rootUri: uriOfPath(folder.path) });
    const { drivers, findings } = Object(await server.result('vfio/checkWorkspace'));
    assert.deepEqual({ drivers, findings }, { drivers: 1, findings: 0 });
  });

  it('may ask for a trace', async () => {
    const server = start();
    await server.initialize(pullClient, { trace: 'verbose' });
    await works(server);
    assert.ok(server.received.some(({ method }) => method === '$/logTrace'));
  });
});
