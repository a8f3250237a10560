import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { pullClient } from '../support/lspClient';
import { driverUri, open, published, works } from './documents';
import { startedServers } from './servers';

const notInitialized = -32002;
const invalidRequest = -32600;
const methodNotFound = -32601;
const invalidParams = -32602;

const document = { textDocument: { uri: driverUri } };

describe('the life of a server', () => {
  const { start } = startedServers();

  describe('before initialize', () => {
    it('refuses every request, known or not', async () => {
      const server = start();
      for (const method of [
        'textDocument/hover',
        'shutdown',
        'vfio/drivers',
        'no/such',
        '$/such',
        'workspace/symbol',
      ]) {
        const { error } = await server.request(method, document);
        assert.equal(error?.code, notInitialized, method);
      }
      await server.initialize(pullClient);
      await works(server);
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
    });

    it('drops every notification', async () => {
      const server = start();
      open(server);
      server.notify('initialized', {});
      server.notify('workspace/didChangeConfiguration', { settings: {} });
      server.notify('no/such', {});
      await server.initialize();
      await server.result('vfio/drivers');
      assert.equal(published(server), undefined);
    });

    it('takes exit, which is then a failure', async () => {
      const server = start();
      server.notify('exit');
      assert.deepEqual(await server.exited, { code: 1, signal: null });
    });
  });

  it('begins with one initialize, and takes no second', async () => {
    const server = start();
    await server.initialize(pullClient);
    const { error } = await server.request('initialize', { processId: null, rootUri: null, capabilities: {} });
    assert.equal(error?.code, invalidRequest);
    await works(server);
  });

  it('refuses a malformed initialize, and waits for a good one', async () => {
    const server = start();
    const folders = [7, [{}], [{ uri: 7 }]].map((workspaceFolders) => ({ capabilities: {}, workspaceFolders }));
    for (const params of [undefined, null, [], 7, 'x', {}, { capabilities: null }, { capabilities: [] }, ...folders]) {
      const { error } = await server.request('initialize', params);
      assert.equal(error?.code, invalidParams, JSON.stringify(params));
    }
    await server.initialize(pullClient);
    await works(server);
  });

  it('needs no initialized to answer', async () => {
    const server = start();
    await server.result('initialize', { processId: null, rootUri: null, capabilities: pullClient });
    await works(server);
  });

  it('says nothing before it has answered initialize', async () => {
    const server = start();
    await server.initialize(pullClient);
    assert.ok(server.received[0]?.result !== undefined, JSON.stringify(server.received[0]));
  });

  it('does not know other methods, and ignores other notifications', async () => {
    const server = start();
    await server.initialize(pullClient);
    for (const method of ['textDocument/rename', 'no/such', '$/such', '', 'constructor', '__proto__']) {
      const { error } = await server.request(method, {});
      assert.equal(error?.code, methodNotFound, method);
    }
    for (const method of ['no/such', '$/such', '$/progress', 'textDocument/didSave', '', 'constructor']) {
      server.notify(method, { token: 'x', value: 1 });
    }
    await works(server);
    assert.deepEqual(server.log, []);
  });

  describe('after shutdown', () => {
    it('refuses every request, drops notifications, and leaves with 0', async () => {
      const server = start();
      await server.initialize();
      await server.result('shutdown');
      for (const method of ['textDocument/hover', 'shutdown', 'initialize', 'vfio/drivers', 'no/such', '$/such']) {
        const { error } = await server.request(method, { ...document, capabilities: {} });
        assert.equal(error?.code, invalidRequest, method);
      }
      open(server);
      await server.request('shutdown');
      assert.equal(published(server), undefined);
      server.notify('exit');
      assert.deepEqual(await server.exited, { code: 0, signal: null });
      assert.equal(server.stderr, '');
    });

    it('answers what was asked before', async () => {
      const server = start();
      await server.initialize(pullClient);
      const held = server.ask('workspace/diagnostic', { previousResultIds: [], partialResultToken: 'x' });
      await server.result('vfio/drivers');
      await server.result('shutdown');
      assert.deepEqual((await server.answer(held)).result, { items: [] });
    });
  });

  describe('ends', () => {
    it('with 1 on exit without shutdown', async () => {
      const server = start();
      await server.initialize();
      server.notify('exit');
      assert.deepEqual(await server.exited, { code: 1, signal: null });
    });

    for (const [when, code] of [
      ['before initialize', 1],
      ['while it runs', 1],
      ['after shutdown', 0],
    ] as const) {
      it(`with ${code} when its input ends ${when}`, async () => {
        const server = start();
        if (when !== 'before initialize') await server.initialize();
        if (when === 'after shutdown') await server.result('shutdown');
        server.child.stdin?.end();
        assert.deepEqual(await server.exited, { code, signal: null });
        assert.equal(server.stderr, '');
      });
    }

    it('when nobody reads what it says', async () => {
      const server = start();
      await server.initialize();
      server.child.stdout?.destroy();
      open(server);
      await server.exited;
      assert.equal(server.stderr, '');
    });

    it('when the process of its client is gone', async () => {
      const client = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
      const server = start();
      await server.initialize({}, { processId: client.pid });
      client.kill('SIGKILL');
      assert.deepEqual(await server.exited, { code: 1, signal: null });
    });

    it('not while the process of its client lives', async () => {
      const server = start();
      await server.initialize(pullClient, { processId: process.pid });
      await new Promise((resolve) => setTimeout(resolve, 4000));
      await works(server);
    });
  });
});
