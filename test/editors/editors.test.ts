import assert from 'node:assert/strict';
import { join } from 'node:path';
import { driver } from '../manners/documents';
import type { Folder } from '../support/cli';
import { temporaryFolder } from '../support/cli';
import { root } from '../support/repo';
import type { Outcome } from './recipes';
import { recipe, runEditor, versionOf } from './recipes';

const scripts = join(root, 'test/editors');
const typed = [
  '\tif (cur == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP) {',
  '\t\tclose_files(d);',
  '\t\treturn NULL;',
  '\t}',
].join('\n');

const action = 'Write RESUMING -> STOP';

describe('the recipes of the README, in the editors themselves', function () {
  this.timeout(600_000);
  let folder: Folder;
  beforeEach(() => {
    folder = temporaryFolder({ 'driver.c': driver });
  });
  afterEach(() => folder.remove());

  const neovim = (init: string, servers: number): Promise<Outcome> => {
    folder.write({ 'init.lua': init });
    const script = join(scripts, 'neovim.lua');
    const args = ['--headless', '-n', '-i', 'NONE', '-u', 'init.lua', 'driver.c', '-c', `luafile ${script}`];
    return runEditor(folder, 'nvim', args, { SERVERS: String(servers), TYPED: typed, ACTION: action });
  };

  /** What a user sees of a driver that misses one arc, in whichever editor. */
  const isRight = ({ told, serverCode, serverStderr }: Outcome) => {
    const [finding = '', ...others] = told.get('diagnostics') as string[];
    assert.match(finding, /RESUMING -> STOP is not handled/);
    assert.deepEqual(others, []);
    assert.equal(told.get('underlined'), '-EINVAL');
    assert.match(String(told.get('hover')), /STOP_COPY/);
    assert.deepEqual([...(told.get('after typing') as string[])], []);
    assert.deepEqual(told.get('after undo'), [finding]);
    assert.ok((told.get('actions') as string[]).includes(action));
    assert.deepEqual([...(told.get('after the action') as string[])], []);
    const written = /\n\tif \(cur == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP\) \{\n\t\t\/\*\n/;
    assert.match(String(told.get('text after the action')), written);
    assert.equal(told.get('text after undo'), driver);
    assert.deepEqual([serverCode, serverStderr], [0, '']);
  };

  it('Neovim finds what is missing, explains, follows typing, mends, and ends the server cleanly', async function () {
    const version = versionOf('nvim');
    if (version === null) this.skip();
    const outcome = await neovim(recipe('lua').replace(/^attach\('clangd'.*$/m, ''), 1);
    isRight(outcome);
    assert.deepEqual(outcome.told.get('servers'), ['vfio-arcs']);
    assert.doesNotMatch(outcome.output, /error/i);
    console.log(`      ${version}: ${JSON.stringify(outcome.told.get('diagnostics'))}`);
  });

  it('Neovim does so with clangd on the same buffer', async function () {
    const versions = [versionOf('nvim'), versionOf('clangd')];
    if (versions.includes(null)) this.skip();
    const outcome = await neovim(recipe('lua'), 2);
    isRight(outcome);
    assert.deepEqual([...(outcome.told.get('servers') as string[])].sort(), ['clangd', 'vfio-arcs']);
    const sources = new Set(outcome.told.get('all sources') as string[]);
    assert.ok(sources.size > 1, `clangd has its say too: ${[...sources].join()}`);
    console.log(`      ${versions.join(' and ')}: diagnostics of ${[...sources].join(' and ')}`);
  });

  it('Emacs finds what is missing, explains, follows typing, mends, and ends the server cleanly', async function () {
    const version = versionOf('emacs');
    if (version === null) this.skip();
    folder.write({ 'init.el': recipe('elisp') });
    const setUp = ['--batch', '-q', '--eval', '(package-initialize)', '-l', 'init.el'];
    const outcome = await runEditor(folder, 'emacs', [...setUp, '-l', join(scripts, 'emacs.el')], {
      DRIVER: 'driver.c',
      TYPED: typed,
      ACTION: action,
    });
    isRight(outcome);
    assert.deepEqual(outcome.told.get('servers'), ['vfio-arcs']);
    console.log(`      ${version}: ${JSON.stringify(outcome.told.get('diagnostics'))}`);
  });
});
