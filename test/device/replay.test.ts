import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { inProcess } from '../support/cliInProcess';
import { root } from '../support/repo';
import { readTrace, traceFiles } from './traces';

type Path = readonly (string | number)[];

/** Fields that hold what the kernel answered. */
const results = new Set([
  ...['ret', 'errno', 'state_after', 'struct_device_state_after', 'struct_data_fd_after', 'data_fd', 'path', 'state'],
  ...['next', 'cur', 'driver_failed_arc', 'revents', 'initial_bytes', 'dirty_bytes', 'flags_out', 'argsz_out', 'flags'],
  ...['stop_copy_length', 'total', 'state_on_reopen', 'then_state', 'then_data_fd', 'after_reset', 'reset_errno'],
  ...['old_fd_ret', 'old_fd_errno', 'accmode', 'cloexec', 'nonblock', 'from_errno'],
]);

/** What the recording program puts into data_fd: a call that left it there has not written device_state either. */
const presetFd = -777;

/** The places of all results in a trace. */
function resultPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const untouched = Object.entries(value).some(([, inner]) => inner === presetFd);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (untouched && key === 'struct_device_state_after') return [];
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return results.has(key) ? [here] : resultPaths(inner, here);
  });
}

/** The document with another value at a place. */
function changed(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const next = (inner: unknown) => changed(inner, rest, change);
  return Array.isArray(value)
    ? value.map((each, index) => (index === key ? next(each) : each))
    : Object.fromEntries(Object.entries(Object(value)).map(([name, each]) => [name, name === key ? next(each) : each]));
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? [...value, 'RUNNING'] : 'EIO2';
}

describe('vfio-arcs replay', function () {
  this.timeout(60_000);

  for (const file of traceFiles) {
    it(`${file}: every recorded result is that of the simulated device`, async () => {
      const run = await inProcess(root, ['replay', file]);
      assert.equal(run.stderr, '');
      assert.equal(run.code, 0, run.stdout);
      const [, count = ''] = /: (\d+) results of \d+ steps, all agree/.exec(run.stdout) ?? [];
      assert.ok(Number(count) > 100, run.stdout);
      console.log(`      ${count} results agree`);
    });
  }

  it('leaves out only accesses to the serial port and facts of the host', async () => {
    const { stdout } = await inProcess(root, ['replay', ...traceFiles]);
    const leftOut = [...stdout.matchAll(/left out: (.*) \(\d+\)/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(leftOut)].sort(), [
      'accesses to the serial port',
      'device_state that a call left alone and whose value before it was not recorded',
      'kernel warnings',
      'names that the driver gives to its files',
      'requests that were not tried, because they crash the host',
    ]);
  });

  describe('with one recorded result changed', () => {
    let folder: Folder;
    beforeEach(() => {
      folder = temporaryFolder();
    });
    afterEach(() => folder.remove());

    it('says so, and where', async () => {
      const traces = traceFiles.map(readTrace);
      const places = traces.map((trace) => resultPaths(trace));
      const place = fc
        .nat(traces.length - 1)
        .chain((index) => fc.record({ index: fc.constant(index), at: fc.nat((places[index]?.length ?? 1) - 1) }));
      const numRuns = 150;
      const found = await fc.check(
        fc.asyncProperty(place, async ({ index, at }) => {
          const path = places[index]?.[at] ?? [];
          folder.write({ 'trace.json': JSON.stringify(changed(traces[index], path, otherThan)) });
          const run = await inProcess(folder.path, ['replay', 'trace.json']);
          assert.equal(run.code, 1, `${path.join('.')} ${run.stdout}${run.stderr}`);
          assert.match(run.stdout, /recorded .*, simulated /);
        }),
        { numRuns },
      );
      assert.ok(!found.failed, fc.defaultReportMessage(found));
      console.log(
        `      ${numRuns} of ${places.flat().length} results changed one by one, all noticed (seed ${found.seed})`,
      );
    });

    it('shows the first differences and counts the others', async () => {
      const trace = Object(readTrace('test/device/traces/6.12_stock_matrix.json'));
      folder.write({ 'trace.json': JSON.stringify({ ...trace, migration_flags: 5 }) });
      const { code, stdout } = await inProcess(folder.path, ['replay', 'trace.json']);
      assert.equal(code, 1);
      assert.match(stdout, /^trace\.json: \d+ of \d+ results of \d+ steps differ\n/);
      assert.match(stdout, /transitions\[\d+\] \(SET A to \w+ from \w+\): path: recorded \[.*\], simulated \[/);
      assert.match(stdout, /\n {2}and \d+ more\n/);
    });
  });
});
