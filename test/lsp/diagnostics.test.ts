import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { FakeEngine } from '../support/fakeEngine';
import type { ClientOptions, LspClient } from '../support/lspClient';
import { fieldOf, pullClient, pushClient, replacement, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

const main = '/tree/demo/main.c';
const step = '/tree/demo/step.c';
const marked = 'migration_set_state\n';

describe('diagnostics', () => {
  let engine: FakeEngine;
  let client: LspClient;
  const start = async (files: Readonly<Record<string, string>>, options: ClientOptions = {}) => {
    engine = new FakeEngine();
    client = await startClient({ fs: new MemoryFs(files), engine: async () => engine, ...options });
  };
  afterEach(() => client.stop());

  describe('for a client that asks', () => {
    it('says "unchanged" for a result that the client has', async () => {
      await start({ [main]: `${marked}FAULT one` });
      await client.open(main, `${marked}FAULT one`);
      const first = await client.pull(main);
      assert.deepEqual(await client.pull(main, first.resultId), { kind: 'unchanged', resultId: first.resultId });
      await client.change(main, replacement(`${marked}FAULT one`, 'FAULT one', 'FAULT two'));
      const second = await client.pull(main, first.resultId);
      assert.equal(second.kind, 'full');
      assert.notEqual(second.resultId, first.resultId);
    });

    it('does not take the results of a server before it for its own', async () => {
      await start({ [main]: `${marked}FAULT one` });
      await client.open(main, `${marked}FAULT one`);
      const before = await client.pull(main);
      await client.stop();
      await start({ [main]: `${marked}FAULT two` });
      await client.open(main, `${marked}FAULT two`);
      assert.equal((await client.pull(main, before.resultId)).kind, 'full');
    });

    it('gives findings of other files as related documents', async () => {
      await start({ [main]: marked, [step]: 'VFIO_MIGRATION_ FAULT there @main.c' });
      await client.open(step, 'VFIO_MIGRATION_ FAULT there @main.c');
      const report = await client.pull(step);
      assert.deepEqual(report.kind === 'full' && report.items, []);
      const related = report.relatedDocuments?.[uri(main)];
      assert.equal(related?.kind === 'full' && related.items[0]?.message, 'there');
    });

    it('carries code, source, severity, tag and related places', async () => {
      await start({ [main]: `${marked}FAULT fade` });
      await client.open(main, `${marked}FAULT fade`);
      const [found] = await client.diagnostics(main);
      assert.deepEqual(
        [found?.code, found?.source, found?.severity, found?.tags],
        ['missing-arc', 'vfio-arcs', 1, [1]],
      );
      assert.equal(found?.relatedInformation?.length, 1);
    });

    it('leaves out what the client can not show', async () => {
      await start({ [main]: `${marked}FAULT fade` }, { capabilities: { textDocument: { diagnostic: {} } } });
      await client.open(main, `${marked}FAULT fade`);
      const report = await client.pull(main);
      assert.equal(report.kind === 'full' && report.items[0]?.message, 'fade');
      assert.ok(report.kind === 'full' && report.items[0]?.tags === undefined);
      assert.ok(report.kind === 'full' && report.items[0]?.relatedInformation === undefined);
      assert.equal(report.relatedDocuments, undefined);
    });

    it('asks the client to ask again when an edit changes what is said about another open file', async () => {
      await start({ [main]: marked, [step]: 'VFIO_MIGRATION_' });
      await client.open(main, marked);
      await client.open(step, 'VFIO_MIGRATION_');
      await client.pull(main);
      await client.pull(step);
      await client.change(step, { text: 'VFIO_MIGRATION_ FAULT here' });
      await client.pull(step);
      await client.settle();
      assert.equal(client.of('workspace/diagnostic/refresh').length, 0, 'the document itself was just answered');
      await client.change(step, { text: 'VFIO_MIGRATION_ FAULT there @main.c' });
      await client.pull(step);
      await client.until('refresh', () => client.of('workspace/diagnostic/refresh').length === 1);
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['there'],
      );
    });

    it('ends a cancelled request without checking', async () => {
      await start({ [main]: marked });
      await client.open(main, marked);
      const source = new CancellationTokenSource();
      const asked = client.connection.sendRequest(
        'textDocument/diagnostic',
        { textDocument: { uri: uri(main) } },
        source.token,
      );
      source.cancel();
      await assert.rejects(asked, { code: -32800 });
      assert.equal(engine.checks.length, 0);
      assert.deepEqual(await client.diagnostics(main), [], 'the next one is answered');
    });

    it('checks once for many edits that nobody asked about', async () => {
      await start({ [main]: marked });
      await client.open(main, marked);
      await client.diagnostics(main);
      for (let edit = 0; edit < 50; edit++) await client.change(main, { text: `${marked}FAULT e${edit}` });
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['e49'],
      );
      assert.equal(engine.checks.length, 2);
    });

    it('answers a fault of its own as internal error, logs it with its stack, and lives', async () => {
      await start({ [main]: `${marked}THROW` });
      await client.open(main, `${marked}THROW`);
      await assert.rejects(client.pull(main), { code: -32603 });
      const logged = await client.until('log', () => client.log.find((line) => line.includes('a fault of the engine')));
      assert.match(logged, /fakeEngine/);
      assert.ok(engine.forgotten.includes(main), 'nothing is kept that may be broken');
      await client.change(main, { text: `${marked}FAULT fine` });
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['fine'],
      );
    });

    it('tells a client that the engine can not be loaded, and tries again', async () => {
      let loads = 0;
      await start({ [main]: `${marked}FAULT one` });
      engine.ready = async () => {
        loads++;
        if (loads <= 2) throw new Error('no parser here');
      };
      await client.open(main, `${marked}FAULT one`);
      await assert.rejects(client.pull(main), /no parser here/);
      assert.equal((await client.diagnostics(main)).length, 1);
    });

    it('says of a file beyond all measure that it is not analysed', async () => {
      const text = `${marked}${'x'.repeat(10_000_000)}`;
      await start({ [main]: text });
      await client.open(main, text);
      const [found] = await client.diagnostics(main);
      assert.match(String(found?.message), /not analysed: it has 10\.0 million characters, the limit is 4\.0 million/);
      assert.equal(engine.checks.length, 0);
      await client.change(main, { text: `${marked}FAULT small` });
      assert.deepEqual(
        (await client.diagnostics(main)).map((each) => each.message),
        ['small'],
      );
    });

    it('leaves such a file out of its module and says so there', async () => {
      const large = `${marked}${'x'.repeat(5_000_000)}`;
      await start({ [main]: `${marked}FAULT one`, [step]: large });
      await client.open(main, `${marked}FAULT one`);
      const report = await client.pull(main);
      assert.equal(report.kind === 'full' && report.items.length, 1);
      const related = report.relatedDocuments?.[uri(step)];
      assert.equal(related?.kind === 'full' && related.items[0]?.code, 'file-too-large');
    });

    const odd: readonly (readonly [string, string])[] = [
      ['an empty file', ''],
      ['a binary', '\0\u0001ELF\ufffd\0migration_set_state\0'],
      ['a file of line ends', '\r\n\r\r\n\n'.repeat(1000)],
    ];
    for (const [what, text] of odd) {
      it(`takes ${what}`, async () => {
        await start({ [main]: text });
        await client.open(main, text);
        assert.deepEqual(await client.diagnostics(main), []);
        assert.equal(await client.hover(main, 0, 0), null);
        assert.equal(await client.hover(main, 99999, 99999), null);
      });
    }
  });

  describe('of the whole workspace', () => {
    const ask = (previous: readonly { uri: string; value: string }[] = []) =>
      client.connection.sendRequest('workspace/diagnostic', { previousResultIds: previous });

    it('come with findings of closed files', async () => {
      await start({ [main]: `${marked}FAULT one`, '/tree/other.c': 'int x;' }, { folders: ['/tree'] });
      const report = await ask();
      const items = fieldOf(report, 'items');
      assert.ok(Array.isArray(items));
      assert.deepEqual(
        items.map((item: unknown) => [fieldOf(item, 'uri'), fieldOf(item, 'kind'), fieldOf(item, 'version')]),
        [[uri(main), 'full', null]],
      );
    });

    it('are held back until something changes for a client that has them all', async () => {
      await start({ [main]: `${marked}FAULT one` }, { folders: ['/tree'] });
      const items = fieldOf(await ask(), 'items');
      const value = Array.isArray(items) ? String(fieldOf(items[0], 'resultId')) : '';
      let answered = false;
      const held = ask([{ uri: uri(main), value }]).then((report) => {
        answered = true;
        return report;
      });
      await client.settle();
      assert.equal(answered, false);
      await client.open(main, `${marked}FAULT two`);
      await client.pull(main);
      const news = fieldOf(await held, 'items');
      assert.equal(Array.isArray(news) && fieldOf(news[0], 'kind'), 'full');
      assert.equal(Array.isArray(news) && fieldOf(news[0], 'version'), 1);
    });

    it('are streamed as they change, also of files that are not open', async () => {
      await start({ [main]: marked, [step]: 'VFIO_MIGRATION_' }, { folders: ['/tree'] });
      const source = new CancellationTokenSource();
      const stream = client.connection.sendRequest(
        'workspace/diagnostic',
        { previousResultIds: [], partialResultToken: 'stream-1' },
        source.token,
      );
      const ended = assert.rejects(stream, { code: -32800 });
      await client.open(step, 'VFIO_MIGRATION_ FAULT there @main.c');
      await client.pull(step);
      const sent = await client.until('partial result', () =>
        client.of('$/progress').find((params) => fieldOf(params, 'token') === 'stream-1'),
      );
      const items = fieldOf(fieldOf(sent, 'value'), 'items');
      assert.equal(Array.isArray(items) && fieldOf(items[0], 'uri'), uri(main));
      source.cancel();
      await ended;
    });
  });

  describe('for a client that only listens', () => {
    it('are published with the version, and for the file where the mend belongs', async () => {
      await start({ [main]: marked, [step]: 'VFIO_MIGRATION_' }, { capabilities: pushClient });
      assert.equal(client.initializeResult?.capabilities.diagnosticProvider, undefined);
      await client.open(main, `${marked}FAULT one`);
      const first = await client.until('diagnostics', () => client.published(main));
      assert.deepEqual([first.version, first.diagnostics.length], [1, 1]);
      await client.open(step, 'VFIO_MIGRATION_ FAULT there @main.c');
      await client.until('two findings', () => client.published(main)?.diagnostics.length === 2);
      const version = await client.change(main, { text: marked });
      await client.until('version', () => client.published(main)?.version === version);
      await client.close(main);
      await client.settle();
      assert.equal(client.published(main)?.diagnostics.length, 1, 'what is said about the closed file stands');
    });

    it('go away when the last file of the driver is closed', async () => {
      await start({ [main]: `${marked}FAULT one` }, { capabilities: pushClient });
      await client.open(main, `${marked}FAULT one`);
      await client.until('diagnostics', () => client.published(main)?.diagnostics.length === 1);
      await client.close(main);
      await client.until('none', () => client.published(main)?.diagnostics.length === 0);
    });

    it('are not sent at all for C without migration', async () => {
      await start({ [main]: 'int x;' }, { capabilities: pushClient });
      await client.open(main, 'int x;');
      await client.change(main, { text: 'int y;' });
      await client.settle();
      assert.deepEqual(client.of('textDocument/publishDiagnostics'), []);
    });

    it('are for the newest text when edits come faster than checks', async () => {
      await start({ [main]: marked }, { capabilities: pushClient });
      await client.open(main, marked);
      let version = 0;
      for (let edit = 0; edit < 100; edit++) version = await client.change(main, { text: `${marked}FAULT e${edit}` });
      await client.until('newest', () => client.published(main)?.version === version);
      assert.equal(client.published(main)?.diagnostics[0]?.message, 'e99');
      assert.ok(engine.checks.length <= 102);
    });
  });

  it('are pulled by a client that can do both', async () => {
    const both = { ...pullClient, textDocument: { ...pullClient.textDocument, ...pushClient.textDocument } };
    await start({ [main]: `${marked}FAULT one` }, { capabilities: both });
    await client.open(main, `${marked}FAULT one`);
    assert.equal((await client.diagnostics(main)).length, 1);
    assert.deepEqual(client.of('textDocument/publishDiagnostics'), []);
  });
});
