import assert from 'node:assert/strict';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { inProcess } from '../support/cliInProcess';

const header = {
  kind: 'stream_scenarios',
  kernel_release: '6.12.0',
  driver_variant: 'stock mtty.c, type mtty-1',
  migration_flags: 7,
  state_on_first_open: 'RUNNING',
  full_stream_bytes: 60,
  header_bytes: 24,
  resets: [],
  close_reopen: [],
};
const withSteps = (...steps: readonly unknown[]) => ({ ...header, scenarios: [{ name: 'one', steps }] });

describe('what is not a trace', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  async function refusal(content: unknown): Promise<string> {
    folder.write({ 't.json': typeof content === 'string' ? content : JSON.stringify(content) });
    const run = await inProcess(folder.path, ['replay', 't.json']);
    assert.equal(run.code, 2);
    assert.equal(run.stdout, '');
    return run.stderr;
  }

  it('is refused with the place that is wrong', async () => {
    assert.match(await refusal('{ "kind": \n }'), /^vfio-arcs: t\.json: .*not JSON/);
    assert.equal(await refusal([]), 'vfio-arcs: t.json: expected an object, found []\n');
    assert.equal(
      await refusal({ kind: 'notes' }),
      'vfio-arcs: t.json: kind: "notes" is not one of transition_matrix, fault_injection, stream_scenarios, feature_ioctl\n',
    );
    assert.match(await refusal({ ...header, migration_flags: 64 }), /: migration_flags: 64 has bits that are no flags/);
    assert.match(await refusal({ ...header, migration_flags: -1 }), /: migration_flags: expected a whole number/);
    assert.match(await refusal({ ...header, kernel_release: '5.10.1' }), /: kernel_release: "5\.10\.1" is no kernel/);
    assert.match(
      await refusal({ ...header, driver_variant: 'mtty_x', full_stream_bytes: 61 }),
      /: full_stream_bytes: not the size of a stream/,
    );
    assert.match(await refusal(header), /: scenarios: expected a list, found nothing/);
  });

  it('is refused with the step that is wrong', async () => {
    assert.match(await refusal(withSteps({ op: 'dance' })), /: scenarios\[0\]\.steps\[0\]\.op: the operation "dance"/);
    assert.match(
      await refusal(withSteps({ op: 'read', fd: 'f1', len: 4 })),
      /steps\[0\]\.fd: no step before has opened/,
    );
    assert.match(
      await refusal(withSteps({ op: 'SET', device: 'A', to: 'REST' })),
      /steps\[0\]\.to: "REST" is no state/,
    );
    assert.match(
      await refusal(withSteps({ op: 'GET', device: 'A', state: 'RUNNING', mood: 'good' })),
      /steps\[0\]\.mood: this result is not known here, so it can not be compared/,
    );
  });

  it('a file that is not there, and no file at all', async () => {
    const absent = await inProcess(folder.path, ['replay', 'none.json']);
    assert.deepEqual([absent.code, absent.stderr], [2, 'vfio-arcs: none.json: no such file\n']);
    const none = await inProcess(folder.path, ['replay']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /a trace is needed/);
  });

  it('does not keep the traces after it from being replayed', async () => {
    folder.write({ 'bad.json': '[]', 'good.json': JSON.stringify(withSteps()) });
    const run = await inProcess(folder.path, ['replay', 'bad.json', 'good.json']);
    assert.equal(run.code, 2);
    assert.match(run.stdout, /good\.json: \d+ results of 0 steps, all agree/);
  });
});

describe('traces of other kernels and devices', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const set = { op: 'SET', device: 'A', to: 'PRE_COPY', errno: null, fd: 'f1' };
  const info = (flags: number) => {
    return { op: 'VFIO_MIG_GET_PRECOPY_INFO', fd: 'f1', argsz: 24, flags_in: 9, errno: null, flags_out: flags };
  };
  const feature = (flags: string, errno: string | null) => ({ op: 'VFIO_DEVICE_FEATURE 12', op_flags: flags, errno });
  const reset = { op: 'VFIO_DEVICE_RESET', device: 'A', errno: null, state_after: 'RUNNING' };

  async function replayed(trace: unknown): Promise<void> {
    folder.write({ 't.json': JSON.stringify(trace) });
    const run = await inProcess(folder.path, ['replay', 't.json']);
    assert.equal(run.code, 0, run.stdout + run.stderr);
  }

  // Expectations read from drivers/vfio/vfio_main.c and vfio_check_precopy_ioctl() of Linux 7.3.
  it('7.3: the opt-in to PRECOPY_INFOv2 makes flags an output, survives a reset and not a reopen', async () => {
    const steps = [
      ...[reset, set, info(9), feature('PROBE|SET', null), info(9), feature('GET', 'EINVAL'), feature('SET', null)],
      ...[info(0), reset, set, info(0), reset, { op: 'close and reopen device' }, set, info(9)],
    ];
    await replayed({ ...withSteps(...steps), kernel_release: '7.3.1' });
  });

  it('7.3 without PRE_COPY: PRECOPY_INFOv2 is refused, even as a probe', async () => {
    const steps = [reset, feature('PROBE|SET', 'EINVAL'), feature('SET', 'EINVAL')];
    await replayed({ ...withSteps(...steps), kernel_release: '7.3.1', migration_flags: 3 });
  });

  it('two ports: a longer stream, the same header', async () => {
    const steps = [
      { op: 'MIG_DATA_SIZE', ret: 0, stop_copy_length: 96 },
      ...[set, { op: 'read', fd: 'f1', len: 4096, ret: 24 }, { ...set, to: 'STOP_COPY', fd: undefined }],
      ...[
        { op: 'read', fd: 'f1', len: 4096, ret: 72 },
        { op: 'compare', total: 96, equals_plain_STOP_COPY_stream: true },
      ],
    ];
    const sizes = { full_stream_bytes: 96 };
    await replayed({ ...withSteps(...steps), ...sizes, driver_variant: 'stock mtty.c, type mtty-2' });
    await replayed({ ...withSteps(...steps), ...sizes, driver_variant: 'mtty_x (instrumented), mig_flags=7' });
  });
});
