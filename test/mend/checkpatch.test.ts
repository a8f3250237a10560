import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skeletonFor } from '../../server/src/mend';
import { validFlagSets } from '../../server/src/uapi';
import { checkpatchScripts, kernelTrees } from '../support/corpus';
import { skeletonKernels } from './skeletonKernels';

const trees = kernelTrees();
const scripts = typeof trees === 'string' ? trees : checkpatchScripts(trees);
const hasPerl = spawnSync('perl', ['-v'], { stdio: 'ignore' }).status === 0;

/** The longest that is taken: the longer the name, the more lines have to be broken. */
const names = ['foo', 'a_name_with_24_letters_x'];

/** What is not asked of a part: it comes into a file that has its licence. */
const ignored = { driver: [], part: ['SPDX_LICENSE_TAG'] } as const;

/** The kernel's own judge of style, with its strictest settings, over everything that skeletons can be. */
describe('skeletons and checkpatch.pl --strict', function () {
  this.timeout(300_000);
  if (typeof trees === 'string' || typeof scripts === 'string' || !hasPerl) {
    it('agree', function () {
      if (process.env['CI']) throw new Error('no perl');
      console.log(`Not run, ${typeof scripts === 'string' ? scripts : 'no perl'}`);
      this.skip();
    });
    return;
  }
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-checkpatch-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** All reports on files of these names and texts, one a line. */
  const reports = (script: string, texts: Readonly<Record<string, string>>, ignore: readonly string[]): string => {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const options = ['--no-tree', '--strict', '--terse', '--no-summary', '--show-types'];
    if (ignore.length > 0) options.push('--ignore', ignore.join(','));
    const { stdout, stderr } = spawnSync('perl', [script, ...options, '-f', ...Object.keys(texts)], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  };

  for (const { profile, series } of skeletonKernels(trees)) {
    const script = scripts.get(series);
    if (script === undefined) continue;

    for (const scope of ['driver', 'part'] as const) {
      it(`every ${scope} for ${profile}: Linux ${series}`, () => {
        const texts = validFlagSets(profile).flatMap((flags) =>
          names.map((name) => {
            const made = skeletonFor({ flags, name, profile, scope });
            assert.ok('text' in made);
            return [`${name}-${flags.join('-')}.c`, made.text];
          }),
        );
        assert.equal(reports(script, Object.fromEntries(texts), ignored[scope]), '');
      });
    }

    it(`which does say what is wrong: Linux ${series}`, () => {
      const made = skeletonFor({ flags: ['STOP_COPY'], name: 'foo', profile, scope: 'driver' });
      assert.ok('text' in made);
      const askew = made.text.replace(/^\t+ +(loff_t \*pos\))/m, '\t\t$1');
      assert.match(reports(script, { 'foo.c': askew }, []), /^foo\.c:\d+: CHECK:PARENTHESIS_ALIGNMENT: /);
    });
  }
});
