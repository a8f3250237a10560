import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { FrontEnd } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import { mendAll } from '../../server/src/check';
import { loadParser } from '../../server/src/entry/node/platform';
import { skeletonFor } from '../../server/src/mend';
import { flagSetText, validFlagSets } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { kernelHeaders, kernelTrees } from '../support/corpus';
import { compileForKernel, compilesForKernel } from '../support/kernelCompiler';
import { skeletonKernels } from './skeletonKernels';
import { driverOf, realPatient, withoutEvery } from './subjects';

const trees = kernelTrees();
const headers = typeof trees === 'string' ? trees : kernelHeaders(trees);

/** What is left behind when all that used it was taken out. */
const leftovers = ['-Wno-unused-function', '-Wno-unused-variable', '-Wno-unused-label'];

/** What the mends and the skeletons write, compiled by gcc with the headers of the kernels that it is for. */
describe('written code and the real kernel headers', function () {
  this.timeout(300_000);
  if (typeof trees === 'string' || typeof headers === 'string' || !compilesForKernel) {
    it('compile', function () {
      console.log(`Not run, ${typeof headers === 'string' ? headers : 'no gcc for x86-64'}`);
      this.skip();
    });
    return;
  }
  const headersOf = (series: string): string => headers.get(series) ?? assert.fail(`no headers of Linux ${series}`);
  const counts = { drivers: 0, arcs: 0, skeletons: 0 };
  let frontEnd: FrontEnd;
  let folder: string;
  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
    folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-headers-'));
  });
  after(() => {
    frontEnd.dispose();
    rmSync(folder, { recursive: true });
    const { drivers, arcs, skeletons } = counts;
    console.log(`      ${drivers} drivers with ${arcs} arcs written again, and ${skeletons} skeletons compiled`);
  });
  /** What gcc says of a text that takes the place of a file. */
  const complaints = (series: string, text: string, path: string, options: readonly string[]): string => {
    const file = join(folder, basename(path));
    writeFileSync(file, text);
    return compileForKernel(headersOf(series), file, [dirname(path)], options);
  };

  for (const corpusDriver of corpusDrivers(trees)) {
    for (const [which, nth] of [
      ['all arcs', 1],
      ['every second arc', 2],
    ] as const) {
      it(`${corpusDriver.name}: ${which} taken out and written again`, async () => {
        const plain = await realPatient(frontEnd, corpusDriver);
        const lacking = withoutEvery(plain, nth);
        const { after: mended, failed } = mendAll(lacking.text, ({ rule }) => rule === 'missing-arc', plain.recheck);
        assert.deepEqual(failed, []);
        const changed = mended.files.filter(({ text }, index) => text !== lacking.text.files[index]?.text);
        assert.ok(changed.length > 0);
        for (const { path, text } of changed) {
          assert.equal(complaints(corpusDriver.tree.series, text, path, leftovers), '');
        }
        counts.drivers++;
        counts.arcs += driverOf(lacking).missing.length;
      });
    }
  }

  for (const { profile, series } of skeletonKernels(trees)) {
    for (const flags of validFlagSets(profile)) {
      for (const scope of ['driver', 'part'] as const) {
        it(`skeleton for ${flagSetText(flags)}, ${profile}, ${scope}: Linux ${series}`, () => {
          const made = skeletonFor({ flags, name: 'demo', profile, scope });
          assert.ok('text' in made);
          // A part waits for what calls it.
          const options = scope === 'part' ? ['-Wno-unused-function'] : [];
          assert.equal(complaints(series, made.text, join(folder, 'demo.c'), options), '');
          counts.skeletons++;
        });
      }
    }
  }
});
