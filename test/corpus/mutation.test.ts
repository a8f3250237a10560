import assert from 'node:assert/strict';
import type { DriverModel } from '../../server/src/analysis/model';
import { createFrontEnd, type FrontEnd } from '../../server/src/c';
import { loadParser } from '../../server/src/entry/node/platform';
import { type Arc, arcText, isBlocked } from '../../server/src/uapi';
import { kernelTrees } from '../support/corpus';
import { corpusDrivers } from './drivers';
import { type Subject, subjectOf } from './subject';

const trees = kernelTrees();

/**
 * A handler that is not there must be missed, and only that one: into the head of each real driver's step function goes
 * a rejection of one required arc, or the acceptance of one that nobody asks for, for every arc in turn.
 */
describe('mutations of real drivers', () => {
  if (typeof trees === 'string') {
    it('are all noticed', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;
  const rejections = { killed: 0, total: 0 };
  const acceptances = { killed: 0, total: 0 };

  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => {
    frontEnd.dispose();
    console.log(`      rejected arcs that were reported missing: ${rejections.killed}/${rejections.total}`);
    console.log(`      accepted arcs that were reported superfluous: ${acceptances.killed}/${acceptances.total}`);
  });

  for (const corpusDriver of corpusDrivers(trees)) {
    describe(corpusDriver.name, () => {
      let plain: Subject;

      before(async () => {
        plain = await subjectOf(frontEnd, corpusDriver);
      });

      it('each required arc, when rejected, is reported missing and nothing else changes', () => {
        const wrong = plain.driver.arcs
          .filter(({ required }) => required)
          .flatMap((arc) => {
            const mutant = plain.mutated(arc, 'ERR_PTR(-EINVAL)');
            return judge(rejections, arc, () => {
              assert.deepEqual(mutant.driver.missing.map(arcText), [arcText(arc)]);
              assert.deepEqual(tableWithout(mutant.driver, arc), tableWithout(plain.driver, arc));
              assert.deepEqual(newFindings(plain, mutant), [`missing-arc ${key(arc)}`]);
            });
          });
        assert.equal(wrong.join('\n'), '');
      });

      it('each arc that nobody asks for, when accepted, is reported superfluous and nothing else changes', () => {
        const wrong = plain.driver.arcs
          .filter(({ required }) => !required)
          .flatMap((arc) => {
            const mutant = plain.mutated(arc, 'NULL');
            return judge(acceptances, arc, () => {
              assert.deepEqual(mutant.driver.superfluous.map(arcText), [arcText(arc)]);
              assert.deepEqual(mutant.driver.missing, []);
              assert.deepEqual(tableWithout(mutant.driver, arc), tableWithout(plain.driver, arc));
              assert.deepEqual(newFindings(plain, mutant), [
                `${isBlocked(arc) ? 'blocked-arc' : 'superfluous-arc'} ${key(arc)}`,
              ]);
            });
          });
        assert.equal(wrong.join('\n'), '');
      });
    });
  }
});

/** How findings name an arc. */
function key({ from, to }: Arc): string {
  return `${from}->${to}`;
}

/** Counts a mutant as killed when the expectation holds; otherwise gives the arc and what differs. */
function judge(count: { killed: number; total: number }, arc: Arc, expectation: () => void): string[] {
  count.total += 1;
  try {
    expectation();
    count.killed += 1;
    return [];
  } catch (error) {
    return [`${arcText(arc)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** All that the model says of the other arcs, without places: they move with the inserted lines. */
function tableWithout(driver: DriverModel, { from, to }: Arc): object {
  return {
    flagSets: driver.flagSets.map(({ flags, when }) => ({ flags, when })),
    arcs: driver.arcs
      .filter((arc) => arc.from !== from || arc.to !== to)
      .map((arc) => ({
        arc: arcText(arc),
        status: arc.status,
        required: arc.required,
        outcomes: [
          ...new Set(arc.outcomes.map((outcome) => (outcome.kind === 'success' ? outcome.file : outcome.kind))),
        ].sort(),
      })),
  };
}

/** What is said of the mutant and not of the driver as it is: rule and key. */
function newFindings(plain: Subject, mutant: Subject): string[] {
  const before = new Set(findings(plain));
  return findings(mutant).filter((finding) => !before.has(finding));
}

function findings({ report }: Subject): string[] {
  return [...report.findings, ...report.drivers.flatMap((driver) => driver.findings)].map(
    ({ rule, key }) => `${rule} ${key}`,
  );
}
