import assert from 'node:assert/strict';
import { FileChangeType } from 'vscode-languageserver/node';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const marked = 'migration_set_state vfio_migration_ops\n';
const main = '/tree/drivers/vfio/demo/main.c';
const other = '/tree/arch/other/other.c';

describe('changes in the workspace', () => {
  let client: LspClient;
  const start = async (files: Readonly<Record<string, string>>, options: ClientOptions = {}) => {
    const engine = new FakeEngine();
    client = await startClient({ fs: new MemoryFs(files), engine: async () => engine, folders: ['/tree'], ...options });
    await client.until('end of the scan', () => client.log.find((line) => line.startsWith('scan ')));
  };
  const report = async (previousResultIds: readonly { uri: string; value: string }[] = []) => {
    const items = fieldOf(await client.connection.sendRequest('workspace/diagnostic', { previousResultIds }), 'items');
    if (!Array.isArray(items)) throw new Error('no items');
    return items.map((item: unknown) => ({
      uri: String(fieldOf(item, 'uri')),
      id: String(fieldOf(item, 'resultId')),
      kind: fieldOf(item, 'kind'),
      messages: [fieldOf(item, 'items') ?? []].flat().map((each: unknown) => fieldOf(each, 'message')),
    }));
  };
  /** What is found, as "file: message". */
  const findings = async () =>
    (await report()).flatMap((file) => file.messages.map((each) => `${file.uri}: ${each}`)).sort();
  const changed = (path: string, type: FileChangeType) =>
    client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(path), type }] });
  const check = () => client.connection.sendRequest('vfio/checkWorkspace');
  afterEach(() => client.stop());

  it('a client that comes with the results of a server before is told what became of each', async () => {
    await start({ [main]: `${marked}FAULT one` });
    const gone = { uri: uri('/tree/gone.c'), value: 'of another server.7' };
    const first = await report([gone, { uri: uri(main), value: 'of another server.8' }]);
    const told = first.map((file) => [file.uri, file.kind, file.messages]);
    assert.deepEqual(told.sort(), [
      [uri(main), 'full', ['one']],
      [gone.uri, 'full', []],
    ]);
    let again = false;
    const held = report(first.map(({ uri: of, id }) => ({ uri: of, value: id }))).then(() => {
      again = true;
    });
    await client.settle();
    assert.equal(again, false, 'then it has it all');
    await client.open(main, `${marked}FAULT two`);
    await client.pull(main);
    await held;
  });

  it('a folder with a driver is renamed by the editor', async () => {
    await start({ [main]: `${marked}FAULT one`, '/tree/drivers/vfio/demo/step.c': marked });
    for (const name of ['main.c', 'step.c']) {
      const text = await client.fs.readText(`/tree/drivers/vfio/demo/${name}`);
      client.fs.remove(`/tree/drivers/vfio/demo/${name}`);
      client.fs.write(`/tree/drivers/vfio/renamed/deep/${name}`, text ?? '');
    }
    await client.connection.sendNotification('workspace/didRenameFiles', {
      files: [{ oldUri: uri('/tree/drivers/vfio/demo'), newUri: uri('/tree/drivers/vfio/renamed') }],
    });
    const scans = () => client.log.filter((line) => line.startsWith('scan ')).length;
    await client.until('a look at the new place', () => scans() === 2);
    assert.deepEqual(await findings(), [`${uri('/tree/drivers/vfio/renamed/deep/main.c')}: one`]);
  });

  it('that nobody told of are seen when the workspace is checked', async () => {
    await start({ [main]: `${marked}FAULT one`, [other]: `${marked}FAULT two` });
    client.fs.write(main, `${marked}FAULT changed`);
    client.fs.remove(other);
    client.fs.write('/tree/lib/new.c', `${marked}FAULT new`);
    assert.equal(fieldOf(await check(), 'drivers'), 2);
    assert.deepEqual(await findings(), [`${uri(main)}: changed`, `${uri('/tree/lib/new.c')}: new`]);
  });

  it('that nobody told of are seen beside an open file, whose own text stays', async () => {
    const step = '/tree/drivers/vfio/demo/step.c';
    await start({ [main]: marked, [step]: `${marked}FAULT disk` });
    await client.open(main, `${marked}FAULT unsaved`);
    await client.pull(main);
    client.fs.write(main, `${marked}FAULT never`);
    client.fs.write(step, `${marked}FAULT later`);
    await check();
    assert.deepEqual(await findings(), [`${uri(main)}: unsaved`, `${uri(step)}: later`]);
  });

  it('a file that is deleted while it is open counts as the editor has it, until it is closed', async () => {
    await start({ [main]: marked });
    await client.open(main, `${marked}FAULT open`);
    await client.pull(main);
    client.fs.remove(main);
    await changed(main, FileChangeType.Deleted);
    await client.settle();
    assert.deepEqual(await findings(), [`${uri(main)}: open`]);
    await client.close(main);
    await client.until('no driver', () => fieldOf(client.of('vfio/status').at(-1), 'drivers') === 0);
    assert.deepEqual(await findings(), []);
  });

  it('a file that is deleted leaves an empty result for who follows the stream', async () => {
    await start({ [main]: `${marked}FAULT one` });
    void client.connection
      .sendRequest('workspace/diagnostic', { previousResultIds: [], partialResultToken: 'stream' })
      .catch(() => undefined);
    const sent = () =>
      client.of('$/progress').flatMap((params) => {
        const items = fieldOf(fieldOf(params, 'value'), 'items');
        return fieldOf(params, 'token') === 'stream' && Array.isArray(items) ? items : [];
      });
    await client.until('the finding', () => sent().length === 1);
    client.fs.remove(main);
    await changed(main, FileChangeType.Deleted);
    await client.until('its end', () => sent().length === 2);
    assert.deepEqual(fieldOf(sent()[1], 'items'), []);
  });

  it('folders within each other are looked at once, and each goes by itself', async () => {
    await start(
      { [main]: `${marked}FAULT one`, [other]: `${marked}FAULT two` },
      { folders: ['/tree', '/tree/drivers'] },
    );
    const summary = await check();
    assert.deepEqual([fieldOf(summary, 'files'), fieldOf(summary, 'drivers')], [2, 2]);
    const remove = (path: string) =>
      client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
        event: { added: [], removed: [{ uri: uri(path), name: path }] },
      });
    await remove('/tree');
    await client.until('one driver', () => fieldOf(client.of('vfio/status').at(-1), 'drivers') === 1);
    assert.deepEqual(await findings(), [`${uri(main)}: one`]);
    await remove('/tree/drivers');
    await client.until('no driver', () => fieldOf(client.of('vfio/status').at(-1), 'drivers') === 0);
  });
});
