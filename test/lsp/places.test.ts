import assert from 'node:assert/strict';
import type { Location } from 'vscode-languageserver/node';
import type { ArcsAt } from '../../server/src/wire';
import { isArcsAt } from '../../server/src/wire';
import type { OpenDriver } from '../support/driverClient';
import { openDriver, sample } from '../support/driverClient';
import { pushClient, uri } from '../support/lspClient';
import { tableDriver } from '../support/tableDriver';

/** The unfinished sample, with a marker before the nth occurrence of a text. */
function stratus(needle: string, nth = 0): string {
  const text = sample('stratus/main.c');
  let at = -1;
  for (let count = 0; count <= nth; count++) at = text.indexOf(needle, at + 1);
  assert.ok(at >= 0, `${needle} is in the sample`);
  return `${text.slice(0, at)}$0$${text.slice(at)}`;
}

describe('places of arcs', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const ask = async (method: string, source: string) => {
    open = await openDriver(source);
    const found = await open.ask<Location[] | null>(method, {
      position: open.at(),
      context: { includeDeclaration: true },
    });
    return found?.map(({ range }) => open.textIn(range).replaceAll('VFIO_DEVICE_STATE_', '')) ?? null;
  };
  const implementations = (source: string) => ask('textDocument/implementation', source);
  const references = (source: string) => ask('textDocument/references', source);

  describe('go to implementation', () => {
    it('leads from a flag to the arcs that it requires, missing ones where they fall through', async () => {
      assert.deepEqual(await implementations(stratus('VFIO_MIGRATION_PRE_COPY')), [
        'case PRE_COPY:',
        'case PRE_COPY_P2P:',
        'case RUNNING:',
        'case PRE_COPY_P2P:',
        '-EINVAL',
        'case RUNNING_P2P:',
        'case PRE_COPY:',
      ]);
    });

    it('leads from the condition of an arc to where it comes out', async () => {
      assert.deepEqual(await implementations(stratus('VFIO_DEVICE_STATE_RESUMING:')), [
        'return get_file(session->filp);',
      ]);
    });

    it('leads from a state elsewhere to the arcs into it', async () => {
      assert.deepEqual(await implementations(stratus('VFIO_DEVICE_STATE_PRE_COPY_P2P) {')), [
        'case PRE_COPY_P2P:',
        'case PRE_COPY_P2P:',
      ]);
    });

    it('has nothing for other names, comments and other code', async () => {
      assert.equal(await implementations(stratus('stratus_out_read')), null);
      await open.client.stop();
      assert.equal(await implementations(`/* $0$VFIO_MIGRATION_P2P */\n${sample('stratus/main.c')}`), null);
      await open.client.stop();
      assert.equal(await implementations('int x = $0$VFIO_MIGRATION_P2P;\n'), null);
    });
  });

  describe('references', () => {
    it('of an arc are its condition, where it comes out, its findings and what requires it', async () => {
      assert.deepEqual(await references(stratus('VFIO_DEVICE_STATE_PRE_COPY_P2P:', 1)), [
        'case PRE_COPY_P2P:',
        'return NULL;',
        'st->caps & STRATUS_CAP_HOLD_PEERS',
        'VFIO_MIGRATION_P2P',
        'VFIO_MIGRATION_PRE_COPY',
        '-EOPNOTSUPP',
        'vdev->migration_flags = VFIO_MIGRATION_STOP_COPY |\n\t\t\t\tVFIO_MIGRATION_P2P |\n\t\t\t\tVFIO_MIGRATION_PRE_COPY',
      ]);
    });

    it('of a missing arc begin where it falls through', async () => {
      const found = await references(
        stratus('return ERR_PTR(-EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop'),
      );
      assert.deepEqual(found?.slice(0, 3), ['-EINVAL', 'VFIO_MIGRATION_P2P', 'VFIO_MIGRATION_PRE_COPY']);
    });

    it('of a missing arc are found from its sign, where Problems puts the cursor', async () => {
      const sign = '-EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop';
      assert.equal((await references(stratus(sign)))?.[0], '-EINVAL');
    });

    it('of an arc in a table begin with its row, and are found from it', async () => {
      const row = '{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY, demo_save }';
      const found = await references(tableDriver.replace(row, row.replace('demo_save', '$0$demo_save')));
      assert.deepEqual(found?.slice(0, 1), ['{ STOP, STOP_COPY, demo_save }']);
      assert.ok(found.length > 1, 'with where it comes out');
    });

    it('are left to others where no arc is decided on', async () => {
      assert.equal(await references(stratus('VFIO_DEVICE_STATE_PRE_COPY_P2P) {')), null);
      await open.client.stop();
      assert.equal(await references(stratus('kzalloc')), null);
    });
  });

  describe('the arcs of references', () => {
    const arcsAt = async (source: string): Promise<ArcsAt> => {
      open = await openDriver(source);
      const found = await open.askAt('vfio/arcsAt');
      assert.ok(isArcsAt(found), JSON.stringify(found));
      return found;
    };
    const ops = 'stratus_mig_ops';

    it('are told to clients that show more of them, by driver', async () => {
      assert.deepEqual(await arcsAt(stratus('VFIO_DEVICE_STATE_PRE_COPY_P2P:', 1)), {
        drivers: [{ name: 'demo', uri: uri(open.path), ops, arcs: [{ from: 'PRE_COPY', to: 'PRE_COPY_P2P' }] }],
      });
      await open.client.stop();
      const missing = stratus('EINVAL);\n\t}\n}\n\nstatic struct file *stratus_leave_stop');
      const [driver] = (await arcsAt(missing)).drivers;
      assert.deepEqual(driver?.arcs, [{ from: 'PRE_COPY_P2P', to: 'STOP_COPY' }]);
      await open.client.stop();
      const [owing] = (await arcsAt(stratus('VFIO_MIGRATION_PRE_COPY'))).drivers;
      assert.equal(owing?.arcs.length, 7, 'those that a flag requires');
    });

    it('are none where references are left to others', async () => {
      assert.deepEqual(await arcsAt(stratus('VFIO_DEVICE_STATE_PRE_COPY_P2P) {')), { drivers: [] });
      await open.client.stop();
      assert.deepEqual(await arcsAt(stratus('kzalloc')), { drivers: [] });
      await open.client.stop();
      assert.deepEqual(await arcsAt('int x = $0$VFIO_MIGRATION_P2P;\n'), { drivers: [] });
    });

    it('are not worked out for parameters of another shape', async () => {
      open = await openDriver(sample('stratus/main.c'));
      await assert.rejects(open.ask('vfio/arcsAt', { position: { line: -1 } }), /vfio\/arcsAt: malformed parameters/);
    });
  });

  it('are not announced to a client that can not ask, and definitions to none', async () => {
    open = await openDriver(sample('stratus/main.c'), { capabilities: pushClient });
    const { implementationProvider, referencesProvider } = open.client.initializeResult?.capabilities ?? {};
    assert.deepEqual([implementationProvider, referencesProvider], [undefined, undefined]);
    await open.client.stop();
    open = await openDriver(sample('stratus/main.c'));
    const capabilities = open.client.initializeResult?.capabilities ?? {};
    assert.deepEqual([capabilities.implementationProvider, capabilities.referencesProvider], [true, true]);
    assert.equal(capabilities.definitionProvider, undefined);
  });
});
