import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { exampleDriver } from '../../server/src/rules/example';
import type { Folder } from '../support/cli';
import { spawning, temporaryFolder, vfioArcs } from '../support/cli';
import { inProcess } from '../support/cliInProcess';

const lacking = exampleDriver({ saving: '' });
const superfluous = exampleDriver({
  arms: '\tif (cur == VFIO_DEVICE_STATE_RUNNING && new == VFIO_DEVICE_STATE_RESUMING)\n\t\treturn NULL;\n',
});

describe('vfio-arcs check', function () {
  this.timeout(spawning);

  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('prints a report that can be pasted into a mail', () => {
    folder.write({ 'main.c': lacking });
    const run = vfioArcs(folder.path, 'check', 'main.c');
    assert.equal(run.code, 1);
    assert.equal(run.stderr, '');
    assert.equal(
      run.stdout,
      `main.c:40:17: error: STOP -> STOP_COPY is not handled, but VFIO_MIGRATION_STOP_COPY requires it. [missing-arc]
      Breaks STOP -> STOP_COPY, RUNNING -> STOP_COPY and RESUMING -> STOP_COPY; no live migration is
      possible.
   40 |         return ERR_PTR(-EINVAL);
      |                        ^~~~~~~
main.c:82:26: note: VFIO_MIGRATION_STOP_COPY is declared here
   82 |         vdev->migration_flags = VFIO_MIGRATION_STOP_COPY;
      |                                 ^~~~~~~~~~~~~~~~~~~~~~~~

demo_migration_ops (main.c:74): 5 of 6 required arcs · STOP_COPY · profile 7.1 (no kernel tree around the file, so the newest: Linux 7.1 and later)

1 error in 1 driver
`,
    );
  });

  it('answers 0 for a driver without faults, and takes the current folder when no path is given', () => {
    folder.write({ 'a/main.c': exampleDriver() });
    const run = vfioArcs(folder.path, 'check');
    assert.equal(run.code, 0);
    assert.match(run.stdout, /^demo_migration_ops \(a\/main\.c:76\): 6 of 6 required arcs · STOP_COPY · profile/);
    assert.match(run.stdout, /\nno findings in 1 driver\n$/);
  });

  it('counts only what it shows', () => {
    folder.write({ 'main.c': superfluous });
    const code = (...args: readonly string[]) => vfioArcs(folder.path, 'check', 'main.c', ...args).code;
    assert.equal(code(), 1);
    assert.equal(code('--min-severity', 'warning'), 0);
    assert.equal(code('--rule', 'missing-arc'), 0);
    assert.equal(code('--rule', 'missing-arc', '--rule=superfluous-arc'), 1);
  });

  it('goes by --profile, and says so', () => {
    folder.write({ 'main.c': exampleDriver({ flags: 'VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY' }) });
    const run = vfioArcs(folder.path, 'check', 'main.c', '--profile', '6.0');
    assert.match(run.stdout, /VFIO_MIGRATION_PRE_COPY is declared, but Linux 6\.0 and 6\.1 does not define it/);
    assert.match(run.stdout, /profile 6\.0 \(chosen by configuration\)/);
  });

  it('takes the profile from the kernel tree', () => {
    folder.write({
      'tree/Makefile': 'VERSION = 6\nPATCHLEVEL = 12\n',
      'tree/include/uapi/linux/vfio.h':
        '#define VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE 2\nenum { VFIO_DEVICE_STATE_STOP_COPY = 3, VFIO_DEVICE_STATE_PRE_COPY = 6 };\n',
      'tree/drivers/vfio/pci/demo/main.c': exampleDriver(),
    });
    const run = vfioArcs(folder.path, 'check', 'tree');
    assert.match(run.stdout, /profile 6\.2 \(linux 6\.12 tree at .*\/tree: include\/uapi\/linux\/vfio\.h has /);
  });

  it('checks a driver that is spread over files, once, whichever of them are named', () => {
    const text = exampleDriver({ saving: '' });
    const cut = text.indexOf('static struct file *demo_set_state');
    folder.write({
      'm/Makefile': 'obj-m += demo.o\ndemo-y := main.o step.o\n',
      'm/step.c': text.slice(0, cut).replace('static struct file *demo_step', 'struct file *demo_step'),
      'm/main.c': `struct file *demo_step(struct demo *demo, enum vfio_device_mig_state new);\n${text.slice(cut)}`,
      'm/notes.c': 'int unrelated;\n',
    });
    for (const paths of [['m'], ['m/main.c'], ['m/step.c', 'm/main.c', 'm']]) {
      const run = vfioArcs(folder.path, 'check', ...paths);
      assert.equal(run.stderr, '', paths.join(' '));
      assert.match(run.stdout, /^m\/step\.c:\d+:\d+: error: STOP -> STOP_COPY is not handled/);
      assert.match(run.stdout, /\n1 error in 1 driver\n$/);
    }
  });

  it('finds drivers below folders, and walks in no circle', () => {
    folder.write({ 'a/b/vfio/main.c': lacking, '.gitignore': '*\n' });
    symlinkSync('..', join(folder.path, 'a/b/up'));
    symlinkSync(join(folder.path, 'a'), join(folder.path, 'again'));
    const run = vfioArcs(folder.path, 'check', '.');
    assert.equal(run.code, 1);
    assert.match(run.stdout, /^a\/b\/vfio\/main\.c:40:17: /);
    assert.match(run.stdout, /\n1 error in 1 driver\n$/);
  });

  it('counts what a comment allows', () => {
    const arm = '\t/* vfio-arcs: allow superfluous-arc -- debugfs asks for it */\n';
    folder.write({ 'main.c': superfluous.replace('\tif (cur == VFIO_DEVICE_STATE_RUNNING &&', `${arm}$&`) });
    const run = vfioArcs(folder.path, 'check', 'main.c');
    assert.equal(run.code, 0);
    assert.match(run.stdout, /\nno findings in 1 driver, 1 allowed by comments\n$/);
  });
});

describe('progress of vfio-arcs check', function () {
  this.timeout(spawning);

  it('is shown on a terminal, and taken away before anything else is written', async () => {
    const folder = temporaryFolder({ 'main.c': exampleDriver() });
    const clear = `\\r${String.fromCharCode(27)}\\[K`;
    const onTerminal = await inProcess(folder.path, ['check', '.'], { isTerminal: true });
    const toPipe = await inProcess(folder.path, ['check', '.']);
    folder.remove();
    // The second line only comes where the check took long enough for it.
    const [before, after] = ['0 of 1 files, 0 drivers', '1 of 1 files, 1 drivers'];
    assert.match(onTerminal.stderr, new RegExp(`^${clear}${before}${clear}(?:${clear}${after}${clear})?$`));
    assert.equal(toPipe.stderr, '');
  });
});
