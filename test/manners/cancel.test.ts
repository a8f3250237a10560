import assert from 'node:assert/strict';
import { uriOfPath } from '../../server/src/lsp/convert';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { fieldOf, pullClient } from '../support/lspClient';
import { driver, driverUri, open, works } from './documents';
import { startedServers } from './servers';

const cancelled = -32800;
const document = { textDocument: { uri: driverUri } };

describe('$/cancelRequest', () => {
  const { start } = startedServers();
  let folder: Folder;
  before(() => {
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`d${n}/driver.c`, driver]));
    folder = temporaryFolder(files);
  });
  after(() => folder.remove());

  it('ends a request that is not answered yet', async () => {
    const server = start();
    await server.initialize(pullClient);
    open(server);
    const id = server.ask('textDocument/diagnostic', document);
    server.notify('$/cancelRequest', { id });
    assert.equal((await server.answer(id)).error?.code, cancelled);
    await works(server);
  });

  it('ends one that is held until something changes', async () => {
    const server = start();
    await server.initialize(pullClient);
    const id = server.ask('workspace/diagnostic', { previousResultIds: [], partialResultToken: 't' });
    await server.result('vfio/drivers');
    server.notify('$/cancelRequest', { id });
    assert.equal((await server.answer(id)).error?.code, cancelled);
  });

  it('ends the check of a workspace in the middle, which answers with what it has', async () => {
    const server = start();
    const capabilities = { ...pullClient, workspace: {} };
    const settings = { vfioArcs: { workspaceScan: false } };
    await server.initialize(capabilities, { rootUri: uriOfPath(folder.path), initializationOptions: settings });
    const id = server.ask('vfio/checkWorkspace', { workDoneToken: 'own' });
    await server.until('the first drivers', () => {
      const report = server.received.findLast((each) => fieldOf(fieldOf(each.params, 'value'), 'kind') === 'report');
      return report === undefined ? undefined : true;
    });
    const tokens = server.received.flatMap(({ method, params }) =>
      method === '$/progress' ? fieldOf(params, 'token') : [],
    );
    assert.deepEqual([...new Set(tokens)], ['own'], 'progress is told where the request wants it');
    server.notify('$/cancelRequest', { id });
    const { result } = await server.answer(id);
    assert.equal(fieldOf(result, 'cancelled'), true);
    assert.ok(Number(fieldOf(result, 'drivers')) < 400);
  });

  it('does nothing to what is answered, unknown or cancelled already', async () => {
    const server = start();
    await server.initialize(pullClient);
    open(server);
    const id = server.ask('textDocument/diagnostic', document);
    await server.answer(id);
    for (const each of [id, id, 'unknown', 12345]) server.notify('$/cancelRequest', { id: each });
    await works(server);
  });

  it('leaves every request with exactly one answer, however many there are', async () => {
    const server = start();
    await server.initialize(pullClient);
    open(server);
    const methods = ['textDocument/diagnostic', 'textDocument/hover', 'vfio/arcTable', 'vfio/drivers'];
    const ids: number[] = [];
    for (let round = 0; round < 1000; round++) {
      const position = { line: round % 100, character: 5 };
      ids.push(server.ask(methods[round % methods.length] ?? '', { ...document, position }));
      if (round % 3 > 0) server.notify('$/cancelRequest', { id: ids[round - (round % 2)] });
    }
    await server.answer(ids.at(-1) ?? 0);
    await server.result('vfio/drivers');
    await Promise.all(ids.map((id) => server.answer(id)));
    const answers = server.received.filter(({ id, method }) => method === undefined && ids.includes(Number(id)));
    assert.equal(answers.length, ids.length);
    assert.deepEqual(
      answers.filter(({ error }) => error !== undefined && error.code !== cancelled),
      [],
    );
    await works(server);
  });
});
