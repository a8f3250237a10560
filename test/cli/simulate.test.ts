import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trace } from '../../server/src/wire';
import { corpusDrivers } from '../corpus/drivers';
import { stepHead } from '../corpus/stepHead';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder } from '../support/cli';
import { inProcess } from '../support/cliInProcess';
import { kernelTrees, newestTree } from '../support/corpus';
import { readRepo, root } from '../support/repo';

const samples = join(root, 'test/samples');
const small = ['--set', 'initial=4MiB', '--set', 'final=1MiB', '--set', 'dirtyable=1MiB'];

describe('vfio-arcs simulate', function () {
  this.timeout(spawning);
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const simulate = (...args: readonly string[]) => inProcess(samples, ['simulate', ...args]);
  const traceIn = async (...args: readonly string[]): Promise<Trace> =>
    JSON.parse((await simulate(...args, '--format', 'json')).stdout);

  it('a driver migrates, told in lanes with its own lines', async () => {
    const run = await simulate('nimbus', ...small);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /SET device_state PRE_COPY/);
    assert.match(run.stdout, /RUNNING -> PRE_COPY: a new file.*main\.c:\d+/);
    assert.match(run.stdout, /migrated/);
  });

  it('a missing arc fails the migration, and the exit code says so', async () => {
    const run = await simulate('stratus', ...small);
    assert.equal(run.code, 1);
    assert.match(run.stdout, /PRE_COPY_P2P -> STOP_COPY: -EINVAL/);
    assert.match(run.stdout, /failed/);
    assert.equal((await simulate('stratus', '--scenario', 'stop-copy', ...small)).code, 0, 'without pre-copy it works');
  });

  it('the protocol runs without a driver', async () => {
    const trace = await traceIn('--reference', 'STOP_COPY|P2P', ...small);
    assert.deepEqual(trace.devices[0]?.machine.flags, ['STOP_COPY', 'P2P']);
    assert.equal(trace.verdict?.outcome, 'migrated');
    assert.equal((await simulate(...small)).code, 0, 'all flags when nothing is said');
  });

  it('a fault is an error return of the driver, chosen by its line', async () => {
    const arc = (await traceIn('nimbus', ...small)).devices[0]?.machine.arcs.find(
      ({ from, to, faults }) => from === 'PRE_COPY_P2P' && to === 'STOP_COPY' && faults.length > 0,
    );
    const fault = arc?.faults[0];
    assert.ok(fault !== undefined);
    const line = fault.location.range.start.line + 1;
    const trace = await traceIn('nimbus', ...small, '--fault', `PRE_COPY_P2P:STOP_COPY@${line}`);
    const failure = trace.steps.flatMap(({ rows }) => rows).find(({ kind }) => kind === 'failure');
    assert.deepEqual(failure?.location, fault.location);
    assert.equal(trace.verdict?.outcome, 'failed');
    const wrong = await simulate('nimbus', '--fault', 'PRE_COPY_P2P:STOP_COPY@1');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /has no error return at "1"; it can fail at .*\.c:\d+ \(/);
  });

  it('the same command gives the same bytes', async () => {
    const once = (await simulate('nimbus', ...small, '--format', 'json')).stdout;
    assert.equal((await simulate('nimbus', ...small, '--format', 'json')).stdout, once);
    const cut = async (seed: string) => (await traceIn('--scenario', 'resume', '--seed', seed, ...small)).steps;
    assert.deepEqual(await cut('7'), await cut('7'));
    assert.notDeepEqual(await cut('7'), await cut('8'));
  });

  it('draws sequences for Mermaid and PlantUML', async () => {
    assert.match((await simulate('nimbus', ...small, '--format', 'mermaid')).stdout, /^sequenceDiagram\n/);
    assert.match((await simulate('nimbus', ...small, '--format', 'plantuml')).stdout, /^@startuml\n[\s\S]*@enduml\n$/);
  });

  it('writes the run as a C program that builds without a warning', async function () {
    const { code, stdout } = await simulate('nimbus', ...small, '--format', 'c');
    assert.equal(code, 0);
    assert.match(stdout, /^\/\*\n \* Live migration with pre-copy: nimbus-vfio-pci\n/);
    const flags = ['-Wall', '-Wextra', '-Werror', '-std=gnu11', '-fsyntax-only', '-x', 'c', '-'];
    const gcc = spawnSync('gcc', flags, { input: stdout, encoding: 'utf8' });
    if (gcc.error !== undefined) {
      console.log('      no gcc here: the program is not built');
      this.skip();
    }
    assert.equal(gcc.stderr, '');
  });

  it('a run is compared with the protocol, with another driver, with itself without the fault', async () => {
    const against = await simulate('stratus', ...small, '--against', 'reference');
    assert.equal(against.code, 1, against.stderr);
    assert.match(
      against.stdout,
      /^a {2}stratus-vfio-pci, STOP_COPY \| P2P \| PRE_COPY: failed\nb {2}the protocol, .*: migrated\n/,
    );
    assert.match(against.stdout, /source SET device_state STOP_COPY\n +errno: EINVAL in a, none in b\n/);
    const same = await simulate('nimbus', ...small, '--against', 'nimbus');
    assert.deepEqual([same.code, /All \d+ steps agree/.test(same.stdout)], [0, true], same.stdout);
    const fault = await simulate('nimbus', ...small, '--fault', 'RUNNING:PRE_COPY', '--against', 'nimbus');
    assert.match(fault.stdout, /errno: EIO in a, none in b/);
    assert.equal((await simulate('nimbus', '--against', 'nowhere.c')).code, 2);
  });

  it('files that tell what devices did are run: on the driver, the first step that it can not make is told', async () => {
    folder.write({
      'state.log': '1.0 RUNNING\n2.0 PRE_COPY\n3.0 STOP_COPY\n4.0 STOP\n',
      'qemu.log': 'hello\nvfio_migration_set_state  (0000:3b:02.1) state PRE_COPY\n',
      'bad.log': 'RUNNING\nSTOPP\n',
      'run.json': (await simulate('nimbus', ...small, '--format', 'json')).stdout,
    });
    const at = (name: string) => join(folder.path, name);
    const good = await simulate('nimbus', '--import', at('state.log'));
    assert.equal(good.code, 0, good.stderr);
    assert.match(
      good.stdout,
      /^Samples of state\.log\n[\s\S]*SET device_state STOP_COPY[\s\S]*\n7 steps run as the file says\.\n$/,
    );
    const bad = await simulate('stratus', '--import', at('state.log'));
    assert.equal(bad.code, 1);
    assert.match(
      bad.stdout,
      /Step 4 does not end as the file says: in the file it succeeds; here PRE_COPY_P2P -> STOP_COPY: -EINVAL, /,
    );
    const log = await simulate('--import', at('qemu.log'), '--format', 'json');
    assert.equal(JSON.parse(log.stdout).devices[0].name, '0000:3b:02.1');
    assert.match(log.stderr, /1 line tells of no call\n1 step run as the file says\.\n$/);
    const trace = await simulate('--import', at('run.json'));
    assert.equal(trace.stdout.split('\n')[1], (await simulate('nimbus', ...small)).stdout.split('\n')[1]);
    const same = await simulate('nimbus', ...small, '--against', at('run.json'));
    assert.deepEqual([same.code, /All \d+ steps agree/.test(same.stdout)], [0, true], same.stdout);
    const other = await simulate('--import', at('run.json'), '--against', 'stratus');
    assert.match(other.stdout, /errno: none in a, EINVAL in b/);
    const unread = await simulate('nimbus', '--import', at('bad.log'));
    assert.deepEqual([unread.code, unread.stdout], [2, '']);
    assert.match(unread.stderr, /bad\.log:2: "STOPP" does not end with a device state - did you mean STOP\?\n$/);
  });

  it("a scenario of one's own runs on a driver; the one that is documented does what its document says", async () => {
    const documented = /^\{ "schema": "vfio-arcs\/scenario"[\s\S]*?\] \}$/m.exec(
      readRepo('server/src/cli/README.md'),
    )?.[0];
    assert.ok(documented !== undefined);
    folder.write({
      'cut.json': documented,
      'typo.json': documented.replace('"send"', '"sendd"'),
      'own.json': JSON.stringify({
        schema: 'vfio-arcs/scenario',
        version: 1,
        events: ['PRE_COPY', 'STOP_COPY'].map((state) => ({ kind: 'set', state, expect: 'ok' })),
      }),
    });
    const at = (name: string) => join(folder.path, name);
    const cut = await simulate('--scenario', at('cut.json'));
    assert.equal(cut.code, 0, cut.stdout + cut.stderr);
    assert.match(cut.stdout, /^a stream that is cut\n/);
    assert.equal((await simulate('nimbus', '--scenario', at('own.json'))).code, 0);
    const bad = await simulate('stratus', '--scenario', at('own.json'));
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /Step 2 does not end as the file says: .* PRE_COPY_P2P -> STOP_COPY: -EINVAL/);
    const typo = await simulate('--scenario', at('typo.json'));
    assert.equal(typo.code, 2);
    assert.match(
      typo.stderr,
      /typo\.json:8: events\[2\]\.kind: expected a kind of event .* - did you mean "send"\?\n$/,
    );
  });

  it('what can not be meant is said, with what may have been meant', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--scenario', 'precpoy'], /no scenario "precpoy" \(precopy, .*did you mean "precopy"\?/],
      [['--set', 'bandwith=1'], /precopy has no parameter "bandwith" .*did you mean "bandwidth"\?/],
      [['--set', 'bandwidth'], /--set takes name=value, not "bandwidth"/],
      [['--set', 'bandwidth=fast'], /bandwidth is a rate such as 10Gbit\/s or 20MiB\/s, not "fast"/],
      [['--set', 'downtimeLimit=2h'], /downtimeLimit is a time such as 300ms, not "2h"/],
      [['--set', 'final=2000TiB'], /final is from 1 to 1099511627776, not /],
      [['--seed', '1'], /precopy has no parameter "seed"/],
      [['--reference', 'P2P'], /"P2P" is no flag set of Linux 7\.1 and later/],
      [['--reference', 'STOPCOPY'], /"STOPCOPY" is no flag - did you mean "STOP_COPY"\?/],
      [['nimbus', '--flags', 'STOP_COPY'], /nimbus-vfio-pci never declares STOP_COPY \(/],
      [['nimbus', '--driver', 'nimbos'], /no driver "nimbos" there/],
      [['.'], /several drivers there; choose one with --driver \(/],
      [['nimbus', 'stratus'], /one driver at a time/],
      [['nimbus', '--reference', 'STOP_COPY'], /either a path or --reference, not both/],
      [['nimbus', '--fault', 'RUNNING:NOWHERE'], /"RUNNING:NOWHERE" is not two states/],
      [['--reference', 'STOP_COPY', '--fault', 'RUNNING:PRE_COPY'], /is not an arc of the protocol's flags/],
      [['--import', 'nowhere.log'], /nowhere\.log: no such file/],
      [['--import', 'nimbus'], /nimbus: a folder, not a file/],
      [['--against', 'nowhere.json'], /nowhere\.json: no such file/],
      [['--import', 'a.log', '--scenario', 'precopy'], /either --scenario or --import, not both/],
      [['--import', 'a.log', '--seed', '1'], /--seed is for scenarios that have a name, not for a file/],
      [['nowhere.c'], /nowhere\.c: no such file or folder/],
    ];
    for (const [args, expected] of cases) {
      const { code, stderr, stdout } = await simulate(...args);
      assert.match(stderr, expected, args.join(' '));
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    }
  });

  it('mlx5 migrates; with one arc rejected it does not, and the comparison shows from where on', async function () {
    const trees = kernelTrees();
    if (typeof trees === 'string') {
      console.log(`      Not run, ${trees}`);
      this.skip();
    }
    const newest = corpusDrivers([newestTree(trees)]).find(({ truth }) => truth.driver.startsWith('mlx5'));
    assert.ok(newest);
    const path = join(newest.tree.path, 'drivers/vfio/pci/mlx5');
    const good = await inProcess(path, ['simulate', '.', ...small]);
    assert.equal(good.code, 0, good.stderr);
    folder.write(Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name))])));
    const main = readFileSync(join(path, 'main.c'), 'utf8');
    const { at, cur, next } = stepHead(main, newest.truth.step.name);
    const [from, to] = ['PRE_COPY_P2P', 'STOP_COPY'].map((state) => `VFIO_DEVICE_STATE_${state}`);
    const rejection = `\tif (${cur} == ${from} && ${next} == ${to})\n\t\treturn ERR_PTR(-EINVAL);\n`;
    folder.write({ 'main.c': main.slice(0, at) + rejection + main.slice(at) });
    const bad = await inProcess(folder.path, ['simulate', '.', ...small, '--profile', '7.1']);
    assert.equal(bad.code, 1, bad.stderr);
    assert.match(bad.stdout, /PRE_COPY_P2P -> STOP_COPY: -EINVAL/);
    const compared = await inProcess(folder.path, ['simulate', '.', ...small, '--profile', '7.1', '--against', path]);
    assert.equal(compared.code, 1, compared.stderr);
    assert.match(compared.stdout, /source SET device_state STOP_COPY\n +errno: EINVAL in a, none in b\n/);
  });
});

describe('vfio-arcs scenarios', function () {
  this.timeout(spawning);

  it('lists them, and tells the parameters of one', async () => {
    const list = await inProcess(root, ['scenarios']);
    assert.equal(list.code, 0);
    assert.match(list.stdout, /^precopy +Live migration with pre-copy$/m);
    const one = await inProcess(root, ['scenarios', 'precopy']);
    assert.match(one.stdout, /^ {2}bandwidth +1\.3 GB\/s +What the link between the hosts carries\.$/m);
    assert.equal((await inProcess(root, ['scenarios', 'nothing'])).code, 2);
  });
});
