import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SummaryCache } from '../../server/src/analysis';
import type { DriverModel } from '../../server/src/analysis/model';
import { createFrontEnd, type FrontEnd } from '../../server/src/c';
import { checkModule, defaultConfig, findModules, type ModuleSource, type Report } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { loadParser } from '../../server/src/entry/node/platform';
import { type Arc, arcText, constantName, isBlocked } from '../../server/src/uapi';
import { kernelTrees } from '../support/corpus';
import { type CorpusDriver, corpusDrivers } from './drivers';
import { stepHead } from './stepHead';

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
        plain = await subject(frontEnd, corpusDriver);
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

interface Subject {
  readonly driver: DriverModel;
  readonly report: Report;
  /** The same driver with `if (cur == from && new == to) return <value>;` at the head of its step function. */
  mutated(arc: Arc, value: string): Subject;
}

async function subject(frontEnd: FrontEnd, { tree, truth }: CorpusDriver): Promise<Subject> {
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const stepFile = join(tree.path, truth.step.file);
  const source = modules.find(({ files }) => files.some(({ path }) => path === stepFile));
  assert.ok(source, `no module with ${truth.step.file}`);

  // As in an editor: what a mutation does not touch is kept from the check before.
  const cache = new SummaryCache();
  const check = (module: ModuleSource): Subject => {
    const report = checkModule(frontEnd.module(module.files), module.profile, defaultConfig, cache);
    const driver = report.drivers.find((found) => found.driver.setState.name === truth.setState)?.driver;
    assert.ok(driver, `no driver with ${truth.setState}()`);
    return { driver, report, mutated: (arc, value) => check(mutate(module, arc, value)) };
  };
  const mutate = (module: ModuleSource, arc: Arc, value: string): ModuleSource => ({
    ...module,
    files: module.files.map((file) => {
      if (file.path !== stepFile) return file;
      const { at, cur, next } = stepHead(file.text, truth.step.name);
      const line = `\tif (${cur} == ${constantName(arc.from)} && ${next} == ${constantName(arc.to)})\n\t\treturn ${value};\n`;
      return { path: file.path, text: file.text.slice(0, at) + line + file.text.slice(at) };
    }),
  });
  return check(source);
}

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
