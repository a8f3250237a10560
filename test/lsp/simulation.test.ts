import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { setState } from '../../server/src/device';
import { loadParser } from '../../server/src/entry/node/platform';
import type { MachineRef, SimulationChanged, SimulationSession } from '../../server/src/wire';
import {
  isMachineDescription,
  isSimulationAdvance,
  isSimulationCatalogue,
  isSimulationChanged,
  isSimulationExport,
  isSimulationImportResult,
  isSimulationSession,
  isTraceComparison,
} from '../../server/src/wire';
import type { LspClient } from '../support/lspClient';
import { replacement, startClient, uri } from '../support/lspClient';
import { MemoryFs } from '../support/memoryFs';
import { root } from '../support/repo';

const folder = '/tree/drivers/vfio/pci/nimbus';
const names = ['Makefile', 'main.c', 'hw.c', 'stream.c', 'nimbus.h'] as const;
const main = `${folder}/main.c`;
const files = Object.fromEntries(
  names.map((name) => [`${folder}/${name}`, readFileSync(join(root, 'test/samples/nimbus', name), 'utf8')]),
);
const text = files[main] ?? '';
const reference: MachineRef = { kind: 'reference', flags: ['STOP_COPY', 'P2P', 'PRE_COPY'], profile: '7.1' };
const pair = (machine: MachineRef) => [
  { name: 'source', machine },
  { name: 'target', machine },
];

describe('simulation requests', function () {
  this.timeout(30_000);
  let client: LspClient;
  beforeEach(async () => {
    client = await startClient({ fs: new MemoryFs(files), platform: { loadParser }, folders: ['/tree'] });
    await client.until('the scan', () => client.log.some((line) => line.startsWith('scan done')));
  });
  afterEach(() => client.stop());

  const send = (method: string, params: object): Promise<unknown> =>
    client.connection.sendRequest(`vfio/simulation/${method}`, params);
  const refusal = async (method: string, params: object): Promise<string> => {
    try {
      await send(method, params);
      return 'answered';
    } catch (error) {
      return error instanceof Error ? error.message : 'not an error';
    }
  };
  async function session(method: string, params: object): Promise<SimulationSession> {
    const found = await send(method, params);
    assert.ok(isSimulationSession(found), JSON.stringify(found).slice(0, 300));
    return found;
  }
  async function driver(): Promise<MachineRef> {
    const found = await client.connection.sendRequest('vfio/simulation/catalogue');
    assert.ok(isSimulationCatalogue(found));
    const [first] = found.drivers;
    assert.ok(first);
    return first.ref;
  }

  it('the catalogue has the drivers of the workspace with their flags, and the scenarios', async () => {
    const found = await client.connection.sendRequest('vfio/simulation/catalogue');
    assert.ok(isSimulationCatalogue(found));
    assert.deepEqual(
      found.drivers.map(({ name, flags }) => [name, flags]),
      [['nimbus-vfio-pci', 'STOP_COPY | P2P | PRE_COPY']],
    );
    assert.ok(found.scenarios.some(({ name }) => name === 'precopy'));
  });

  it('a machine comes with its arcs, places and fault switches', async () => {
    const machine = await send('machine', { machine: await driver() });
    assert.ok(isMachineDescription(machine));
    const arc = machine.arcs.find(({ from, to }) => from === 'PRE_COPY_P2P' && to === 'STOP_COPY');
    assert.equal(arc?.verdict, 'handled');
    assert.equal(arc?.handler?.uri, uri(main));
    assert.ok(machine.arcs.some(({ faults }) => faults.length > 0));
  });

  it('a session runs the driver step by step, goes back and branches', async () => {
    const opened = await session('open', { devices: pair(await driver()) });
    const { id } = opened;
    assert.deepEqual(opened.steps, []);
    const events = [setState('source', 'PRE_COPY'), setState('source', 'STOP_COPY')];
    const advance = await send('dispatch', { id, at: 0, events });
    assert.ok(isSimulationAdvance(advance));
    assert.deepEqual([advance.from, advance.steps.length], [0, 2]);
    const rows = advance.steps.flatMap((step) => step.rows);
    assert.ok(rows.some((row) => row.lane === 'driver' && row.location?.uri === uri(main)));
    const branch = await session('branch', { id, at: 1 });
    assert.equal(branch.steps.length, 1);
    const again = await send('dispatch', { id: branch.id, at: 1, events: [setState('source', 'RUNNING')] });
    assert.ok(isSimulationAdvance(again));
    assert.equal(again.steps[0]?.after.devices[0]?.state, 'RUNNING');
    const back = await send('dispatch', { id, at: 1, events: [] });
    assert.ok(isSimulationAdvance(back));
    assert.equal(await send('close', { id }), null);
    assert.match(await refusal('dispatch', { id, at: 0, events: [] }), /no simulation "s1" is open/);
  });

  it('a scenario runs on the driver, with parameters and faults', async () => {
    const ref = await driver();
    const scenario = { name: 'precopy', parameters: { initial: 1024 }, faults: [] };
    const good = await session('open', { devices: pair(ref), scenario });
    assert.equal(good.verdict?.outcome, 'migrated');
    assert.deepEqual(good.scenario?.parameters['initial'], 1024);
    const machine = good.devices[0]?.machine;
    const arc = machine?.arcs.find(({ from, to }) => from === 'RUNNING_P2P' && to === 'PRE_COPY_P2P');
    assert.ok(arc !== undefined);
    const broken = machine?.arcs.find(({ from, faults }) => from === 'PRE_COPY_P2P' && faults.length > 0);
    const fault = broken?.faults[0];
    assert.ok(fault !== undefined);
    const bad = await session('run', { id: good.id, scenario: { ...scenario, faults: [{ id: fault.id }] } });
    const failure = bad.steps.flatMap((step) => step.rows).find((row) => row.kind === 'failure');
    assert.deepEqual(failure?.location, fault.location);
  });

  it('an edit of the driver runs the events again and says what changed', async () => {
    await client.open(main, text);
    const opened = await session('open', { devices: pair(await driver()) });
    const events = [setState('source', 'PRE_COPY'), setState('source', 'STOP_COPY'), setState('source', 'STOP')];
    await send('dispatch', { id: opened.id, at: 0, events });
    const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
    const none = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_ERROR';
    await client.change(main, replacement(text, arc, none));
    await client.diagnostics(main);
    const changed = await nextChange(0);
    assert.equal(changed.id, opened.id);
    assert.deepEqual(changed.changed, [1, 2]);
    assert.equal(changed.advance?.from, 1);
    assert.match(changed.advance?.steps[0]?.rows.at(-2)?.text ?? '', /-EINVAL/);
    const verdict = changed.machines[0]?.machine.arcs.find(
      (each) => each.from === 'PRE_COPY_P2P' && each.to === 'STOP_COPY',
    );
    assert.equal(verdict?.verdict, 'missing');
    await client.change(main, { text });
    await client.diagnostics(main);
    const mended = await nextChange(1);
    // Compared with the beginning, not with the key stroke before.
    assert.deepEqual(mended.changed, []);
    assert.equal(mended.advance?.from, 1);
    await client.change(main, { text: text.replace('migration_flags', 'other_flags') });
    await client.diagnostics(main);
    const gone = await nextChange(2);
    assert.match(gone.problem ?? '', /can not be simulated as it stands/);
  });

  function nextChange(index: number): Promise<SimulationChanged> {
    return client.until(`change ${index}`, () => {
      const found = client.of('vfio/simulation/changed')[index];
      return isSimulationChanged(found) && found;
    });
  }

  it('a session is written down in each format, and compared with itself before the last edit and with others', async () => {
    await client.open(main, text);
    const scenario = { name: 'precopy', parameters: { initial: 1024 }, faults: [] };
    const opened = await session('open', { devices: pair(await driver()), scenario });
    for (const [format, start] of [
      ['json', '{\n  "schema": "vfio-arcs/trace"'],
      ['text', 'Live migration with pre-copy: nimbus-vfio-pci\n'],
      ['mermaid', 'sequenceDiagram\n'],
      ['plantuml', '@startuml\n'],
      ['c', '/*\n * Live migration with pre-copy: nimbus-vfio-pci\n'],
    ] as const) {
      const found = await send('export', { id: opened.id, format });
      assert.ok(isSimulationExport(found));
      assert.ok(found.text.startsWith(start), found.text.slice(0, 80));
      assert.match(found.name, /^[a-z0-9-]+\.[a-z-.]+$/);
    }
    assert.match(await refusal('compare', { a: opened.id, b: 'before-edit' }), /was not edited since/);
    const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
    await client.change(main, replacement(text, arc, arc.replace('STOP_COPY', 'ERROR')));
    await client.diagnostics(main);
    await nextChange(0);
    const compared = await send('compare', { a: opened.id, b: 'before-edit' });
    assert.ok(isTraceComparison(compared));
    assert.match(compared.pairs[compared.first ?? -1]?.differences.join() ?? '', /EINVAL/);
    const other = await session('open', { devices: pair(reference), scenario });
    const same = await send('compare', { a: other.id, b: other.id });
    assert.ok(isTraceComparison(same));
    assert.equal(same.differences, 0);
  });

  async function imported(name: string, content: string, machine?: MachineRef) {
    const found = await send('import', { name, text: content, ...(machine === undefined ? {} : { machine }) });
    assert.ok(isSimulationImportResult(found), JSON.stringify(found).slice(0, 300));
    return found;
  }

  it('a saved trace is opened as it was, and follows its driver from then on', async () => {
    await client.open(main, text);
    const scenario = { name: 'precopy', parameters: { initial: 1024 }, faults: [] };
    const opened = await session('open', { devices: pair(await driver()), scenario });
    const saved = await send('export', { id: opened.id, format: 'json' });
    assert.ok(isSimulationExport(saved));
    await send('close', { id: opened.id });
    const found = await imported(saved.name, saved.text);
    assert.ok('session' in found);
    assert.equal(found.impossible, null);
    const { id, ...rest } = found.session;
    assert.deepEqual({ ...rest, id: opened.id }, opened);
    const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
    await client.change(main, replacement(text, arc, arc.replace('STOP_COPY', 'ERROR')));
    await client.diagnostics(main);
    const changed = await nextChange(0);
    assert.equal(changed.id, id);
    assert.ok(changed.changed.length > 0);
    assert.equal(changed.advance?.verdict, null, 'the verdict was of the run before');
  });

  it('samples of debugfs are run on a driver; what can not be read is answered with its line', async () => {
    const found = await imported('state.log', '1.0 RUNNING\n2.0 PRE_COPY\n3.0 STOP_COPY\n', await driver());
    assert.ok('session' in found);
    assert.equal(found.session.devices[0]?.machine.name, 'nimbus-vfio-pci');
    assert.deepEqual(found.session.steps.at(-1)?.after.devices[0]?.state, 'STOP_COPY');
    assert.equal(found.impossible, null);
    const log = await imported(
      'qemu.log',
      'hello\nvfio_migration_set_state  (0000:3b:02.1) state STOP\n',
      await driver(),
    );
    assert.deepEqual('session' in log && [log.session.title, log.notes], [
      "QEMU's qemu.log",
      ['1 line tells of no call'],
    ]);
    const on = { ...reference, flags: ['STOP_COPY'] } as const;
    const refused = await imported('state.log', 'RUNNING\nPRE_COPY\n', on);
    assert.deepEqual('session' in refused && refused.impossible?.step, 0);
    assert.deepEqual(await imported('state.log', 'RUNNING\nSTOPP\n'), {
      problem: '"STOPP" does not end with a device state - did you mean STOP?',
      line: 2,
    });
    assert.match(
      await refusal('import', { name: 'x', text: 'STOP', machine: { ...reference, flags: ['P2P'] } }),
      /no flag set/,
    );
  });

  it('an edit that changes no arc is not told', async () => {
    await client.open(main, text);
    await session('open', { devices: pair(await driver()) });
    await client.change(main, { text: `${text}\n/* the end */\n` });
    await client.diagnostics(main);
    await client.settle();
    assert.deepEqual(client.of('vfio/simulation/changed'), []);
  });

  it('what can not be meant is refused with a sentence', async () => {
    const { id } = await session('open', { devices: pair(reference) });
    const device = { name: 'A', machine: reference };
    const event = { kind: 'pass', time: 1 };
    const cases: readonly (readonly [string, object, RegExp])[] = [
      [
        'machine',
        { machine: { ...reference, flags: ['P2P'] } },
        /P2P is no flag set of Linux 7.1 and later; it has STOP_COPY, /,
      ],
      [
        'machine',
        { machine: { kind: 'driver', uri: uri('/nowhere.c'), ops: 'x' } },
        /has no migration driver with the ops x/,
      ],
      ['machine', { machine: { kind: 'driver' } }, /malformed parameters/],
      ['open', { devices: [] }, /1 to 32 devices/],
      ['open', { devices: [device, device] }, /two devices have the same name/],
      ['open', { devices: [{ ...device, traits: { poll: 'maybe' } }] }, /malformed parameters/],
      [
        'open',
        { devices: [device], scenario: { name: 'precpy', parameters: {}, faults: [] } },
        /no scenario "precpy"; there are precopy, /,
      ],
      [
        'open',
        { devices: [device], scenario: { name: 'precopy', parameters: { final: -1 }, faults: [] } },
        /final is from 1 to/,
      ],
      [
        'open',
        { devices: [device], scenario: { name: 'precopy', parameters: {}, faults: [{ id: 'none' }] } },
        /source has no fault switch "none"/,
      ],
      ['dispatch', { id, at: 1, events: [] }, /there are only 0 steps, not 1/],
      ['dispatch', { id, at: 0, events: [{ kind: 'read', fd: -1, length: 1 }] }, /events\[0\] is no event/],
      ['dispatch', { id, at: 0, events: [event, { kind: 'format', disk: 'all' }] }, /events\[1\] is no event/],
      ['dispatch', { id, at: 0, events: 3 }, /malformed parameters/],
      ['branch', { id: 's99', at: 0 }, /no simulation "s99" is open/],
    ];
    for (const [method, params, expected] of cases)
      assert.match(await refusal(method, params), expected, JSON.stringify(params));
  });

  it('a client can not exhaust the server', async () => {
    for (let index = 0; index < 64; index++) await session('open', { devices: pair(reference) });
    assert.match(await refusal('open', { devices: pair(reference) }), /64 simulations are open; close one first/);
    const events = Array.from({ length: 60_000 }, () => ({ kind: 'pass', time: 1 }));
    for (let index = 1; index <= 5; index++) await send('dispatch', { id: `s${index}`, at: 0, events });
    assert.equal(
      await refusal('dispatch', { id: 's6', at: 0, events: [events[0]] }),
      '1 more steps are too many: of 300000 steps that are kept at most, the open simulations have 300000; close one first',
    );
    await send('dispatch', { id: 's5', at: 10, events: [] });
    assert.ok(isSimulationAdvance(await send('dispatch', { id: 's6', at: 0, events: [events[0]] })));
  });

  it('a long scenario can be cancelled, and leaves the session as it was', async () => {
    const { id } = await session('open', { devices: pair(reference) });
    const scenario = { name: 'precopy', parameters: { chunk: 1, initial: 1_000_000_000 }, faults: [] };
    const source = new CancellationTokenSource();
    const running = client.connection.sendRequest('vfio/simulation/run', { id, scenario }, source.token);
    setTimeout(() => source.cancel(), 50);
    await assert.rejects(running, /cancelled/);
    const advance = await send('dispatch', { id, at: 0, events: [] });
    assert.ok(isSimulationAdvance(advance));
  });
});
