import assert from 'node:assert/strict';
import type { DocumentSymbol, SymbolInformation, WorkspaceSymbol } from 'vscode-languageserver/node';
import { loadParser } from '../../server/src/entry/node/platform';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import type { LspClient } from '../support/lspClient';
import { pullClient, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';

/** A symbol and what is in it, one line each. */
function outline(symbols: readonly DocumentSymbol[], indent = ''): string[] {
  return symbols.flatMap(({ name, detail, children }) => [
    `${indent}${name}${detail ? `: ${detail}` : ''}`,
    ...outline(children ?? [], `${indent}  `),
  ]);
}

describe('document symbols', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  it('are the driver, its set_state, and its arcs with what becomes of each', async () => {
    open = await openDriver(sample('stratus/main.c'));
    const symbols = await open.ask<DocumentSymbol[]>('textDocument/documentSymbol');
    assert.deepEqual(outline(symbols), [
      'demo: stratus_mig_ops',
      '  stratus_set_state',
      '    STOP -> STOP_COPY: a new file',
      '    STOP -> RESUMING: a new file',
      '    STOP -> RUNNING_P2P: NULL',
      '    RUNNING -> RUNNING_P2P: NULL',
      '    RUNNING -> PRE_COPY: a new file',
      '    STOP_COPY -> STOP: NULL',
      '    RESUMING -> STOP: NULL',
      '    RUNNING_P2P -> STOP: NULL',
      '    RUNNING_P2P -> RUNNING: NULL',
      '    RUNNING_P2P -> PRE_COPY_P2P: a new file',
      '    PRE_COPY -> RUNNING: NULL',
      '    PRE_COPY -> PRE_COPY_P2P: NULL, only if st->caps & STRATUS_CAP_HOLD_PEERS',
      '    PRE_COPY_P2P -> STOP_COPY: missing',
      '    PRE_COPY_P2P -> RUNNING_P2P: NULL',
      '    PRE_COPY_P2P -> PRE_COPY: NULL',
    ]);
    const arcs = symbols[0]?.children?.[0]?.children ?? [];
    assert.deepEqual(
      arcs.slice(0, 2).map(({ range }) => open.textIn(range)),
      ['case VFIO_DEVICE_STATE_STOP_COPY:', 'case VFIO_DEVICE_STATE_RESUMING:'],
    );
    const missing = arcs.find(({ detail }) => detail === 'missing');
    assert.equal(open.text.split('\n')[missing?.range.start.line ?? 0]?.trim(), 'return ERR_PTR(-EINVAL);');
  });

  it('are a list for a client without trees', async () => {
    const { documentSymbol: _, ...others } = fullClient.textDocument ?? {};
    const capabilities = { ...fullClient, textDocument: { ...others, documentSymbol: {} } };
    open = await openDriver(sample('stratus/main.c'), { capabilities });
    const symbols = await open.ask<SymbolInformation[]>('textDocument/documentSymbol');
    assert.deepEqual(
      symbols.slice(0, 3).map(({ name, containerName, location }) => [name, containerName, location.uri]),
      [
        ['demo', undefined, uri(open.path)],
        ['stratus_set_state', 'demo', uri(open.path)],
        ['STOP -> STOP_COPY', 'stratus_set_state', uri(open.path)],
      ],
    );
    assert.equal(symbols.length, 17);
  });

  it('of a file without ops are what it has of the driver; of one that has nothing, none', async () => {
    const step = `#include "demo.h"
struct file *demo_step(struct dev *d, u32 cur, u32 new)
{
	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
		return NULL;
	return ERR_PTR(-EINVAL);
}
`;
    const main = `#include "demo.h"
static struct file *demo_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;

	while (new_state != d->state) {
		if (vfio_mig_get_next_state(vdev, d->state, new_state, &next))
			return ERR_PTR(-EINVAL);
		res = demo_step(d, d->state, next);
		if (IS_ERR(res))
			break;
		d->state = next;
	}
	return res;
}
static const struct vfio_migration_ops demo_ops = { .migration_set_state = demo_set_state };
static int demo_init(struct vfio_device *vdev)
{
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
	vdev->mig_ops = &demo_ops;
	return 0;
}
`;
    const header = `struct dev { struct vfio_pci_core_device core; enum vfio_device_mig_state state; };
struct file *demo_step(struct dev *d, u32 cur, u32 new);
`;
    const files = { '/tree/demo/main.c': main, '/tree/demo/demo.h': header };
    open = await openDriver(step, { files, path: '/tree/demo/step.c' });
    const ask = (path: string) =>
      open.client.connection.sendRequest<DocumentSymbol[] | null>('textDocument/documentSymbol', {
        textDocument: { uri: uri(path) },
      });
    const inStep = outline((await ask('/tree/demo/step.c')) ?? []);
    assert.deepEqual(inStep.slice(0, 3), ['demo: demo_ops', '  demo_step', '    STOP -> RUNNING: missing']);
    assert.equal(inStep.length, 2 + 6);
    await open.client.open('/tree/demo/main.c', main);
    assert.deepEqual(outline((await ask('/tree/demo/main.c')) ?? []), ['demo: demo_ops', '  demo_set_state']);
    await open.client.open('/tree/demo/demo.h', header);
    assert.deepEqual(await ask('/tree/demo/demo.h'), []);
  });

  it('are none outside of drivers', async () => {
    open = await openDriver('int x;\n');
    assert.equal(await open.ask('textDocument/documentSymbol'), null);
  });
});

describe('workspace symbols', function () {
  this.timeout(30_000);
  let client: LspClient;
  afterEach(() => client.stop());

  const folder = '/tree/pci';
  const files: Readonly<Record<string, string>> = {
    [`${folder}/stratus/main.c`]: sample('stratus/main.c'),
    [`${folder}/stratus/Makefile`]: sample('stratus/Makefile'),
    ...Object.fromEntries(
      ['Makefile', 'main.c', 'hw.c', 'stream.c', 'nimbus.h'].map((name) => [
        `${folder}/nimbus/${name}`,
        sample(`nimbus/${name}`),
      ]),
    ),
  };
  const start = async (capabilities = fullClient) => {
    client = await startClient({ fs: new MemoryFs(files), folders: ['/tree'], platform: { loadParser }, capabilities });
    await client.until('end of the scan', () => client.log.find((line) => line.startsWith('scan done')), 20_000);
  };
  const find = async (query: string) => {
    const found = await client.connection.sendRequest<WorkspaceSymbol[]>('workspace/symbol', { query });
    return found.map(({ name, containerName }) => `${name} in ${containerName}`).sort();
  };

  it('find an arc in all drivers of the workspace, none of them open', async () => {
    await start();
    const expected = ['RUNNING -> PRE_COPY in nimbus-vfio-pci', 'RUNNING -> PRE_COPY in stratus-vfio-pci'];
    assert.deepEqual(await find('RUNNING -> PRE_COPY'), expected);
    assert.deepEqual(await find('running->pre_copy'), expected);
  });

  it('find what is missing, drivers and their set_state by name', async () => {
    await start();
    assert.deepEqual(await find('missing'), ['PRE_COPY_P2P -> STOP_COPY (missing) in stratus-vfio-pci']);
    assert.ok((await find('nimbus')).includes('nimbus-vfio-pci in nimbus_migration_ops'));
    assert.deepEqual(await find('stratus_set_state'), ['stratus_set_state in stratus-vfio-pci']);
    assert.deepEqual(await find('no such thing'), []);
    assert.equal((await find('')).length, 2 * 2 + 15 + 15);
  });

  it('know what is typed and not saved', async () => {
    await start();
    const main = `${folder}/stratus/main.c`;
    const text = (files[main] ?? '').replace('\t\treturn stratus_begin_in(st);', '\t\treturn ERR_PTR(-EINVAL);');
    await client.open(main, text);
    assert.deepEqual(await find('missing'), [
      'PRE_COPY_P2P -> STOP_COPY (missing) in stratus-vfio-pci',
      'STOP -> RESUMING (missing) in stratus-vfio-pci',
    ]);
    await client.close(main);
    assert.equal((await find('missing')).length, 1);
  });

  it('are answered without another analysis', async () => {
    await start();
    const before = client.log.length;
    await client.connection.sendNotification('$/setTrace', { value: 'verbose' });
    await find('missing');
    assert.deepEqual(
      client.of('$/logTrace').filter((each) => JSON.stringify(each).includes('checked')),
      [],
    );
    assert.equal(client.log.length, before);
  });

  it('are not announced to a client that can not ask', async () => {
    await start(pullClient);
    assert.equal(client.initializeResult?.capabilities.workspaceSymbolProvider, undefined);
  });
});
