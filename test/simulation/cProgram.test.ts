import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, FeatureOp } from '../../server/src/device';
import { setState } from '../../server/src/device';
import { defaultLink, record, scenarios, traceCProgram, traceOf } from '../../server/src/simulation';
import type { MachineDescription, Trace } from '../../server/src/wire';
import { type Folder, temporaryFolder } from '../support/cli';
import { root } from '../support/repo';
import { demoDriver, hostileTexts, scenarioTrace, withHostileNames, without } from '../support/scenarioTrace';
import { StubServer } from './stub/server';

const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };
const geometry = { initial: 4096, final: 1024, dirtyable: 2048 };

/** What a program printed, read as TAP. */
interface Tap {
  readonly code: number | null;
  readonly text: string;
  readonly planned: number;
  readonly ok: number;
  readonly skipped: readonly string[];
  readonly failed: readonly string[];
}

describe('the C program of a run', () => {
  let folder: Folder;
  before(function () {
    if (spawnSync('gcc', ['--version']).error !== undefined) {
      console.log('      no gcc here: exported programs are not built');
      this.skip();
    }
    folder = temporaryFolder();
    const stub = join(root, 'test/simulation/stub/vfio.c');
    const flags = ['-Wall', '-Wextra', '-Wno-maybe-uninitialized', '-std=gnu11', '-shared', '-fPIC'];
    const built = spawnSync('gcc', [...flags, '-o', join(folder.path, 'stub.so'), stub, '-ldl'], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
  });
  after(() => folder?.remove());

  /** Builds it without a warning; gives the path of the program. */
  function build(trace: Trace, name: string, more: readonly string[] = []): string {
    const source = join(folder.path, `${name}.c`);
    const program = join(folder.path, name);
    writeFileSync(source, traceCProgram(trace));
    const flags = ['-Wall', '-Wextra', '-Werror', '-std=gnu11', ...more];
    const gcc = spawnSync('gcc', [...flags, '-o', program, source], { encoding: 'utf8' });
    assert.equal(gcc.stderr, '', name);
    assert.equal(gcc.status, 0, name);
    return program;
  }

  /** Runs it on simulated devices, which have the machines given, else those of the trace. */
  async function run(
    trace: Trace,
    program: string,
    change: { machine?: MachineDescription; devices?: number } = {},
  ): Promise<Tap> {
    const devices = trace.devices.map((device) => ({ ...device, machine: change.machine ?? device.machine }));
    const socket = `${program}.socket`;
    const stub = await StubServer.listen({ title: 'stub', devices, link: trace.link }, socket);
    const paths = devices
      .slice(0, change.devices)
      .map((_device, index) => (index % 2 === 0 ? `/dev/vfio/devices/vfio${index}` : `/dev/vfio/42,device${index}`));
    const child = spawn(program, paths, { env: { LD_PRELOAD: join(folder.path, 'stub.so'), VFIO_STUB: socket } });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    stub.close();
    const lines = text.split('\n');
    const names = (pattern: RegExp) =>
      lines.filter((line) => pattern.test(line)).map((line) => line.replace(/^(not )?ok \d+ - /, ''));
    return {
      code,
      text,
      planned: Number(/^1\.\.(\d+)$/m.exec(text)?.[1]),
      ok: names(/^ok /).length,
      skipped: names(/^ok .* # SKIP /),
      failed: names(/^not ok /),
    };
  }

  function assertWhole(tap: Tap, name: string): void {
    assert.match(tap.text, /^TAP version 13\n/, name);
    assert.equal(tap.ok + tap.failed.length, tap.planned, `${name}\n${tap.text}`);
  }

  for (const { description } of scenarios) {
    it(`${description.name}: builds without a warning, and the simulated device passes`, async function () {
      this.timeout(120_000);
      const trace = scenarioTrace(description.name, small);
      const tap = await run(trace, build(trace, description.name));
      assertWhole(tap, description.name);
      assert.deepEqual(tap.failed, [], tap.text);
      assert.equal(tap.code, 0);
      assert.ok(tap.ok - tap.skipped.length >= 8, `${tap.skipped.length} of ${tap.ok} are skipped`);
    });
  }

  for (const fault of ['corrupted', 'foreign', 'reordered']) {
    it(`a ${fault} stream is written as it was in the simulation, and refused`, async () => {
      const trace = scenarioTrace('bad-data', { ...small, fault });
      const program = build(trace, fault);
      const tap = await run(trace, program);
      assert.deepEqual(tap.failed, [], tap.text);
      const credulous = { ...demoDriver(), traits: { ...demoDriver().traits, resumeCheck: 'length' } } as const;
      const loaded = await run(trace, program, { machine: credulous });
      assert.match(loaded.failed[0] ?? '', /target: SET device_state RUNNING$/);
    });
  }

  it('a device that rejects an arc fails the tests that need it, and says so', async () => {
    const trace = scenarioTrace('stop-copy', small);
    const program = build(trace, 'rejected');
    const tap = await run(trace, program, { machine: without(demoDriver(), 'STOP', 'STOP_COPY') });
    assertWhole(tap, 'rejected');
    assert.equal(tap.code, 1);
    assert.match(tap.failed[0] ?? '', /^step \d+: source: SET device_state STOP_COPY$/);
    assert.match(
      tap.text,
      /errno: 'expected 0 \(success\), found 22 \(Invalid argument\)'\n {2}state: 'expected STOP_COPY, found STOP'/,
    );
    const first = await run(trace, program);
    assert.deepEqual(first.failed, []);
  });

  it('exactly one test is not ok when nothing else depends on the arc', async () => {
    const events = [setState('source', 'STOP'), setState('source', 'RUNNING_P2P'), setState('source', 'RUNNING')];
    const scene = {
      title: 'one',
      devices: [{ name: 'source', machine: demoDriver(), geometry, layout: 'demo' }],
      link: defaultLink,
    };
    const trace = traceOf(record(scene, events), null, null);
    const tap = await run(trace, build(trace, 'one'), { machine: without(demoDriver(), 'RUNNING_P2P', 'STOP') });
    assert.deepEqual(tap.failed, ['step 1: source: SET device_state STOP']);
  });

  it('wrong calls get the errno of the kernel', async () => {
    const feature = (ops: readonly FeatureOp[], number: number, argsz = 16): Event => ({
      kind: 'feature',
      device: 'source',
      feature: number,
      ops,
      argsz,
      request: 0,
    });
    const events: Event[] = [
      feature(['GET'], 1),
      feature(['GET'], 2),
      feature(['GET'], 9),
      feature(['SET'], 1),
      feature(['GET', 'SET'], 2),
      feature(['PROBE', 'GET'], 2),
      feature(['GET'], 77),
      feature(['UNKNOWN'], 2),
      feature(['GET'], 2, 7),
      feature(['SET'], 12, 8),
      feature(['SET'], 6, 40),
      setState('source', 99),
      setState('source', 'ERROR'),
      setState('source', 'PRE_COPY'),
      setState('source', 'PRE_COPY'),
      { kind: 'poll', fd: 3 },
      { kind: 'pread', fd: 3 },
      { kind: 'lseek', fd: 3 },
      { kind: 'mmap', fd: 3 },
      { kind: 'otherIoctl', fd: 3 },
      { kind: 'precopyInfo', fd: 3, argsz: 8, flags: 0 },
      { kind: 'precopyInfo', fd: 3, argsz: 24, flags: 0 },
      { kind: 'precopyInfo', fd: 3, argsz: 24, flags: 0, badPointer: true },
      { kind: 'read', fd: 3, length: 0 },
      { kind: 'read', fd: 3, length: 10, badPointer: true },
      { kind: 'read', fd: 3, length: 10 },
      { kind: 'write', fd: 3, data: [], badPointer: true },
      { kind: 'read', fd: 9, length: 10 },
      { kind: 'poll', fd: 9 },
      setState('source', 'STOP_COPY'),
      { kind: 'read', fd: 3, length: 8192 },
      { kind: 'read', fd: 3, length: 10 },
      setState('source', 'STOP'),
      { kind: 'read', fd: 3, length: 10 },
      { kind: 'close', fd: 3 },
      { kind: 'close', fd: 3 },
      { kind: 'limitFds', free: 0 },
      setState('source', 'STOP_COPY'),
      { kind: 'limitFds', free: null },
      { kind: 'reset', device: 'source' },
      { kind: 'closeDevice', device: 'source' },
      setState('source', 'STOP'),
      { kind: 'openDevice', device: 'source' },
      setState('source', 'STOP'),
    ];
    const scene = {
      title: 'wrong',
      devices: [{ name: 'source', machine: demoDriver(), geometry, layout: 'demo' }],
      link: defaultLink,
    };
    const trace = traceOf(record(scene, events), null, null);
    const tap = await run(trace, build(trace, 'wrong'));
    assertWhole(tap, 'wrong');
    assert.deepEqual(tap.failed, [], tap.text);
  });

  it('leaves out what belongs to a device that was not named', async () => {
    const trace = scenarioTrace('precopy', small);
    const tap = await run(trace, build(trace, 'alone'), { devices: 1 });
    assertWhole(tap, 'alone');
    assert.deepEqual(tap.failed, [], tap.text);
    assert.ok(
      tap.skipped.some((text) => /target: SET device_state RESUMING # SKIP no device was named for it/.test(text)),
    );
  });

  it('names that try to break out of comments and strings change nothing', async () => {
    for (const [index, text] of hostileTexts.entries()) {
      const trace = withHostileNames(scenarioTrace('recovery', small), text);
      const tap = await run(trace, build(trace, `hostile${index}`));
      assertWhole(tap, text);
      assert.deepEqual(tap.failed, [], tap.text);
      assert.doesNotMatch(tap.text, /[^\P{Cc}\n]/u);
    }
  });

  it('builds with the headers of every kernel that is here, and its own numbers are theirs', function () {
    const corpus = join(root, '.cache/corpus');
    const kernels = existsSync(corpus)
      ? readdirSync(corpus).filter((name) => existsSync(join(corpus, name, 'include/uapi/linux/vfio.h')))
      : [];
    if (kernels.length === 0) {
      console.log('      no kernel headers here: run npm run corpus');
      this.skip();
    }
    const trace = scenarioTrace('precopy', small);
    // Annotations that `make headers_install` takes out.
    const kernelOnly = ['-D__user=', '-D__counted_by(x)='];
    for (const kernel of kernels) {
      const include = join(folder.path, kernel, 'linux');
      mkdirSync(include, { recursive: true });
      cpSync(join(corpus, kernel, 'include/uapi/linux/vfio.h'), join(include, 'vfio.h'));
      build(trace, `with-${kernel}`, [...kernelOnly, '-I', join(folder.path, kernel)]);
      const checks = ['PRECOPY_INFO', 'BIND_IOMMUFD'].map((name) =>
        name === 'PRECOPY_INFO'
          ? 'VFIO_MIG_GET_PRECOPY_INFO == _IO(VFIO_TYPE, VFIO_BASE + 21)'
          : 'VFIO_DEVICE_BIND_IOMMUFD == _IO(VFIO_TYPE, VFIO_BASE + 18)',
      );
      const source = `#include <linux/vfio.h>\n#ifdef VFIO_MIG_GET_PRECOPY_INFO\n_Static_assert(${checks[0]}, "");\n#endif\n#ifdef VFIO_DEVICE_BIND_IOMMUFD\n_Static_assert(${checks[1]}, "");\n#endif\n`;
      const gcc = spawnSync('gcc', ['-fsyntax-only', ...kernelOnly, '-x', 'c', '-I', join(folder.path, kernel), '-'], {
        input: source,
        encoding: 'utf8',
      });
      assert.equal(gcc.stderr, '', kernel);
    }
  });

  it('tells how it is used', () => {
    const trace = scenarioTrace('precopy', small);
    const program = build(trace, 'usage');
    const help = spawnSync(program, ['--help'], { encoding: 'utf8' });
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^usage: .* source \[target\]\n/);
    const none = spawnSync(program, [], { encoding: 'utf8' });
    assert.equal(none.status, 2);
    const absent = spawnSync(program, ['/nowhere/vfio0'], { encoding: 'utf8' });
    assert.equal(absent.status, 2);
    assert.match(absent.stdout, /^Bail out! /m);
  });
});
