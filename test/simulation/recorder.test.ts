import assert from 'node:assert/strict';
import { setState } from '../../server/src/device';
import { defaultLink, describeReference, Recorder, record, traceOf } from '../../server/src/simulation';
import type { FlagSet } from '../../server/src/uapi';
import type { MachineArc, MachineDescription, TraceDevice } from '../../server/src/wire';

const all: FlagSet = ['STOP_COPY', 'P2P', 'PRE_COPY'];
const geometry = { initial: 4096, final: 1024, dirtyable: 2048 };

function device(machine: MachineDescription, name = 'source'): TraceDevice {
  return { name, machine, geometry, layout: 'demo' };
}

function recorderOf(machine: MachineDescription = describeReference(all, '7.1')): Recorder {
  return new Recorder({ title: 'test', devices: [device(machine), device(machine, 'target')], link: defaultLink });
}

/** The rows of the last step: "core: RUNNING to STOP: first to RUNNING_P2P". */
function told({ steps }: Recorder): readonly string[] {
  return (steps.at(-1)?.rows ?? []).map(({ lane, text }) => `${lane}: ${text}`);
}

/** The reference with one arc changed. */
function withArc(from: string, to: string, change: Partial<MachineArc>): MachineDescription {
  const reference = describeReference(all, '7.1');
  const arcs = reference.arcs.map((arc) => (arc.from === from && arc.to === to ? { ...arc, ...change } : arc));
  return { ...reference, arcs };
}

describe('a recorded run', () => {
  it('tells a SET arc by arc, in the lanes of those who act', () => {
    const recorder = recorderOf();
    recorder.send(setState('source', 'STOP_COPY'));
    assert.deepEqual(told(recorder), [
      'vmm: SET device_state STOP_COPY',
      'core: RUNNING to STOP_COPY: first to RUNNING_P2P',
      'driver: RUNNING -> RUNNING_P2P: done',
      'core: RUNNING_P2P to STOP_COPY: first to STOP',
      'driver: RUNNING_P2P -> STOP: done',
      'core: STOP to STOP_COPY is one arc',
      'driver: STOP -> STOP_COPY: a new file',
      'core: 0, data_fd 3',
    ]);
  });

  it('tells where a failed SET left the device', () => {
    const machine = withArc('RUNNING_P2P', 'STOP', { outcome: { kind: 'missing', errno: 'EINVAL' } });
    const recorder = recorderOf(machine);
    recorder.send(setState('source', 'STOP'));
    assert.deepEqual(told(recorder).slice(-3), [
      'driver: RUNNING_P2P -> STOP: -EINVAL, the driver has no such arc',
      'core: -EINVAL',
      'device: the device is now in RUNNING_P2P',
    ]);
  });

  it('tells which call of the driver failed, with its line', () => {
    const location = {
      uri: 'file:///demo/main.c',
      range: { start: { line: 9, character: 1 }, end: { line: 9, character: 5 } },
    };
    const fault = {
      id: 'here',
      errno: 'EIO',
      errnoKnown: true,
      call: 'demo_stop',
      location,
      leaves: null,
      text: 'demo_stop() fails',
    } as const;
    const recorder = recorderOf(withArc('RUNNING_P2P', 'STOP', { faults: [fault] }));
    const arc = { from: 'RUNNING_P2P', to: 'STOP' } as const;
    recorder.send({ kind: 'fault', device: 'source', arc, errno: 'EIO', leaves: null, site: 'here' });
    assert.deepEqual(told(recorder), ['device: RUNNING_P2P -> STOP will fail once with -EIO: demo_stop() fails']);
    recorder.send(setState('source', 'STOP'));
    const failure = recorder.steps.at(-1)?.rows.find(({ kind }) => kind === 'failure');
    assert.equal(failure?.text, 'RUNNING_P2P -> STOP: -EIO, demo_stop() fails');
    assert.deepEqual(failure?.location, location);
  });

  it('tells data, time and violations', () => {
    const recorder = recorderOf();
    recorder.send(setState('source', 'PRE_COPY'));
    recorder.send(setState('target', 'RESUMING'));
    recorder.send({ kind: 'workload', device: 'source', bytesPerSecond: 1_000_000 });
    recorder.send({ kind: 'send', fd: 3, length: 4096, to: 4 });
    assert.deepEqual(told(recorder), ['vmm: read(fd 3, 4 KiB) and send = 4 KiB']);
    recorder.send({ kind: 'pass', time: 1000 });
    assert.deepEqual(told(recorder), ['device: 1 ms pass', 'vmm: 4 KiB arrive; write(fd 4) = 4 KiB']);
    recorder.send({ kind: 'precopyInfo', fd: 3, argsz: 24, flags: 0 });
    assert.deepEqual(told(recorder), ['vmm: PRECOPY_INFO(fd 3) = initial 0 B, dirty 1000 B']);
    recorder.send(setState('source', 'STOP_COPY'));
    recorder.send({ kind: 'dma', from: 'source', to: 'target', bytes: 64, duration: 5 });
    assert.deepEqual(told(recorder), [
      'device: DMA to target begins: 64 B',
      'device: source began DMA to target, which is in STOP_COPY',
    ]);
  });

  it('shows what is left of a session', () => {
    const recorder = recorderOf();
    recorder.send(setState('source', 'PRE_COPY'));
    recorder.send({ kind: 'read', fd: 3, length: 1000 });
    recorder.send({ kind: 'dirty', device: 'source', bytes: 10 });
    const session = recorder.steps.at(-1)?.after.devices[0]?.session;
    const expected = { side: 'read', read: 1000, initialBytes: 3096, dirtyBytes: 10, remaining: 4130, complete: false };
    assert.deepEqual(session, expected);
    assert.deepEqual(recorder.steps.at(-1)?.after.fds, [{ fd: 3, device: 'source', side: 'read', dead: false }]);
  });

  it('goes back in a long run as if the steps after had never been', () => {
    const states = ['PRE_COPY', 'STOP_COPY', 'STOP', 'RUNNING'] as const;
    const events = Array.from({ length: 600 }, (_each, index) => setState('source', states[index % 4] ?? 'STOP'));
    const recorder = recorderOf();
    for (const event of events) recorder.send(event);
    for (const at of [599, 513, 512, 511, 130, 128, 127, 1, 0]) {
      recorder.back(at);
      const fresh = record(recorder.scene, events.slice(0, at));
      for (const each of [recorder, fresh]) each.send({ kind: 'reset', device: 'source' });
      assert.deepEqual(recorder.steps, fresh.steps, `step ${at}`);
    }
  });

  it('goes back to any step and on from there', () => {
    const recorder = recorderOf();
    for (const state of ['PRE_COPY', 'STOP_COPY', 'STOP'] as const) recorder.send(setState('source', state));
    recorder.back(1);
    assert.equal(recorder.steps.length, 1);
    recorder.send(setState('source', 'RUNNING'));
    assert.equal(recorder.steps.at(-1)?.after.devices[0]?.state, 'RUNNING');
    recorder.back(-1);
    assert.equal(recorder.world.devices[0]?.state, 'RUNNING');
    assert.equal(recorder.steps.length, 0);
  });

  it('is plain JSON, and the same events give the same bytes', () => {
    const recorder = recorderOf();
    for (const state of ['PRE_COPY', 'STOP_COPY', 'STOP'] as const) recorder.send(setState('source', state));
    const text = JSON.stringify(traceOf(recorder, null, null));
    assert.deepEqual(JSON.parse(text), traceOf(recorder, null, null));
    const again = record(
      recorder.scene,
      recorder.steps.map(({ event }) => event),
    );
    assert.equal(JSON.stringify(traceOf(again, null, null)), text);
  });
});
