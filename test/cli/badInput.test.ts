import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { exampleDriver } from '../../server/src/rules/example';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';
import { inProcess } from '../support/cliInProcess';
import { root } from '../support/repo';

describe('bad input to the command line', function () {
  this.timeout(spawning);

  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const said = (path: string, ...more: readonly string[]) => {
    const run = vfioArcs(folder.path, 'check', path, ...more);
    assert.doesNotMatch(run.stderr, /internal error|at .*\.js:\d/);
    return { code: run.code, stderr: run.stderr, stdout: run.stdout };
  };

  it('a path that does not exist', () => {
    assert.deepEqual(said('nothing.c'), {
      code: 2,
      stderr: 'vfio-arcs: nothing.c: no such file or folder\n',
      stdout: '',
    });
    assert.equal(said('nothing.c/deeper').code, 2);
  });

  it('an empty path, as an unset shell variable gives it', () => {
    folder.write({ 'main.c': exampleDriver() });
    assert.deepEqual(said(''), { code: 2, stderr: 'vfio-arcs: "": no such file or folder\n', stdout: '' });
  });

  it('a reader that goes away, and output that can not be written', () => {
    const program = join(root, 'out/server/src/entry/node/cli.js');
    const run = (script: string) => {
      const { stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, program], { encoding: 'utf8' });
      return { stdout, stderr };
    };
    assert.deepEqual(run('{ "$1" "$2" explain; echo $? >&3; } 3>&2 | true'), { stdout: '', stderr: '141\n' });
    if (existsSync('/dev/full')) {
      const full = run('"$1" "$2" explain > /dev/full; echo $?');
      assert.equal(full.stdout, '2\n');
      assert.match(full.stderr, /^vfio-arcs: output can not be written: ENOSPC.*\n$/);
    }
  });

  it('does not keep the other paths from being checked', () => {
    folder.write({ 'main.c': exampleDriver({ saving: '' }) });
    const run = said('nothing.c', 'main.c');
    assert.equal(run.code, 2);
    assert.match(run.stdout, /1 error in 1 driver/);
  });

  it('an empty file', () => {
    folder.write({ 'empty.c': '' });
    assert.deepEqual(said('empty.c'), {
      code: 0,
      stderr: 'vfio-arcs: empty.c: no migration driver here\n',
      stdout: '',
    });
  });

  it('an empty folder', () => {
    assert.deepEqual(said('.'), { code: 0, stderr: 'vfio-arcs: .: no migration driver here\n', stdout: '' });
  });

  it('a binary', () => {
    folder.write({ 'main.c': new Uint8Array(3000).map((_, index) => (index * 7) % 256) });
    assert.deepEqual(said('main.c'), { code: 2, stderr: 'vfio-arcs: main.c: not a text file, not read\n', stdout: '' });
  });

  it('a binary beside a driver', () => {
    folder.write({ 'm/main.c': exampleDriver(), 'm/blob.h': Uint8Array.of(0, 1, 2) });
    const run = said('m');
    assert.deepEqual([run.code, run.stderr], [0, 'vfio-arcs: m/blob.h: not a text file, not read\n']);
  });

  it('a file of 10 MB', () => {
    folder.write({ 'large.c': `${exampleDriver()}${'/* padding */\n'.repeat(750_000)}` });
    assert.deepEqual(said('large.c'), {
      code: 2,
      stderr: 'vfio-arcs: large.c: larger than 8 MB, not read\n',
      stdout: '',
    });
  });

  it('a driver that is cut off anywhere', () => {
    const text = exampleDriver();
    const names: Record<string, string> = {};
    for (let end = 0; end < text.length; end += 97) {
      names[`cut${end}/main.c`] = text.slice(0, end);
    }
    folder.write(names);
    const run = said('.');
    assert.ok(run.code === 0 || run.code === 1, run.stderr);
  });

  it('text that is not UTF-8', () => {
    const text = Buffer.from(exampleDriver().replace('struct demo {', '/* caf\u00e9 */ struct demo {'), 'latin1');
    folder.write({ 'latin1.c': text });
    assert.equal(said('latin1.c').code, 0);
  });

  it('a link that leads to itself', () => {
    symlinkSync('loop.c', join(folder.path, 'loop.c'));
    assert.deepEqual(said('loop.c'), {
      code: 2,
      stderr: 'vfio-arcs: loop.c: a link that leads to itself\n',
      stdout: '',
    });
  });

  it('a driver of protocol v1', () => {
    folder.write({
      'old.c': `struct demo { struct vfio_device_migration_info *info; u32 state; };
static int demo_set_state(struct demo *demo, u32 state)
{
	if (state & VFIO_DEVICE_STATE_V1_SAVING)
		return demo_save(demo);
	if (state == VFIO_DEVICE_STATE_V1_RESUMING)
		return demo_resume(demo);
	return 0;
}
`,
    });
    for (const path of ['old.c', '.']) {
      const run = said(path);
      assert.deepEqual([run.code, run.stdout], [0, '']);
      assert.match(run.stderr, /^vfio-arcs: old\.c: .*version 1 of the migration protocol/);
    }
  });

  it('names with control characters, which do not reach the terminal', () => {
    folder.write({ 'a\u001b[31m\nb\u202e/main.c': exampleDriver({ saving: '' }) });
    const run = said('.');
    assert.equal(run.code, 1);
    assert.doesNotMatch(run.stdout, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    assert.match(run.stdout, /^a\\u001b\[31m\\u000ab\\u202e\/main\.c:40:17: error/);
    const github = vfioArcs(folder.path, 'check', '.', '--format', 'github');
    assert.equal(github.stdout.split('\n').length, 2);
  });

  it('a large and an unreadable source file in a folder, which are named and leave the others checked', async () => {
    folder.write({
      'm/main.c': exampleDriver(),
      'm/large.c': '/* */\n'.repeat(1_500_000),
      'm/shut.c': exampleDriver(),
    });
    chmodSync(join(folder.path, 'm/shut.c'), 0);
    chmodSync(folder.path, 0o755);
    const run = await inProcess(folder.path, ['check', 'm'], { asNobody: true });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /^vfio-arcs: m\/large\.c: larger than 8 MB, not read$/m);
    assert.match(run.stderr, /^vfio-arcs: m\/shut\.c: can not be read$/m);
    assert.match(run.stdout, /no findings in 1 driver/);
  });

  it('a large source file alone in a folder', () => {
    folder.write({ 'large.c': `${exampleDriver()}${'/* */\n'.repeat(1_500_000)}` });
    const run = said('.');
    assert.equal(run.code, 0);
    assert.match(run.stderr, /^vfio-arcs: large\.c: larger than 8 MB, not read$/m);
  });

  it('a folder and a file without permission', async () => {
    folder.write({ 'open/main.c': exampleDriver(), 'shut.c': exampleDriver() });
    chmodSync(join(folder.path, 'shut.c'), 0);
    mkdirSync(join(folder.path, 'shut'), { mode: 0 });
    chmodSync(folder.path, 0o755);
    const named = await inProcess(folder.path, ['check', 'shut', 'shut.c'], { asNobody: true });
    assert.deepEqual(named, {
      code: 2,
      stdout: '',
      stderr: 'vfio-arcs: shut: no permission to read it\nvfio-arcs: shut.c: no permission to read it\n',
    });
    const below = await inProcess(folder.path, ['check', '.'], { asNobody: true });
    assert.equal(below.code, 2);
    assert.match(below.stderr, /^vfio-arcs: shut: folder can not be read$/m);
    assert.match(below.stdout, /no findings in 1 driver/);
  });
});

describe('a wrong command line', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['chekc'], 'unknown command "chekc" - did you mean "check"?'],
    [['--versoin'], 'unknown option "--versoin"'],
    [['check', '--fromat', 'json'], 'unknown option "--fromat" - did you mean "--format"?'],
    [['check', '--format'], 'option "--format" needs a value (text, json, sarif, github, checkpatch)'],
    [['check', '--format=yaml'], '"yaml" is no value of "--format" (text, json, sarif, github, checkpatch)'],
    [['check', '--rule', 'missing-ark'], 'there is no rule "missing-ark" - did you mean "missing-arc"?'],
    [['check', '--profile', '6.3'], '"6.3" is no value of "--profile" (patch-v7, 5.18, 6.0, 6.2, 7.1)'],
    [['check', '--min-severity', 'warn'], '"warn" is no value of "--min-severity" (hint, warning, error)'],
    [['arcs'], 'a file or folder is needed'],
    [['dump'], 'ir, cfg or trace is needed'],
    [['dump', 'tree', 'a.c'], '"tree" is none of ir, cfg, trace'],
    [['dump', 'trace', 'a.c', '--arc', 'STOP'], 'option "--arc" needs 1 more value'],
    [['dump', 'trace', 'a.c', '--arc', 'STOP', 'STOPPED'], '"STOPPED" is no migration state'],
    [['explain', 'missing-ark'], 'nothing is known about "missing-ark" - did you mean "missing-arc"?'],
    [['explain', 'PRECOPY_P2'], 'nothing is known about "PRECOPY_P2" - did you mean'],
    [['lsp'], 'the language server needs --stdio'],
    [['lsp', 'now'], 'unexpected argument "now"'],
    [['help', 'chek'], 'no help on "chek" - did you mean "check"?'],
  ];
  for (const [args, message] of cases) {
    it(args.join(' '), async () => {
      const run = await inProcess('/', args);
      assert.equal(run.code, 2);
      assert.equal(run.stdout, '');
      assert.ok(run.stderr.startsWith(`vfio-arcs: ${message}`), run.stderr);
      assert.match(run.stderr, /\nTry "vfio-arcs[ a-z]* --help"\.\n$/);
    });
  }
});
