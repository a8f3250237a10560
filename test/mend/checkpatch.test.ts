import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mendAll } from '../../server/src/check';
import { skeletonFor } from '../../server/src/mend';
import { exampleDriver } from '../../server/src/rules/example';
import { validFlagSets } from '../../server/src/uapi';
import { frontEnd } from '../support/analyse';
import { checkpatchScripts, kernelTrees } from '../support/corpus';
import { skeletonKernels } from './skeletonKernels';
import { patientOf } from './subjects';

const trees = kernelTrees();
const scripts = typeof trees === 'string' ? trees : checkpatchScripts(trees);
const hasPerl = spawnSync('perl', ['-v'], { stdio: 'ignore' }).status === 0;

/** The longest that is taken: the longer the name, the more lines have to be broken. */
const names = ['foo', 'a_name_with_24_letters_x'];

/** What is not asked of a part: it comes into a file that has its licence. */
const ignored = { driver: [], part: ['SPDX_LICENSE_TAG'] } as const;

/** The kernel's own judge of style, with its strictest settings, over everything that skeletons can be and what mends write. */
describe('skeletons, mends and checkpatch.pl --strict', function () {
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

  for (const [series, script] of scripts) {
    it(`the arcs and data files that mends write: Linux ${series}`, async () => {
      const lacking = exampleDriver({ saving: '' })
        .replace(/\tif \(cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_RESUMING\)\n.*\n/, '')
        // Where a driver allocates in the newer way, it is written so.
        .replace(
          'static void demo_close_file',
          'static void demo_open_other(struct demo *demo)\n{\n\tkzalloc_obj(*demo);\n}\n\n$&',
        );
      const { text, recheck } = patientOf(await frontEnd(), { 'demo.c': lacking });
      const { after, done } = mendAll(text, () => true, recheck);
      assert.deepEqual([...done].sort(), ['Write STOP -> RESUMING', 'Write STOP -> STOP_COPY']);
      const said = (content: string) =>
        new Set(
          reports(script, { 'demo.c': content }, [])
            .replace(/^demo\.c:\d+: /gm, '')
            .split('\n'),
        );
      const known = said(lacking);
      assert.deepEqual(
        [...said(after.files[0]?.text ?? '')].filter((report) => !known.has(report)),
        [],
      );
    });
  }
});
