import assert from 'node:assert/strict';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, pullClient, startClient } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const main = '/tree/demo/main.c';
const marked = 'migration_set_state\n';

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

  const wrong: readonly unknown[] = [null, 7, 'x', [], {}, true];
  it('takes capabilities of any shape', async () => {
    const good = { ...pullClient, general: { positionEncodings: ['utf-8'] } };
    const shapes = Object.entries(good).flatMap(([name, value]) =>
      wrong.flatMap((other) => [
        { ...good, [name]: other },
        ...Object.keys(value ?? {}).map((inner) => ({ ...good, [name]: { ...value, [inner]: other } })),
      ]),
    );
    for (const capabilities of shapes) {
      await start({ initialize: false });
      const params = { processId: null, rootUri: null, capabilities };
      await client.connection.sendRequest('initialize', params).catch((error: unknown) => {
        assert.fail(`${JSON.stringify(capabilities)}: ${String(error)}`);
      });
      await client.connection.sendNotification('initialized', {});
      await client.stop();
    }
  });

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
