import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeLens, Diagnostic } from 'vscode-languageserver/node';
import { loadParser } from '../../server/src/entry/node/platform';
import type { ArcTable } from '../../server/src/wire';
import { isArcTable, isDriverList, isServerStatus } from '../../server/src/wire';
import { fullClient } from '../support/driverClient';
import type { LspClient } from '../support/lspClient';
import { fieldOf, pushClient, replacement, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';
import { root } from '../support/repo';
import { sharedStep } from '../support/sharedStep';

const sample = (name: string) => readFileSync(join(root, 'test/samples', name), 'utf8');
const folder = '/tree/drivers/vfio/pci';
const stratus = `${folder}/stratus/main.c`;
const nimbus = (file: string) => `${folder}/nimbus/${file}`;
const files: Readonly<Record<string, string>> = {
  [stratus]: sample('stratus/main.c'),
  [`${folder}/stratus/Makefile`]: sample('stratus/Makefile'),
  ...Object.fromEntries(
    ['Makefile', 'main.c', 'hw.c', 'stream.c', 'nimbus.h'].map((file) => [nimbus(file), sample(`nimbus/${file}`)]),
  ),
};

describe('a driver in the editor', function () {
  this.timeout(30_000);
  let client: LspClient;
  const start = async (
    extra: Readonly<Record<string, string>> = {},
    options: Parameters<typeof startClient>[0] = {},
  ) => {
    client = await startClient({ fs: new MemoryFs({ ...files, ...extra }), platform: { loadParser }, ...options });
  };
  const textOf = (path: string): string => files[path] ?? '';
  const codes = (found: readonly Diagnostic[]) => found.map((each) => each.code);
  afterEach(() => client.stop());

  describe('diagnostics', () => {
    it('tell what is missing, where, and what declares the flag', async () => {
      await start();
      await client.open(stratus, textOf(stratus));
      const found = await client.diagnostics(stratus);
      assert.deepEqual(codes(found), ['conditional-arc', 'missing-arc']);
      const missing = found[1];
      assert.match(String(missing?.message), /^PRE_COPY_P2P -> STOP_COPY is not handled/);
      const lines = textOf(stratus).split('\n');
      const related = missing?.relatedInformation ?? [];
      assert.deepEqual(
        related.map((each) => [each.message, each.location.uri === uri(stratus)]),
        [
          ['VFIO_MIGRATION_P2P is declared here', true],
          ['VFIO_MIGRATION_PRE_COPY is declared here', true],
        ],
      );
      assert.match(lines[related[0]?.location.range.start.line ?? 0] ?? '', /VFIO_MIGRATION_P2P/);
    });

    it('come and go with the arc, after each key stroke', async () => {
      await start();
      const path = nimbus('main.c');
      await client.open(path, textOf(path));
      assert.deepEqual(await client.diagnostics(path), []);
      const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
      const text = textOf(path);
      assert.ok(text.includes(arc), 'the sample is as this test knows it');
      const broken = text.replace(arc, 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_ERROR');
      await client.change(
        path,
        replacement(text, arc, 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_ERROR'),
      );
      assert.deepEqual(codes(await client.diagnostics(path)).includes('missing-arc'), true);
      await client.change(
        path,
        replacement(broken, 'new == VFIO_DEVICE_STATE_ERROR', 'new == VFIO_DEVICE_STATE_STOP_COPY'),
      );
      assert.deepEqual(await client.diagnostics(path), []);
    });

    it('survive text that is broken in every way while it is typed', async () => {
      await start();
      await client.open(stratus, textOf(stratus));
      const text = textOf(stratus);
      for (let length = text.length; length > 0; length -= Math.ceil(text.length / 12)) {
        await client.change(stratus, { text: text.slice(0, length) });
        await client.diagnostics(stratus);
      }
      for (const broken of [
        text.replaceAll('{', ''),
        text.replaceAll(')', ''),
        text.replaceAll(';', '"'),
        `/*${text}`,
      ]) {
        await client.change(stratus, { text: broken });
        await client.diagnostics(stratus);
      }
      await client.change(stratus, { text });
      assert.deepEqual(codes(await client.diagnostics(stratus)), ['conditional-arc', 'missing-arc']);
      assert.deepEqual(
        client.log.filter((line) => line.includes('fault of the server')),
        [],
      );
    });

    it('have right places after CRLF and characters beyond 16 bits', async () => {
      const text = `/* 😀 a driver — für später */\n${textOf(stratus)}`
        .replaceAll('\n', '\r\n')
        .replace('switch (next)', '/*🚀*/ switch (next)');
      await start({ [stratus]: text });
      await client.open(stratus, text);
      const plain = await client.diagnostics(stratus);
      assert.deepEqual(codes(plain), ['conditional-arc', 'missing-arc']);
      const range = plain[0]?.range;
      const line = text.split('\r\n')[range?.start.line ?? 0] ?? '';
      assert.equal(line.slice(range?.start.character, range?.end.character), 'st->caps & STRATUS_CAP_HOLD_PEERS');
    });

    it('are there for a client that only listens', async () => {
      await start({}, { capabilities: pushClient });
      await client.open(stratus, textOf(stratus));
      const published = await client.until('diagnostics', () => client.published(stratus), 20_000);
      assert.deepEqual([published.version, codes(published.diagnostics)], [1, ['conditional-arc', 'missing-arc']]);
    });

    it('are not given for protocol v1, which the log says once', async () => {
      const path = '/tree/v1/main.c';
      const text =
        'struct vfio_device_migration_info info;\nstatic int set(u32 state)\n{\n\treturn state & VFIO_DEVICE_STATE_V1_SAVING;\n}\n';
      await start({ [path]: text });
      await client.open(path, text);
      assert.deepEqual(await client.diagnostics(path), []);
      await client.change(path, { text: `${text}\n` });
      assert.deepEqual(await client.diagnostics(path), []);
      const said = client.log.filter((line) => line.startsWith(path));
      assert.equal(said.length, 1, client.log.join('\n'));
      assert.match(said[0] ?? '', /v1/);
      const found = await client.connection.sendRequest('vfio/arcTable', { textDocument: { uri: uri(path) } });
      assert.ok(isArcTable(found) && found.notDrivers.length === 1);
    });

    it('obey the settings', async () => {
      await start({}, { settings: { rules: { 'missing-arc': 'hint', 'conditional-arc': 'off' } } });
      await client.open(stratus, textOf(stratus));
      const found = await client.diagnostics(stratus);
      assert.deepEqual([codes(found), found[0]?.severity], [['missing-arc'], 4]);
    });
  });

  describe('a driver of several files', () => {
    it('is analysed with the unsaved text of all of them', async () => {
      await start();
      const header = nimbus('nimbus.h');
      await client.open(nimbus('main.c'), textOf(nimbus('main.c')));
      assert.deepEqual(await client.diagnostics(nimbus('main.c')), []);
      await client.open(header, `${textOf(header)}\n/* vfio_device_mig_state */\n`);
      assert.deepEqual(await client.diagnostics(header), []);
      const stream = nimbus('stream.c');
      const changed = textOf(stream).replaceAll('anon_inode_getfile(', 'no_file_at_all(');
      await client.open(stream, changed);
      await client.pull(stream);
      await client.diagnostics(nimbus('main.c'));
      assert.deepEqual(
        client.log.filter((line) => line.includes('fault of the server')),
        [],
      );
    });

    it('says what an edit in one file breaks in another', async () => {
      await start();
      const stream = nimbus('stream.c');
      const head = 'int nimbus_finish_saving(struct nimbus_vf *nvf)\n{\n';
      await client.open(stream, textOf(stream));
      assert.deepEqual(await client.diagnostics(stream), []);
      await client.change(stream, replacement(textOf(stream), head, `${head}\treturn -EOPNOTSUPP;\n`));
      const report = await client.pull(stream);
      const all = [report, ...Object.values(report.relatedDocuments ?? {})];
      const messages = all.flatMap((each) =>
        each.kind === 'full' ? each.items.map((item) => String(item.message)) : [],
      );
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? '', /^PRE_COPY_P2P -> STOP_COPY is not handled/);
    });

    it('is forgotten with the last word that tells a driver, and found again when taking a letter away brings one back', async () => {
      await start();
      const main = nimbus('main.c');
      const text = `${textOf(main)}/* vfio-arcs: allow missing-arc -- none is */\n`;
      const codes = async () => (await client.diagnostics(main)).map(({ code }) => code);
      await client.open(main, text);
      assert.deepEqual(await codes(), ['unused-suppression']);
      const torn = text.replace(/vfio_migration_ops|migration_set_state/g, (mark) => mark.replace('mig', 'miXg'));
      await client.change(main, { text: torn });
      assert.deepEqual(await codes(), []);
      const lines = torn.split('\n');
      const deletions = lines.flatMap((line, number) =>
        [...line.matchAll(/(?<=mi)X(?=g)/g)].map(({ index }) => ({
          range: { start: { line: number, character: index }, end: { line: number, character: index + 1 } },
          text: '',
        })),
      );
      await client.change(main, ...deletions.reverse());
      assert.deepEqual(await codes(), ['unused-suppression']);
    });

    it('says of a file that nobody has open what is wrong there', async () => {
      const main = nimbus('main.c');
      const arc = 'cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RESUMING';
      assert.ok(textOf(main).includes(arc));
      await start({
        [main]: textOf(main).replace(arc, 'cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_ERROR'),
      });
      const stream = nimbus('stream.c');
      await client.open(stream, textOf(stream));
      const report = await client.pull(stream);
      const related = report.relatedDocuments?.[uri(main)];
      assert.ok(report.kind === 'full' && report.items.length === 0);
      assert.ok(related?.kind === 'full');
      assert.match(String(related.items[0]?.message), /^STOP -> RESUMING is not handled/);
    });
  });

  it('that shares a file with another says once what is wrong there, and where each of them asks for it; its lenses name them', async () => {
    const shared = '/tree/pair/shared.c';
    const texts = sharedStep({ saving: '' });
    const pair = Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/tree/pair/${name}`, text]));
    await start(pair, { capabilities: fullClient });
    await client.open(shared, texts['shared.c'] ?? '');
    const [missing, ...others] = await client.diagnostics(shared);
    assert.match(String(missing?.message), /^STOP -> STOP_COPY is not handled/);
    assert.deepEqual(others, []);
    assert.deepEqual(
      missing?.relatedInformation?.map(({ location }) => location.uri),
      [uri('/tree/pair/one_main.c'), uri('/tree/pair/two_main.c')],
    );
    const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', {
      textDocument: { uri: uri(shared) },
    });
    const titles = new Set(lenses.map(({ command }) => command?.title));
    assert.deepEqual([...titles], ['one: 5 of 6 arcs · STOP_COPY', 'two: 5 of 6 arcs · STOP_COPY']);
  });

  describe('the arc table', () => {
    const table = async (path: string): Promise<ArcTable> => {
      const found = await client.connection.sendRequest('vfio/arcTable', { textDocument: { uri: uri(path) } });
      assert.ok(isArcTable(found), JSON.stringify(found).slice(0, 500));
      return found;
    };

    it('has every pair of states, what is missing and where', async () => {
      await start();
      await client.open(stratus, textOf(stratus));
      const { drivers, notDrivers } = await table(stratus);
      assert.deepEqual(notDrivers, []);
      const [driver] = drivers;
      assert.ok(driver !== undefined && drivers.length === 1);
      assert.equal(driver.states.length, 7);
      assert.equal(driver.arcs.length, 42);
      assert.equal(driver.arcs.filter((arc) => arc.required).length, 15);
      assert.deepEqual(
        driver.missing.map(({ from, to }) => `${from} ${to}`),
        ['PRE_COPY PRE_COPY_P2P', 'PRE_COPY_P2P STOP_COPY'],
      );
      assert.deepEqual(
        [driver.setState.name, driver.profile.id, driver.profile.title],
        ['stratus_set_state', '7.1', 'Linux 7.1 and later'],
      );
      const opening = driver.arcs.find((arc) => arc.from === 'RUNNING_P2P' && arc.to === 'PRE_COPY_P2P');
      const line = opening?.place.range.start.line ?? 0;
      assert.match(
        textOf(stratus).split('\n')[line] ?? '',
        /VFIO_DEVICE_STATE_PRE_COPY_P2P/,
        'the first place is the one that selects',
      );
    });

    it('has the findings, and where flags are declared', async () => {
      await start();
      await client.open(stratus, textOf(stratus));
      const [driver] = (await table(stratus)).drivers;
      assert.deepEqual(
        driver?.findings.map(({ rule, severity }) => [rule, severity]),
        [
          ['conditional-arc', 'warning'],
          ['missing-arc', 'error'],
        ],
      );
      const line = driver.flagSets[0]?.declaredAt?.range.start.line ?? 0;
      assert.match(textOf(stratus).split('\n')[line] ?? '', /migration_flags/);
    });

    it('is there for closed files, and empty for what is no driver', async () => {
      await start({ '/tree/plain.c': 'int x;' });
      assert.equal((await table(stratus)).drivers.length, 1);
      assert.deepEqual(await table('/tree/plain.c'), { drivers: [], notDrivers: [] });
      assert.deepEqual(await table('/tree/absent.c'), { drivers: [], notDrivers: [] });
    });

    it('is found by the list of drivers of a scanned workspace, and counted in the status', async () => {
      await start({}, { folders: ['/tree'] });
      await client.until('end of the scan', () => client.log.find((line) => line.startsWith('scan done')), 20_000);
      const list = await client.connection.sendRequest('vfio/drivers');
      assert.ok(isDriverList(list));
      assert.deepEqual(list.drivers.map((driver) => driver.location.uri).sort(), [uri(nimbus('main.c')), uri(stratus)]);
      const entry = list.drivers.find(({ files }) => files.includes(uri(stratus)));
      assert.deepEqual(entry?.coverage, { required: 15, handled: 13, undecided: 0 });
      assert.deepEqual(entry.flags, ['STOP_COPY', 'P2P', 'PRE_COPY']);
      assert.equal(entry.ops, 'stratus_mig_ops');
      const status = client.of('vfio/status').filter(isServerStatus).at(-1);
      assert.deepEqual([status?.drivers, status?.missing], [2, 1]);
    });

    it('is made once of what is open, when a folder around it is told of and looked through', async () => {
      await start({}, { folders: ['/tree'] });
      const scans = () => client.log.filter((line) => line.startsWith('scan done')).length;
      await client.open(stratus, textOf(stratus));
      await client.until('end of the scan', () => scans() === 1, 20_000);
      await client.diagnostics(stratus);
      await client.connection.sendNotification('$/setTrace', { value: 'messages' });
      const checks = () =>
        client.of('$/logTrace').filter((params) => /^checked stratus/.test(String(fieldOf(params, 'message'))));
      await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uri('/tree/drivers'), type: 1 }],
      });
      await client.until('another scan', () => scans() === 2, 20_000);
      await client.settle();
      assert.equal(checks().length, 1);
    });

    it('is told apart from that of a driver of the same name by its place', async () => {
      const old = '/tree/old/stratus/main.c';
      const mended = textOf(stratus).replace(/migration_flags = [^;]*;/, 'migration_flags = VFIO_MIGRATION_STOP_COPY;');
      await start({ [old]: mended, '/tree/old/stratus/Makefile': sample('stratus/Makefile') }, { folders: ['/tree'] });
      await client.until('end of the scan', () => client.log.find((line) => line.startsWith('scan done')), 20_000);
      const list = await client.connection.sendRequest('vfio/drivers');
      assert.ok(isDriverList(list));
      const alike = list.drivers.filter(({ name }) => name === 'stratus-vfio-pci');
      assert.deepEqual(alike.map(({ location }) => location.uri).sort(), [uri(old), uri(stratus)].sort());
      assert.equal(new Set(alike.map(({ ops }) => ops)).size, 1);
      const [first] = (await table(old)).drivers;
      assert.deepEqual([first?.ops.location.uri, first?.flagSets[0]?.flags], [uri(old), ['STOP_COPY']]);
      assert.equal((await table(stratus)).drivers[0]?.ops.location.uri, uri(stratus));
    });
  });
});
