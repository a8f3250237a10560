import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../server/src/device';
import { setState } from '../../server/src/device';
import { loadParser } from '../../server/src/entry/node/platform';
import type { MachineRef, SimulationChanged, SimulationSession, Traits } from '../../server/src/wire';
import {
  isSimulationAdvance,
  isSimulationCatalogue,
  isSimulationChanged,
  isSimulationSession,
} from '../../server/src/wire';
import type { LspClient } from '../support/lspClient';
import { startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';
import { root } from '../support/repo';

const folders = { nimbus: '/tree/drivers/vfio/pci/nimbus', stratus: '/tree/drivers/vfio/pci/stratus' };
const files = Object.fromEntries(
  Object.entries(folders).flatMap(([name, folder]) =>
    readdirSync(join(root, 'test/samples', name)).map((file) => [
      `${folder}/${file}`,
      readFileSync(join(root, 'test/samples', name, file), 'utf8'),
    ]),
  ),
);
const mains = { nimbus: `${folders.nimbus}/main.c`, stratus: `${folders.stratus}/main.c` };
const texts = { nimbus: files[mains.nimbus] ?? '', stratus: files[mains.stratus] ?? '' };
const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
/** nimbus without PRE_COPY_P2P -> STOP_COPY, and without the ops that name its set_state. */
const withoutArc = texts.nimbus.replace(arc, arc.replace('STOP_COPY', 'ERROR'));
const broken = texts.nimbus.replace('migration_flags', 'other_flags');
const deleted = 3;
const created = 1;

describe('simulations follow their drivers', function () {
  this.timeout(30_000);
  let client: LspClient;
  let fs: MemoryFs;
  beforeEach(async () => {
    fs = new MemoryFs(files);
    client = await startClient({ fs, platform: { loadParser }, folders: ['/tree'] });
    await client.until('the scan', () => client.log.some((line) => line.startsWith('scan done')));
  });
  afterEach(() => client.stop());

  const send = (method: string, params: object): Promise<unknown> =>
    client.connection.sendRequest(`vfio/simulation/${method}`, params);
  async function ref(name: 'nimbus' | 'stratus'): Promise<MachineRef> {
    const found = await client.connection.sendRequest('vfio/simulation/catalogue');
    assert.ok(isSimulationCatalogue(found));
    const driver = found.drivers.find((each) => each.name.startsWith(name));
    assert.ok(driver, name);
    return driver.ref;
  }
  async function open(
    names: readonly ('nimbus' | 'stratus')[],
    more: { readonly scenario?: object; readonly traits?: Partial<Traits> } = {},
  ): Promise<SimulationSession> {
    const devices: object[] = [];
    for (const [index, name] of names.entries()) {
      const { traits } = more;
      devices.push({ name: index === 0 ? 'source' : 'target', machine: await ref(name), ...(traits && { traits }) });
    }
    const found = await send('open', { devices, ...(more.scenario && { scenario: more.scenario }) });
    assert.ok(isSimulationSession(found));
    return found;
  }
  async function dispatch(id: string, events: readonly Event[], at = 0): Promise<void> {
    assert.ok(isSimulationAdvance(await send('dispatch', { id, at, events })));
  }
  async function edit(name: 'nimbus' | 'stratus', text: string): Promise<void> {
    await client.change(mains[name], { text });
    await client.diagnostics(mains[name]);
  }
  const changes = () => client.of('vfio/simulation/changed').filter(isSimulationChanged);
  const nextChange = (index: number): Promise<SimulationChanged> =>
    client.until(`change ${index}`, () => changes()[index]);
  async function noMoreThan(count: number): Promise<void> {
    await client.settle();
    assert.equal(changes().length, count, JSON.stringify(changes().map(({ problem, changed }) => [problem, changed])));
  }
  const watched = (path: string, type: number) =>
    client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(path), type }] });
  const sets = [setState('source', 'PRE_COPY'), setState('source', 'STOP_COPY')];

  it('a driver that is broken while somebody types is said to be so once, and comes back when it is mended', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const { id } = await open(['nimbus']);
    await dispatch(id, sets);
    await edit('nimbus', broken);
    assert.match((await nextChange(0)).problem ?? '', /the driver of source can not be simulated as it stands/);
    await edit('nimbus', `${broken}\n/* still typing */\n`);
    await noMoreThan(1);
    await edit('nimbus', texts.nimbus);
    const mended = await nextChange(1);
    assert.deepEqual([mended.problem, mended.changed, mended.advance?.steps], [null, [], []]);
    await edit('nimbus', withoutArc);
    assert.deepEqual((await nextChange(2)).changed, [1]);
    await dispatch(id, [setState('source', 'STOP')], 2);
  });

  it('a driver that comes back as another one is run as what it is now', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const { id } = await open(['nimbus']);
    await dispatch(id, sets);
    await edit('nimbus', broken);
    await nextChange(0);
    await edit('nimbus', withoutArc);
    const back = await nextChange(1);
    assert.deepEqual([back.problem, back.changed], [null, [1]]);
    assert.match(back.advance?.steps[0]?.rows.at(-2)?.text ?? '', /-EINVAL/);
  });

  it('a driver whose file is deleted is said to be gone; when it is there again the simulation goes on', async () => {
    const { id } = await open(['nimbus']);
    await dispatch(id, sets);
    fs.remove(mains.nimbus);
    watched(mains.nimbus, deleted);
    assert.match((await nextChange(0)).problem ?? '', /can not be simulated as it stands: its file, /);
    await dispatch(id, [setState('source', 'STOP')], 2);
    fs.write(mains.nimbus, withoutArc);
    watched(mains.nimbus, created);
    const back = await nextChange(1);
    assert.deepEqual([back.problem, back.changed], [null, [1, 2]]);
  });

  it('a driver whose document is only closed is not gone', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const { id } = await open(['nimbus']);
    await dispatch(id, sets);
    await client.close(mains.nimbus);
    await noMoreThan(0);
  });

  it('two drivers in one simulation: while one is broken nothing runs, then it runs with what both are now', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    await client.open(mains.stratus, texts.stratus);
    const { id } = await open(['nimbus', 'stratus']);
    await dispatch(id, [...sets, setState('target', 'RUNNING_P2P')]);
    await edit('nimbus', broken);
    assert.match((await nextChange(0)).problem ?? '', /the driver of source can not/);
    const fewer = texts.stratus.replace(
      /migration_flags = VFIO_MIGRATION_STOP_COPY[^;]*;/,
      'migration_flags = VFIO_MIGRATION_STOP_COPY;',
    );
    assert.notEqual(fewer, texts.stratus);
    await edit('stratus', fewer);
    await noMoreThan(1);
    await edit('nimbus', withoutArc);
    const both = await nextChange(1);
    assert.deepEqual(both.machines.map(({ device }) => device).sort(), ['source', 'target']);
    assert.deepEqual([both.problem, both.changed], [null, [1, 2]], 'RUNNING_P2P is no state without P2P');
  });

  it('other flags are another machine: a scenario runs again without pre-copy', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const opened = await open(['nimbus', 'nimbus'], {
      scenario: { name: 'precopy', parameters: { initial: 1024 }, faults: [] },
    });
    assert.ok((opened.verdict?.bytes.precopy ?? 0) > 0);
    await edit('nimbus', texts.nimbus.replace(' | VFIO_MIGRATION_PRE_COPY', ''));
    const changed = await nextChange(0);
    assert.deepEqual(changed.machines[0]?.machine.flags, ['STOP_COPY', 'P2P']);
    assert.deepEqual([changed.advance?.verdict?.outcome, changed.advance?.verdict?.bytes.precopy], ['migrated', 0]);
  });

  it('an armed fault that the driver has no more is said; what the client chose of the traits stays', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const opened = await open(['nimbus'], { traits: { temporaryEnd: 'zero' } });
    await dispatch(opened.id, sets);
    await edit('nimbus', `${texts.nimbus}\n/* nothing new */\n`);
    await noMoreThan(0);
    await edit('nimbus', withoutArc);
    const changed = await nextChange(0);
    assert.equal(changed.machines[0]?.machine.traits.temporaryEnd, 'zero');
    await send('close', { id: opened.id });
    await edit('nimbus', texts.nimbus);
    const machine = opened.devices[0]?.machine;
    const fault = machine?.arcs.find(({ from, to }) => from === 'PRE_COPY_P2P' && to === 'STOP_COPY')?.faults[0];
    assert.ok(fault);
    await open(['nimbus', 'nimbus'], { scenario: { name: 'precopy', parameters: {}, faults: [{ id: fault.id }] } });
    await edit('nimbus', withoutArc);
    assert.match((await nextChange(1)).problem ?? '', /source has no fault switch "PRE_COPY_P2P->STOP_COPY@/);
  });

  it('edits faster than a long scenario runs: the last one counts, and a closed simulation is left alone', async () => {
    await client.open(mains.nimbus, texts.nimbus);
    const scenario = { name: 'precopy', parameters: { initial: 800_000, chunk: 1024 }, faults: [] };
    const long = await open(['nimbus', 'nimbus'], { scenario });
    const other = await open(['nimbus', 'nimbus'], { scenario });
    for (let count = 0; count < 4; count++) await edit('nimbus', count % 2 === 0 ? withoutArc : texts.nimbus);
    // One line further down than before, which tells the last run from those that it overtook.
    await edit('nimbus', `\n${withoutArc}`);
    await send('close', { id: other.id });
    const line = (long.devices[0]?.machine.setState?.range.start.line ?? 0) + 1;
    const last = await client.until('the last run', () =>
      changes().find(({ id, machines }) => id === long.id && machines[0]?.machine.setState?.range.start.line === line),
    );
    assert.equal(last.advance?.verdict?.outcome, 'failed');
    await client.settle();
    assert.equal(
      changes().findLast(({ id }) => id === long.id),
      last,
    );
  });
});
