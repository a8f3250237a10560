import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DriverModel } from '../../server/src/analysis';
import { arcText } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { seedFrom } from '../support/seed';
import { apply, check, edits, functionsIn, open, runsThrough, withText } from './edits';

const trees = kernelTrees();
const seed = seedFrom('SEED');
const samples = Number(process.env['SAMPLES'] ?? 12);
/** Text as it is while somebody types, in the file that has the step function of each real driver. */
describe('broken text of real drivers', () => {
  if (typeof trees === 'string') {
    it('is survived', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  after(() => console.log(`      seed ${seed}, ${samples} edits of each driver`));
  for (const corpusDriver of corpusDrivers(trees)) {
    it(`${corpusDriver.name}: nothing throws, and what an edit does not touch stays as it was`, async () => {
      const end = await frontEnd();
      const subject = await open(corpusDriver);
      const whole = check(end, subject.source, corpusDriver) as DriverModel;
      const spans = functionsIn(end, subject);
      fc.assert(
        fc.property(edits, (each) => {
          const { text, from, to } = apply(subject.text, each);
          const broken = check(end, withText(subject, text), corpusDriver);
          const inside = spans.find(({ start, end: last }) => start < from && to < last);
          // A suffix may take the driver's ops with it, and text between functions may mean anything for all of them.
          if (broken === null || inside === undefined || each.kind === 'suffix') return;
          if (runsThrough(whole, subject.path, inside)) return;
          // What no execution comes by can not change one, except through the brackets and the preprocessor.
          if (/[#\\"'/\0]/.test(each.kind === 'stray' ? each.text : subject.text.slice(from, to))) return;
          assert.deepEqual(broken.missing.map(arcText), whole.missing.map(arcText), `missing arcs, ${inside.name}()`);
          for (const arc of whole.arcs) {
            const now = broken.arcs.find((other) => other.from === arc.from && other.to === arc.to);
            assert.ok(
              now?.status === arc.status || now?.status === 'undecided',
              `${arcText(arc)} was ${arc.status} and is ${now?.status} after an edit in ${inside.name}()`,
            );
          }
        }),
        { numRuns: samples, seed },
      );
    });

    it(`${corpusDriver.name}: a bracket too many or too few in the step function makes no arc missing`, async () => {
      const end = await frontEnd();
      const subject = await open(corpusDriver);
      const step = functionsIn(end, subject).find(({ name }) => name === corpusDriver.truth.step.name);
      assert.ok(step, 'the step function is there');
      const body = subject.text.indexOf('{', step.start) + 1;
      const brackets = [...subject.text.slice(body, step.end).matchAll(/[{}()]/g)].map(({ index }) => body + index);
      fc.assert(
        fc.property(fc.constantFrom(...brackets), fc.constantFrom('', '{', '}', '(', ')'), (at, put) => {
          const text = subject.text.slice(0, at) + put + subject.text.slice(put === '' ? at + 1 : at);
          const broken = check(end, withText(subject, text), corpusDriver);
          assert.deepEqual(
            broken?.missing.map(arcText) ?? [],
            [],
            `${put || 'nothing for'} ${text.slice(at - 20, at + 20)}`,
          );
        }),
        { numRuns: samples, seed },
      );
    });
  }
});
