import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver/node';
import type { OpenDriver } from '../support/driverClient';
import { fullClient, openDriver, sample } from '../support/driverClient';
import { driverText } from '../support/driverText';
import { fieldOf, pushClient, replacement, uri } from '../support/lspClient';

const commands = ['vfioArcs.showMissingArcs', 'vfioArcs.showArcTable', 'vfioArcs.simulate'];
const withCommands = { initializationOptions: { commands } };

describe('code lenses', function () {
  this.timeout(30_000);
  let open: OpenDriver;
  afterEach(() => open.client.stop());

  const lenses = () => open.ask<CodeLens[] | null>('textDocument/codeLens');
  /** What each name with lenses has over it. */
  const shown = async () => {
    const found = new Map<string, string[]>();
    for (const { range, command } of (await lenses()) ?? []) {
      const name = open.textIn(range);
      found.set(name, [...(found.get(name) ?? []), command?.title ?? '']);
    }
    return Object.fromEntries(found);
  };

  it('stand over the ops, set_state and the function that selects the arcs', async () => {
    open = await openDriver(sample('stratus/main.c'), withCommands);
    const titles = ['13 of 15 arcs · STOP_COPY|P2P|PRE_COPY', 'Arc Table', 'Simulate'];
    assert.deepEqual(await shown(), { stratus_step: titles, stratus_set_state: titles, stratus_mig_ops: titles });
  });

  it('stand once over a set_state that selects the arcs itself', async () => {
    const step = `if (d->state == VFIO_DEVICE_STATE_RUNNING && next == VFIO_DEVICE_STATE_STOP)
			res = NULL;
		else
			res = ERR_PTR(-EINVAL);`;
    const loop = `
static struct file *set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct dev *d = container_of(vdev, struct dev, core.vdev);
	enum vfio_device_mig_state next;
	struct file *res = NULL;

	while (new_state != d->state) {
		if (vfio_mig_get_next_state(vdev, d->state, new_state, &next))
			return ERR_PTR(-EINVAL);
		${step}
		if (IS_ERR(res))
			break;
		d->state = next;
	}
	return res;
}
`;
    open = await openDriver(driverText({ step: '', setState: loop }), withCommands);
    assert.deepEqual(Object.keys(await shown()), ['mig_ops', 'set_state']);
    assert.equal((await shown())['set_state']?.[0], '1 of 6 arcs · STOP_COPY');
  });

  it('name their driver, and where they stand, for whoever runs them', async () => {
    open = await openDriver(sample('stratus/main.c'), withCommands);
    const [first, table, simulate] = (await lenses()) ?? [];
    const driver = { uri: uri(open.path), ops: 'stratus_mig_ops' };
    assert.deepEqual(first?.command?.arguments, [driver, first?.range.start]);
    assert.deepEqual([table?.command?.command, table?.command?.arguments], ['vfioArcs.showArcTable', [driver]]);
    assert.deepEqual([simulate?.command?.command, simulate?.command?.arguments], ['vfioArcs.simulate', [driver]]);
  });

  it('are simulated by the file with the ops, also from another file of the driver', async () => {
    const source = sample('stratus/main.c');
    const step = source.indexOf('static const struct vfio_migration_ops stratus_mig_ops');
    assert.ok(step > 0);
    const files = {
      '/tree/stratus/Makefile': 'obj-m += stratus-vfio-pci.o\nstratus-vfio-pci-y := main.o mig.o\n',
      '/tree/stratus/mig.c': source
        .slice(0, step)
        .replace('static struct file *stratus_set_state', 'struct file *stratus_set_state'),
      '/tree/stratus/main.c': source.slice(step),
    };
    const path = '/tree/stratus/mig.c';
    open = await openDriver(files[path], { ...withCommands, files, path });
    const simulate = (await lenses())?.find(({ command }) => command?.command === 'vfioArcs.simulate');
    const [machine] = simulate?.command?.arguments ?? [];
    assert.deepEqual(machine, { uri: uri('/tree/stratus/main.c'), ops: 'stratus_mig_ops' });
    const ref = { kind: 'driver', ...Object(machine) };
    await open.client.connection.sendRequest('vfio/simulation/machine', { machine: ref });
  });

  it('follow what is typed', async () => {
    open = await openDriver(sample('stratus/main.c'), withCommands);
    const old = '\t\treturn stratus_begin_in(st);';
    await open.client.change(open.path, replacement(open.text, old, '\t\treturn ERR_PTR(-EINVAL);'));
    assert.equal((await shown())['stratus_step']?.[0], '12 of 15 arcs · STOP_COPY|P2P|PRE_COPY');
  });

  it('say that nothing is known without migration_flags', async () => {
    const text = sample('stratus/main.c').replace('vdev->migration_flags =', 'st->saved_flags =');
    open = await openDriver(text, withCommands);
    assert.equal((await shown())['stratus_step']?.[0], 'arcs unknown · no migration_flags found');
  });

  it('are switched off by the setting, which the client is told of at once', async () => {
    open = await openDriver(sample('stratus/main.c'), withCommands);
    assert.equal((await lenses())?.length, 9);
    open.client.settings = { codeLens: false };
    await open.client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await open.client.until('refresh', () => open.client.of('workspace/codeLens/refresh').length > 0);
    assert.equal(await lenses(), null);
  });

  it('are asked for again when an edit in another file changes them', async () => {
    const folder = '/tree/nimbus';
    const files = Object.fromEntries(
      ['Makefile', 'hw.c', 'stream.c', 'nimbus.h'].map((name) => [`${folder}/${name}`, sample(`nimbus/${name}`)]),
    );
    open = await openDriver(sample('nimbus/main.c'), { ...withCommands, files, path: `${folder}/main.c` });
    assert.equal((await shown())['nimbus_step']?.[0], '15 of 15 arcs · STOP_COPY|P2P|PRE_COPY');
    const { client } = open;
    const stream = `${folder}/stream.c`;
    await client.open(stream, sample('nimbus/stream.c'));
    await client.pull(stream);
    const before = client.of('workspace/codeLens/refresh').length;
    const head = 'int nimbus_finish_saving(struct nimbus_vf *nvf)\n{\n';
    await client.change(stream, replacement(sample('nimbus/stream.c'), head, `${head}\treturn -EOPNOTSUPP;\n`));
    await client.pull(stream);
    await client.until('refresh', () => client.of('workspace/codeLens/refresh').length > before);
    assert.equal((await shown())['nimbus_step']?.[0], '14 of 15 arcs · STOP_COPY|P2P|PRE_COPY');
  });

  it('are not announced to a client that shows none, nor given outside of drivers', async () => {
    open = await openDriver('int x;\n', { capabilities: pushClient });
    assert.equal(open.client.initializeResult?.capabilities.codeLensProvider, undefined);
    assert.equal(await lenses(), null);
  });

  describe('for a client without commands of its own', () => {
    it('have the one command that the server runs, which goes to the missing arc and says so', async () => {
      open = await openDriver(sample('stratus/main.c'));
      const { client } = open;
      assert.deepEqual(client.initializeResult?.capabilities.executeCommandProvider, {
        commands: ['vfioArcs.showMissingArcs'],
      });
      const found = (await lenses()) ?? [];
      assert.equal(found.length, 3);
      const { command, arguments: args } = found[0]?.command ?? {};
      assert.equal(await client.connection.sendRequest('workspace/executeCommand', { command, arguments: args }), null);
      const [shownDocument] = client.of('window/showDocument');
      assert.equal(fieldOf(shownDocument, 'uri'), uri(open.path));
      const { line } = Object(fieldOf(fieldOf(shownDocument, 'selection'), 'start'));
      assert.match(open.text.split('\n')[line] ?? '', /return ERR_PTR\(-EINVAL\);/);
      const message = String(fieldOf(client.of('window/showMessage')[0], 'message'));
      assert.match(message, /^VFIO Arcs: missing: PRE_COPY_P2P -> STOP_COPY falls through at .*main\.c:299\.$/);
    });

    it('say that nothing is missing, and that a driver is gone', async () => {
      open = await openDriver(sample('stratus/main.c'));
      const { client } = open;
      const run = (ops: string) =>
        client.connection.sendRequest('workspace/executeCommand', {
          command: 'vfioArcs.showMissingArcs',
          arguments: [{ uri: uri(open.path), ops }],
        });
      await run('other_ops');
      assert.match(
        String(fieldOf(client.of('window/showMessage').at(-1), 'message')),
        /no driver .* other_ops any more/,
      );
      await client.change(open.path, {
        text: open.text.replaceAll(/VFIO_MIGRATION_P2P \|\s*VFIO_MIGRATION_PRE_COPY/g, '0'),
      });
      await run('stratus_mig_ops');
      assert.match(String(fieldOf(client.of('window/showMessage').at(-1), 'message')), /missing: STOP -> RUNNING/);
      const all = { text: open.text.replace('vdev->migration_flags =', 'st->saved_flags =') };
      await client.change(open.path, all);
      await run('stratus_mig_ops');
      assert.match(String(fieldOf(client.of('window/showMessage').at(-1), 'message')), /is not known/);
    });

    it('refuse other commands and arguments', async () => {
      open = await openDriver(sample('stratus/main.c'));
      const run = (command: string, args: unknown[]) =>
        open.client.connection.sendRequest('workspace/executeCommand', { command, arguments: args });
      await assert.rejects(run('vfioArcs.simulate', []), /there is no command vfioArcs\.simulate/);
      await assert.rejects(run('vfioArcs.showMissingArcs', ['main.c']), /needs \{ uri, ops \}/);
    });
  });

  it('are fewer for a client that knows only some of the commands', async () => {
    open = await openDriver(sample('stratus/main.c'), {
      capabilities: fullClient,
      initializationOptions: { commands: commands.slice(0, 2) },
    });
    assert.deepEqual((await shown())['stratus_step'], ['13 of 15 arcs · STOP_COPY|P2P|PRE_COPY', 'Arc Table']);
    assert.equal(open.client.initializeResult?.capabilities.executeCommandProvider, undefined);
  });
});
