import assert from 'node:assert/strict';
import { CancellationTokenSource, FileChangeType } from 'vscode-languageserver/node';
import type { ModuleSource } from '../../server/src/check';
import type { Checked } from '../../server/src/lsp';
import type { ServerStatus } from '../../server/src/wire';
import { isServerStatus, isWorkspaceSummary } from '../../server/src/wire';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, pullClient, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const marked = 'migration_set_state vfio_migration_ops\n';
const main = '/tree/drivers/vfio/demo/main.c';
const other = '/tree/arch/other/other.c';

/** A disk that does not tell what is in its folders before it is released. */
class HeldFs extends MemoryFs {
  release: () => void = () => undefined;
  /** Resolves when a folder is asked for. */
  readonly asked: Promise<void>;
  private tellAsked: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(texts: Readonly<Record<string, string>>) {
    super(texts);
    this.asked = new Promise((resolve) => {
      this.tellAsked = resolve;
    });
  }

  override async readFolder(path: string): ReturnType<MemoryFs['readFolder']> {
    this.tellAsked();
    await this.released;
    return super.readFolder(path);
  }
}

describe('the workspace', () => {
  let engine: FakeEngine;
  let client: LspClient;
  const start = async (files: Readonly<Record<string, string>>, options: ClientOptions = {}) => {
    engine = new FakeEngine();
    client = await startClient({ fs: new MemoryFs(files), engine: async () => engine, folders: ['/tree'], ...options });
  };
  const status = (): ServerStatus | undefined => client.of('vfio/status').filter(isServerStatus).at(-1);
  const scanned = () => client.until('end of the scan', () => client.log.find((line) => line.startsWith('scan ')));
  const findings = async (): Promise<readonly string[]> => {
    const report = await client.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] });
    const items = fieldOf(report, 'items');
    if (!Array.isArray(items)) throw new Error('no items');
    return items
      .flatMap((item: unknown) => {
        const found = fieldOf(item, 'items');
        return Array.isArray(found)
          ? found.map((each) => `${String(fieldOf(item, 'uri'))}: ${fieldOf(each, 'message')}`)
          : [];
      })
      .sort();
  };
  const changed = (path: string, type: FileChangeType) =>
    client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(path), type }] });
  afterEach(() => client.stop());

  describe('scan', () => {
    it('finds drivers in closed files, tells progress and status', async () => {
      await start({ [main]: `${marked}FAULT one`, [other]: marked, '/tree/lib/plain.c': 'int x;' });
      assert.match(await scanned(), /^scan done: 3 files, 2 drivers/);
      assert.deepEqual(await findings(), [`${uri(main)}: one`]);
      const kinds = client.of('$/progress').map((params) => fieldOf(fieldOf(params, 'value'), 'kind'));
      assert.deepEqual([kinds[0], kinds.at(-1)], ['begin', 'end']);
      await client.until('idle', () => status()?.busy === false);
      assert.deepEqual(status(), { drivers: 2, missing: 0, busy: false });
      assert.ok(client.of('vfio/status').some((params) => fieldOf(params, 'busy') === true));
    });

    it('keeps neither text nor trees of what nobody has open', async () => {
      await start({ [main]: marked });
      await scanned();
      assert.deepEqual(engine.forgotten, [main]);
      const { reads } = client.fs;
      await client.open(main, marked);
      await client.diagnostics(main);
      assert.ok(client.fs.reads > reads - 1);
      assert.equal(engine.searches, 0, 'the module is known from the scan');
    });

    it('works for a client without progress', async () => {
      await start({ [main]: marked }, { capabilities: { ...pullClient, window: {} } });
      assert.match(await scanned(), /1 drivers/);
      assert.deepEqual(client.of('window/workDoneProgress/create'), []);
    });

    it('ends when the user cancels it', async () => {
      const files = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`/tree/d${n}/f.c`, marked]));
      await start(files);
      const begun = await client.until('progress', () => client.of('$/progress')[0]);
      await client.connection.sendNotification('window/workDoneProgress/cancel', { token: fieldOf(begun, 'token') });
      assert.match(await scanned(), /^scan cancelled/);
      assert.ok(engine.checks.length < 500);
    });

    it('ends before the next driver, not when those that it knows of are through', async () => {
      const files = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`/tree/d${n}/f.c`, marked]));
      const cancel = new CancellationTokenSource();
      class CancellingEngine extends FakeEngine {
        override check(source: ModuleSource): Checked {
          if (this.checks.length === 2) cancel.cancel();
          return super.check(source);
        }
      }
      const cancelling = new CancellingEngine();
      await start(files, { engine: async () => cancelling, settings: { workspaceScan: false } });
      const summary = await client.connection.sendRequest('vfio/checkWorkspace', {}, cancel.token);
      assert.ok(isWorkspaceSummary(summary));
      assert.equal(summary.cancelled, true);
      assert.ok(summary.drivers < 50, `${summary.drivers} drivers`);
      assert.equal(summary.files, summary.drivers, 'a file counts when its driver was checked');
    });

    it('does not keep an editor waiting', async () => {
      const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`/tree/d${n}/f.c`, marked]));
      await start({ ...files, [main]: marked });
      await client.until('begin', () => client.of('$/progress')[0]);
      await client.open(main, `${marked}FAULT quick`);
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['quick'],
      );
      assert.ok(engine.checks.length < 300, 'answered while the scan runs');
      await scanned();
    });

    it('says which folders could not be read, and goes on', async () => {
      const fs = new MemoryFs({ [main]: marked, [other]: marked });
      fs.unreadable.add('/tree/arch');
      await start({}, { fs });
      assert.match(await scanned(), /1 drivers/);
      assert.ok(client.log.some((line) => /^\/tree\/arch could not be read/.test(line)));
    });

    it('goes on after a module that brings out a fault of ours', async () => {
      await start({ [main]: `${marked}THROW`, [other]: `${marked}FAULT one` });
      assert.match(await scanned(), /1 drivers/);
      assert.ok(client.log.some((line) => /demo could not be checked, which is a fault of the server/.test(line)));
      assert.deepEqual(await findings(), [`${uri(other)}: one`]);
    });

    it('is left out when the setting says so', async () => {
      await start({ [main]: marked }, { settings: { workspaceScan: false } });
      await client.settle();
      await client.until('status', status);
      assert.deepEqual([status()?.drivers, engine.checks.length], [0, 0]);
    });

    it('starts and is undone as the setting changes', async () => {
      await start({ [main]: `${marked}FAULT one` }, { settings: { workspaceScan: false } });
      await client.until('status', status);
      client.settings = { workspaceScan: true };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      await scanned();
      assert.equal((await findings()).length, 1);
      client.settings = { workspaceScan: false };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      await client.until('no drivers', () => status()?.drivers === 0);
      assert.deepEqual(await findings(), []);
    });
  });

  it('is checked on request, and summed up', async () => {
    await start(
      { [main]: `${marked}FAULT one\nFAULT two`, [other]: marked, '/tree/x.c': '' },
      { settings: { workspaceScan: false } },
    );
    const summary = await client.connection.sendRequest('vfio/checkWorkspace');
    assert.ok(isWorkspaceSummary(summary));
    assert.deepEqual(summary, { files: 3, modules: 2, drivers: 2, findings: 2, cancelled: false });
  });

  it('is summed up as it is shown: what two modules find in a file of both counts once', async () => {
    const makefile = 'obj-m := one.o two.o\none-y := one_main.o shared.o\ntwo-y := two_main.o shared.o\n';
    const [one, two] = ['/tree/pair/one_main.c', '/tree/pair/two_main.c'];
    const shared = { '/tree/pair/Makefile': makefile, '/tree/pair/shared.c': 'FAULT both' };
    await start({ ...shared, [one]: marked, [two]: `${marked}FAULT own` }, { settings: { workspaceScan: false } });
    const summary = await client.connection.sendRequest('vfio/checkWorkspace');
    assert.deepEqual(summary, { files: 3, modules: 2, drivers: 2, findings: 2, cancelled: false });
    assert.equal((await findings()).length, 2);
  });

  it('is checked after a scan that runs already, which progress and cancel do not wait for', async () => {
    const fs = new HeldFs({ [main]: `${marked}FAULT one` });
    await start({}, { fs });
    await fs.asked;
    const cancel = new CancellationTokenSource();
    const waiting = client.connection.sendRequest('vfio/checkWorkspace', { workDoneToken: 'own' }, cancel.token);
    const own = () => client.of('$/progress').filter((params) => fieldOf(params, 'token') === 'own');
    await client.until('its progress', () => own()[0]);
    cancel.cancel();
    assert.deepEqual(await waiting, { files: 0, modules: 0, drivers: 0, findings: 0, cancelled: true });
    assert.deepEqual(
      own().map((params) => fieldOf(fieldOf(params, 'value'), 'kind')),
      ['begin', 'end'],
    );
    fs.release();
    assert.match(await client.until('end', () => client.log.find((line) => line.startsWith('scan done'))), /1 drivers/);
    const again = await client.connection.sendRequest('vfio/checkWorkspace');
    assert.deepEqual(again, { files: 1, modules: 1, drivers: 1, findings: 1, cancelled: false });
  });

  it('may have no folder at all', async () => {
    await start({ [main]: marked }, { folders: [] });
    const summary = await client.connection.sendRequest('vfio/checkWorkspace', null);
    assert.deepEqual(summary, { files: 0, modules: 0, drivers: 0, findings: 0, cancelled: false });
  });

  it('may have several folders, that come and go', async () => {
    await start({ [main]: `${marked}FAULT one`, '/second/b/b.c': `${marked}FAULT two` });
    await scanned();
    const change = (added: readonly string[], removed: readonly string[]) =>
      client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
        event: {
          added: added.map((path) => ({ uri: uri(path), name: path })),
          removed: removed.map((path) => ({ uri: uri(path), name: path })),
        },
      });
    await change(['/second'], []);
    await client.until('second driver', () => status()?.drivers === 2);
    assert.equal((await findings()).length, 2);
    await change([], ['/tree']);
    await client.until('one driver', () => status()?.drivers === 1);
    assert.deepEqual(await findings(), [`${uri('/second/b/b.c')}: two`]);
  });

  describe('on the disk', () => {
    it('is followed where the client watches it', async () => {
      await start({ [main]: marked });
      await scanned();
      const registered = client.of('client/registerCapability').map((params) => JSON.stringify(params));
      assert.ok(
        registered.some((text) => text.includes('workspace/didChangeWatchedFiles') && text.includes('Makefile')),
      );
      client.fs.write(main, `${marked}FAULT changed`);
      await changed(main, FileChangeType.Changed);
      await client.until('second check', () => engine.checks.length === 2);
      assert.deepEqual(await findings(), [`${uri(main)}: changed`]);
    });

    it('does not count where the editor has the file open', async () => {
      await start({ [main]: marked });
      await client.open(main, `${marked}FAULT open`);
      await client.diagnostics(main);
      client.fs.write(main, `${marked}FAULT disk`);
      await changed(main, FileChangeType.Changed);
      await client.settle();
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['open'],
      );
    });

    it('brings and takes files of a module', async () => {
      await start({ [main]: marked });
      await scanned();
      const added = '/tree/drivers/vfio/demo/added.c';
      client.fs.write(added, 'FAULT added');
      await changed(added, FileChangeType.Created);
      await client.until('finding', () => engine.checks.length === 2);
      assert.deepEqual(await findings(), [`${uri(added)}: added`]);
      client.fs.remove(added);
      await changed(added, FileChangeType.Deleted);
      await client.until('third check', () => engine.checks.length === 3);
      assert.deepEqual(await findings(), []);
    });

    it('brings and takes whole drivers', async () => {
      await start({ '/tree/x.c': '' });
      await scanned();
      client.fs.write(main, `${marked}FAULT new`);
      await changed(main, FileChangeType.Created);
      await client.until('driver', () => status()?.drivers === 1);
      assert.equal((await findings()).length, 1);
      client.fs.remove(main);
      await client.connection.sendNotification('workspace/didDeleteFiles', {
        files: [{ uri: uri('/tree/drivers/vfio/demo') }],
      });
      await client.until('no driver', () => status()?.drivers === 0);
      assert.deepEqual(await findings(), []);
    });

    it('brings and takes folders of which nothing else is told', async () => {
      await start({ '/tree/x.c': '' });
      await scanned();
      client.fs.write(main, `${marked}FAULT new`);
      await changed('/tree/drivers', FileChangeType.Created);
      await changed('/tree/drivers/vfio', FileChangeType.Created);
      await client.until('driver', () => status()?.drivers === 1 && !status()?.busy);
      assert.deepEqual(await findings(), [`${uri(main)}: new`]);
      client.fs.remove(main);
      await changed('/tree/drivers', FileChangeType.Deleted);
      await client.until('no driver', () => status()?.drivers === 0);
      assert.deepEqual(await findings(), []);
    });

    it('costs nothing for what a build or git leaves', async () => {
      await start({ [main]: marked });
      await scanned();
      await client.until('its end', () => status()?.busy === false);
      const before = [engine.searches, engine.checks.length, client.fs.reads];
      for (const name of [
        'main.o',
        '.main.o.cmd',
        'demo.mod',
        'built-in.a',
        'modules.order',
        '.git/HEAD',
        '.git/refs',
      ]) {
        await changed(`/tree/drivers/vfio/demo/${name}`, FileChangeType.Created);
        await changed(`/tree/drivers/vfio/demo/${name}`, FileChangeType.Deleted);
      }
      await client.settle();
      assert.deepEqual([engine.searches, engine.checks.length, client.fs.reads], before);
    });

    it('renames files', async () => {
      await start({ [main]: `${marked}FAULT one` });
      await scanned();
      const renamed = '/tree/drivers/vfio/demo/renamed.c';
      client.fs.remove(main);
      client.fs.write(renamed, `${marked}FAULT one`);
      await client.connection.sendNotification('workspace/didRenameFiles', {
        files: [{ oldUri: uri(main), newUri: uri(renamed) }],
      });
      await client.until('new module', () => engine.checks.length === 2);
      await client.settle();
      assert.deepEqual(await findings(), [`${uri(renamed)}: one`]);
    });

    it('decides by Makefiles and kernel headers, which are read again', async () => {
      await start({ [main]: marked });
      await client.open(main, marked);
      await client.diagnostics(main);
      await scanned();
      const { searches } = engine;
      await changed('/tree/drivers/vfio/Makefile', FileChangeType.Changed);
      await client.until('search', () => engine.searches === searches + 1);
      await changed('/tree/include/uapi/linux/vfio.h', FileChangeType.Changed);
      await client.until('search', () => engine.searches === searches + 2);
    });
  });
});
