import assert from 'node:assert/strict';
import type { FrontEnd } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import { driverIn, finish, mendAll, writeArc } from '../../server/src/check';
import { loadParser } from '../../server/src/entry/node/platform';
import { arcText, contractOf } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { kernelTrees } from '../support/corpus';
import { driverOf, realPatient, without, withoutEvery } from './subjects';

const trees = kernelTrees();

/** Each required arc of each real driver is taken out of its code and then written again by the mend. */
describe('mends of real drivers', function () {
  this.timeout(120_000);
  if (typeof trees === 'string') {
    it('write what was taken out', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;
  const counts = { drivers: 0, taken: 0, written: 0, inserted: 0 };

  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => {
    frontEnd.dispose();
    console.log(
      `      ${counts.drivers} drivers: ${counts.written} of ${counts.taken} arcs written again, by ${counts.inserted} insertions`,
    );
  });

  for (const corpusDriver of corpusDrivers(trees)) {
    it(`${corpusDriver.name}: each arc, one at a time`, async () => {
      const plain = await realPatient(frontEnd, corpusDriver);
      counts.drivers++;
      for (const arc of driverOf(plain).arcs.filter(({ required }) => required)) {
        const name = arcText(arc);
        const lacking = without(plain, arc);
        assert.ok(lacking, `${name} could not be taken out`);
        counts.taken++;
        const mending = finish(writeArc(lacking.text, plain.id, arc, plain.recheck));
        assert.ok(mending.proved, `${name}: ${mending.proved ? '' : mending.reason}`);
        assert.ok(
          mending.edits.every(({ start, end }) => start === end),
          'only insertions',
        );
        const wide = mending.edits.flatMap(({ text }) => text.split('\n')).filter((line) => columns(line) > 100);
        assert.deepEqual(wide, [], `${name}: lines of more than 100 columns`);
        counts.inserted += mending.edits.length;
        const mended = driverIn(mending.after, plain.id);
        assert.deepEqual(mended?.missing, [], name);
        const written = mended?.arcs.find((each) => each.from === arc.from && each.to === arc.to);
        const files = written?.outcomes.flatMap((each) => (each.kind === 'success' ? [each.file] : []));
        assert.ok(
          files?.includes(contractOf(arc) === 'none' ? 'null' : 'new-file'),
          `${name} returns ${files?.join()}`,
        );
        counts.written++;
      }
    });

    it(`${corpusDriver.name}: all arcs that can be taken out together, by one mend that then finds no more to do`, async () => {
      const plain = await realPatient(frontEnd, corpusDriver);
      const lacking = withoutEvery(plain, 1);
      const gone = driverOf(lacking).missing.length;
      assert.ok(gone >= 3, `only ${gone} arcs were taken out`);
      const { after, failed } = mendAll(lacking.text, () => true, plain.recheck);
      assert.deepEqual(failed, []);
      assert.deepEqual(driverIn(after, plain.id)?.missing, []);
      const again = mendAll(after, () => true, plain.recheck);
      assert.deepEqual([again.done, again.failed], [[], []]);
    });
  }
});

function columns(line: string): number {
  let width = 0;
  for (const c of line) width += c === '\t' ? 8 - (width % 8) : 1;
  return width;
}
