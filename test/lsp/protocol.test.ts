import assert from 'node:assert/strict';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const main = '/tree/demo/main.c';
const marked = 'migration_set_state\n';

const notInitialized = { code: -32002 };
const invalidRequest = { code: -32600 };
const methodNotFound = { code: -32601 };
const invalidParams = { code: -32602 };

describe('the protocol', () => {
  let client: LspClient;
  const start = async (options: ClientOptions = {}) => {
    client = await startClient({
      fs: new MemoryFs({ [main]: marked }),
      engine: async () => new FakeEngine(),
      ...options,
    });
  };
  const works = async () => {
    await client.open(main, `${marked}FAULT one`);
    assert.equal((await client.diagnostics(main)).length, 1);
  };

  it('declares what the server can do', async () => {
    await start();
    const { capabilities, serverInfo } = client.initializeResult ?? { capabilities: {} };
    assert.deepEqual(serverInfo, { name: 'vfio-arcs', version: '0.0.0-test' });
    assert.equal(capabilities.positionEncoding, 'utf-16');
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    assert.equal(capabilities.hoverProvider, true);
    assert.deepEqual(capabilities.diagnosticProvider, {
      identifier: 'vfio-arcs',
      interFileDependencies: true,
      workspaceDiagnostics: true,
    });
    await client.stop();
  });

  it('refuses requests before initialize, and drops notifications', async () => {
    await start({ initialize: false });
    for (const method of ['textDocument/hover', 'textDocument/diagnostic', 'vfio/arcTable', 'no/such/method']) {
      await assert.rejects(
        client.connection.sendRequest(method, { textDocument: { uri: 'file:///x' } }),
        notInitialized,
      );
    }
    await client.open(main, marked);
    await client.initialize({});
    await works();
    await client.stop();
  });

  it('refuses to be initialized twice', async () => {
    await start();
    await assert.rejects(
      client.connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} }),
      invalidRequest,
    );
    await works();
    await client.stop();
  });

  it('answers a malformed initialize with an error and waits for a good one', async () => {
    await start({ initialize: false });
    await assert.rejects(client.connection.sendRequest('initialize', {}));
    await client.initialize({});
    await works();
    await client.stop();
  });

  it('refuses requests after shutdown, and leaves with 0', async () => {
    await start();
    await client.connection.sendRequest('shutdown');
    await assert.rejects(client.pull(main), invalidRequest);
    await assert.rejects(client.connection.sendRequest('no/such/method'), invalidRequest);
    await client.connection.sendNotification('exit');
    await client.until('exit', () => client.exits.length > 0);
    assert.deepEqual(client.exits, [0]);
    client.connection.dispose();
  });

  it('leaves with 1 without shutdown', async () => {
    await start();
    await client.connection.sendNotification('exit');
    await client.until('exit', () => client.exits.length > 0);
    assert.deepEqual(client.exits, [1]);
    client.connection.dispose();
  });

  it('does not know other methods, and ignores other notifications', async () => {
    await start();
    await assert.rejects(client.connection.sendRequest('textDocument/rename', {}), methodNotFound);
    await client.connection.sendNotification('no/such/notification', { a: 1 });
    await client.connection.sendNotification('$/whatever');
    await works();
    await client.stop();
  });

  const requests: readonly (readonly [string, unknown])[] = [
    ['textDocument/hover', {}],
    ['textDocument/hover', { textDocument: { uri: uri(main) } }],
    ['textDocument/hover', { textDocument: { uri: 7 }, position: { line: 0, character: 0 } }],
    ['textDocument/hover', { textDocument: { uri: uri(main) }, position: { line: -1, character: 0.5 } }],
    ['textDocument/diagnostic', { textDocument: null }],
    ['textDocument/diagnostic', { textDocument: { uri: uri(main) }, previousResultId: 7 }],
    ['workspace/diagnostic', {}],
    ['workspace/diagnostic', { previousResultIds: [{}] }],
    ['vfio/arcTable', {}],
    ['vfio/arcTable', { textDocument: { uri: [] } }],
  ];
  for (const [method, params] of requests) {
    it(`refuses ${method} with ${JSON.stringify(params)}`, async () => {
      await start();
      await assert.rejects(client.connection.sendRequest(method, params), invalidParams);
      await works();
      await client.stop();
    });
  }

  const notifications: readonly (readonly [string, unknown])[] = [
    ['textDocument/didOpen', {}],
    ['textDocument/didOpen', { textDocument: { uri: uri(main), version: 'x', text: null } }],
    [
      'textDocument/didChange',
      { textDocument: { uri: uri(main), version: 2 }, contentChanges: [{ range: 7, text: '' }] },
    ],
    ['textDocument/didChange', { textDocument: { uri: uri(main), version: 2 }, contentChanges: 'all' }],
    ['textDocument/didClose', {}],
    ['workspace/didChangeWatchedFiles', { changes: [{}] }],
    ['workspace/didRenameFiles', {}],
    ['workspace/didDeleteFiles', { files: 7 }],
  ];
  for (const [method, params] of notifications) {
    it(`drops ${method} with ${JSON.stringify(params)}, and says so in the log`, async () => {
      await start();
      await client.connection.sendNotification(method, params);
      await works();
      assert.ok(client.log.some((line) => line.startsWith(`${method} dropped`)));
      await client.stop();
    });
  }

  it('takes documents in any order', async () => {
    await start();
    await client.change('/never/opened.c', { text: marked });
    await client.close('/never/opened.c');
    await client.open(main, marked);
    await client.open(main, `${marked}FAULT one`);
    assert.equal((await client.diagnostics(main)).length, 1);
    assert.ok(client.log.some((line) => line.includes('never opened')));
    await client.stop();
  });

  it('takes positions outside of the text as its nearest end', async () => {
    await start();
    await client.open(main, marked);
    await client.change(main, {
      range: { start: { line: 500, character: 0 }, end: { line: 900, character: 3 } },
      text: 'FAULT end',
    });
    assert.deepEqual((await client.diagnostics(main))[0]?.range.start, { line: 1, character: 0 });
    await client.stop();
  });

  it('serves documents that are no files, each for itself', async () => {
    await start();
    const textDocument = { uri: 'untitled:Untitled-1', languageId: 'c', version: 1, text: marked };
    await client.connection.sendNotification('textDocument/didOpen', { textDocument });
    const report = await client.connection.sendRequest('textDocument/diagnostic', { textDocument });
    assert.equal(fieldOf(report, 'kind'), 'full');
    await client.stop();
  });

  it('traces checks when the client asks for it', async () => {
    await start();
    await client.connection.sendNotification('$/setTrace', { value: 'verbose' });
    await works();
    const traced = await client.until('trace', () => client.of('$/logTrace')[0]);
    assert.match(String(fieldOf(traced, 'message')), /^checked \/tree\/demo in \d/);
    assert.match(String(fieldOf(traced, 'verbose')), /1 files, 1 drivers, profile 7\.1/);
    await client.connection.sendNotification('$/setTrace', { value: 'off' });
    await client.change(main, { text: marked });
    await client.diagnostics(main);
    assert.equal(client.of('$/logTrace').length, 1);
    await client.stop();
  });
});
