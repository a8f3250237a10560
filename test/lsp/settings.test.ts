import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSettings } from '../../server/src/lsp/settings';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, pullClient, pushClient, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const main = '/tree/demo/main.c';
const marked = 'migration_set_state\n';

describe('settings', () => {
  it('are read as they are', () => {
    const { settings, problems } = readSettings({
      profile: '6.2',
      rules: { 'missing-arc': 'warning', 'superfluous-arc': 'off', 'unused-suppression': 'hint' },
      workspaceScan: false,
      codeLens: false,
      inlayHints: true,
      semanticTokens: false,
      trace: { server: 'verbose' },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, {
      config: {
        profile: '6.2',
        rules: { 'missing-arc': 'warning', 'superfluous-arc': 'off', 'unused-suppression': 'hint' },
      },
      workspaceScan: false,
      codeLens: false,
      inlayHints: true,
      semanticTokens: false,
    });
  });

  it('have defaults', () => {
    for (const nothing of [
      undefined,
      null,
      {},
      { profile: 'auto' },
      { profile: null, rules: null, workspaceScan: null },
    ]) {
      assert.deepEqual(readSettings(nothing), {
        settings: {
          config: { profile: null, rules: {} },
          workspaceScan: true,
          codeLens: true,
          inlayHints: false,
          semanticTokens: true,
        },
        problems: [],
      });
    }
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['yes', /^vfioArcs is "yes", which is not an object; the default is used\.$/],
    [
      { profile: '6.3' },
      /^vfioArcs\.profile is "6\.3", which is not one of auto, patch-v7, .*7\.1; the default is used\.$/,
    ],
    [{ profile: 6.2 }, /^vfioArcs\.profile is 6\.2, which is not one of auto/],
    [{ rules: ['missing-arc'] }, /^vfioArcs\.rules is \["missing-arc"\], which is not an object/],
    [{ rules: { 'no-such-rule': 'off' } }, /^vfioArcs\.rules names the rule "no-such-rule", .*missing-arc, /],
    [
      { rules: { 'missing-arc': 'fatal' } },
      /^vfioArcs\.rules\.missing-arc is "fatal", which is not one of error, warning, hint, off/,
    ],
    [{ workspaceScan: 'no' }, /^vfioArcs\.workspaceScan is "no", which is not true or false/],
    [{ inlayHints: 'on' }, /^vfioArcs\.inlayHints is "on", which is not true or false/],
  ];
  for (const [value, message] of wrong) {
    it(`names what is wrong: ${JSON.stringify(value)}`, () => {
      const { settings, problems } = readSettings(value);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', message);
      assert.deepEqual(settings, readSettings(null).settings);
    });
  }

  it('never fail, and always come out valid', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (profile, rules, workspaceScan) => {
        const { settings } = readSettings({ profile, rules, workspaceScan });
        assert.equal(readSettings({ ...settings.config, workspaceScan: settings.workspaceScan }).problems.length, 0);
      }),
    );
  });

  describe('from a client', () => {
    let client: LspClient;
    let engine: FakeEngine;
    const start = async (options: ClientOptions) => {
      engine = new FakeEngine();
      client = await startClient({ fs: new MemoryFs({ [main]: marked }), engine: async () => engine, ...options });
    };
    afterEach(() => client.stop());

    it('are asked for before the first check', async () => {
      await start({ settings: { profile: '6.0' } });
      await client.open(main, marked);
      await client.diagnostics(main);
      assert.equal(client.received.findIndex((each) => each.method === 'workspace/configuration') >= 0, true);
      assert.ok(client.log.some((line) => line.includes('"profile":"6.0"')));
    });

    it('that are wrong give one warning, and the rest goes on', async () => {
      await start({ settings: { profile: 'linux', rules: { nonsense: 'off' } } });
      await client.open(main, `${marked}FAULT one`);
      assert.equal((await client.diagnostics(main)).length, 1);
      const messages = client.of('window/showMessage');
      assert.equal(messages.length, 1);
      assert.equal(fieldOf(messages[0], 'type'), 2);
      assert.match(String(fieldOf(messages[0], 'message')), /vfioArcs\.profile is "linux".*names the rule "nonsense"/);
    });

    it('take effect without a restart', async () => {
      await start({ settings: null });
      await client.open(main, marked);
      await client.diagnostics(main);
      client.settings = { profile: '6.0' };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      await client.until('new search and check', () => engine.searches === 2 && engine.checks.length === 2);
    });

    for (const workspaceScan of [false, true]) {
      it(`of the innermost folder are those of a file, ${workspaceScan ? 'scanned' : 'opened'}`, async () => {
        const path = (folder: string) => `${folder}/main.c`;
        const folders = ['/tree', '/tree/inner', '/other'];
        engine = new FakeEngine();
        client = await startClient({
          fs: new MemoryFs(Object.fromEntries(folders.map((folder) => [path(folder), marked]))),
          engine: async () => engine,
          folders,
          settings: { profile: '6.2', workspaceScan },
          folderSettings: { [uri('/tree')]: { profile: '6.0' }, [uri('/tree/inner')]: { profile: '5.18' } },
        });
        const profiles = () => folders.map((folder) => engine.profiles.get(path(folder)));
        if (!workspaceScan) {
          for (const folder of folders) {
            await client.open(path(folder), marked);
            await client.diagnostics(path(folder));
          }
        }
        await client.until('each folder with its own', () => profiles().join() === '6.0,5.18,6.2');
        client.folderSettings = { [uri('/other')]: { profile: '7.1' } };
        await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
        await client.until('changed settings', () => profiles().join() === '6.2,6.2,7.1');
      });
    }

    it('are taken from the notification of a client that can not be asked', async () => {
      await start({ capabilities: pushClient });
      await client.open(main, marked);
      await client.until('check', () => engine.checks.length === 1);
      await client.connection.sendNotification('workspace/didChangeConfiguration', {
        settings: { vfioArcs: { rules: { 'missing-arc': 'off' } } },
      });
      await client.until('second check', () => engine.checks.length === 2);
    });

    it('are not waited for longer than a moment', async () => {
      engine = new FakeEngine();
      client = await startClient({
        fs: new MemoryFs({ [main]: marked }),
        engine: async () => engine,
        capabilities: pullClient,
        initialize: false,
        platform: { delay: () => new Promise((resolve) => setImmediate(resolve)) },
      });
      client.connection.onRequest('workspace/configuration', () => new Promise(() => undefined));
      await client.initialize({});
      await client.open(main, marked);
      assert.deepEqual(await client.diagnostics(main), []);
    });
  });
});
