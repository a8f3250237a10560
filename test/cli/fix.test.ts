import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleDriver } from '../../server/src/rules/example';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';
import { sharedFile, sharedStep } from '../support/sharedStep';

const lacking = exampleDriver({ saving: '' });
const extraArm = `	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
		return NULL;
`;

/** The files at that place. */
function inFolder(place: string, files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(files).map(([name, text]) => [`${place}/${name}`, text]);
}

describe('vfio-arcs check --fix and --diff', function () {
  this.timeout(spawning);

  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());
  const text = (name: string) => readFileSync(join(folder.path, name), 'utf8');

  it('shows a diff and writes nothing', () => {
    folder.write({ 'main.c': exampleDriver({ arms: extraArm }) });
    const run = vfioArcs(folder.path, 'check', '--diff', 'main.c');
    assert.equal(run.code, 1);
    assert.equal(run.stderr, 'vfio-arcs: 1 finding to be mended in 1 file\n');
    assert.equal(
      run.stdout,
      `--- a/main.c
+++ b/main.c
@@ -26,8 +26,6 @@
 {
 	enum vfio_device_mig_state cur = demo->state;
 
-	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)
-		return NULL;
 	if (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_STOP)
 		return demo_stop(demo) ? ERR_PTR(-EIO) : NULL;
 	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RUNNING)
`,
    );
    assert.equal(text('main.c'), exampleDriver({ arms: extraArm }));
  });

  it('names a file elsewhere as git does, without two slashes', () => {
    folder.write({ 'main.c': lacking, 'here/x.c': '' });
    const path = join(folder.path, 'main.c');
    const { stdout } = vfioArcs(join(folder.path, 'here'), 'check', '--diff', path);
    assert.match(stdout, /^--- a\/[^/]/);
    assert.ok(stdout.includes(`+++ b${path}`));
  });

  it('shows a diff that patch takes, and that leads to what --fix writes', () => {
    folder.write({ 'a/main.c': lacking, 'b/main.c': lacking });
    const { stdout } = vfioArcs(join(folder.path, 'a'), 'check', '--diff', 'main.c');
    const patch = spawnSync('patch', ['-p1'], { cwd: join(folder.path, 'a'), input: stdout, encoding: 'utf8' });
    assert.equal(patch.status, 0, patch.stderr);
    const fixed = vfioArcs(join(folder.path, 'b'), 'check', '--fix', 'main.c');
    assert.equal(fixed.code, 0, fixed.stdout);
    assert.equal(fixed.stderr, 'vfio-arcs: 1 finding mended in 1 file\n');
    assert.match(fixed.stdout, /6 of 6 required arcs[\s\S]*no findings in 1 driver\n$/);
    assert.equal(text('a/main.c'), text('b/main.c'));
    assert.equal(vfioArcs(folder.path, 'check', '--diff').stdout, '');
    assert.equal(vfioArcs(folder.path, 'check', '--fix').stderr, 'vfio-arcs: 0 findings mended in 0 files\n');
  });

  it('mends a file of two drivers for both of them, also as one diff that patch takes', () => {
    const drivers = sharedFile({ saving: '' }, { closing: '' });
    folder.write(Object.fromEntries(['a', 'b'].flatMap((place) => inFolder(place, drivers))));
    const diff = vfioArcs(join(folder.path, 'a'), 'check', '--diff', 'shared.c');
    assert.equal(diff.stderr, 'vfio-arcs: 3 findings to be mended in 1 file\n');
    const patch = spawnSync('patch', ['-p1'], { cwd: join(folder.path, 'a'), input: diff.stdout, encoding: 'utf8' });
    assert.equal(patch.status, 0, patch.stderr);
    const fixed = vfioArcs(join(folder.path, 'b'), 'check', '--fix', 'shared.c');
    assert.equal(fixed.stderr, 'vfio-arcs: 3 findings mended in 1 file\n');
    assert.match(fixed.stdout, /no findings in 2 drivers\n$/);
    assert.equal(text('a/shared.c'), text('b/shared.c'));
  });

  it('mends once what two drivers find in a file of both', () => {
    folder.write(sharedStep({ saving: '' }));
    const run = vfioArcs(folder.path, 'check', '--diff');
    assert.equal(run.stderr, 'vfio-arcs: 1 finding to be mended in 1 file\n');
    assert.equal(run.stdout.split('+++ b/shared.c').length, 2);
  });

  it('mends only what --rule names', () => {
    folder.write({ 'main.c': exampleDriver({ arms: extraArm, saving: '' }) });
    vfioArcs(folder.path, 'check', '--fix', '--rule', 'superfluous-arc', 'main.c');
    assert.equal(text('main.c'), lacking);
  });

  it('leaves line ends, byte order mark and all other lines as they are', () => {
    const crlf = `\ufeff${lacking.replaceAll('\n', '\r\n')}`;
    folder.write({ 'main.c': crlf });
    vfioArcs(folder.path, 'check', '--fix', 'main.c');
    const lines = text('main.c').split('\r\n');
    assert.equal(text('main.c').replaceAll('\r\n', '').includes('\n'), false);
    const old = crlf.split('\r\n');
    assert.deepEqual(
      lines.filter((line) => old.includes(line)).length >= old.length,
      true,
      'every line of before is still there',
    );
  });

  it('does not write a file that the command line does not name, and says so', () => {
    const whole = exampleDriver({ saving: '' });
    const at = whole.indexOf('static struct file *demo_step');
    const end = whole.indexOf('static struct file *demo_set_state');
    folder.write({
      Makefile: 'obj-m := demo.o\ndemo-y := main.o step.o\n',
      'demo.h': `${whole.slice(0, whole.indexOf('static struct file *demo_open'))}struct file *demo_step(struct demo *demo, enum vfio_device_mig_state new);\n`,
      'step.c': `#include "demo.h"\n${whole.slice(whole.indexOf('static struct file *demo_open'), end).replace('static struct file *demo_step', 'struct file *demo_step')}`,
      'main.c': `#include "demo.h"\n${whole.slice(end)}`,
    });
    assert.ok(at > 0);
    const before = text('step.c');
    const run = vfioArcs(folder.path, 'check', '--fix', 'main.c');
    assert.match(run.stderr, /not mended, since that would change step\.c, which the command line does not name/);
    assert.equal(run.code, 1);
    assert.equal(text('step.c'), before);
    assert.equal(vfioArcs(folder.path, 'check', '--fix', '.').code, 0);
    assert.notEqual(text('step.c'), before);
  });

  it('does not write what is no UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('/* caf\xe9 */\n', 'latin1'), Buffer.from(lacking)]);
    writeFileSync(join(folder.path, 'main.c'), bytes);
    const run = vfioArcs(folder.path, 'check', '--fix', 'main.c');
    assert.equal(run.code, 2);
    assert.match(run.stderr, /main\.c: not mended: the file is no UTF-8, or it changed meanwhile/);
    assert.ok(readFileSync(join(folder.path, 'main.c')).equals(bytes));
  });

  it('refuses --diff together with what it replaces', () => {
    const run = vfioArcs(folder.path, 'check', '--diff', '--format', 'json');
    assert.equal(run.code, 2);
    assert.match(run.stderr, /"--diff" shows a diff and nothing else/);
  });
});
