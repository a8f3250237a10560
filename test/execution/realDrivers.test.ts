import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ArcModel, DriverModel, Outcome } from '../../server/src/analysis';
import { analyse } from '../../server/src/analysis';
import type { CModule } from '../../server/src/c';
import { findModules } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { type CorpusDriver, corpusDrivers } from '../corpus/drivers';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { type Comparison, compare } from './compare';
import type { Program } from './compile';
import { gccMissing, programOf } from './realProgram';
import { type Run, runsOf } from './runs';

const trees = kernelTrees();
const missing = typeof trees === 'string' ? trees : gccMissing();

/**
 * Each real driver's own set_state and all that it reaches in the driver are compiled and run, with stubs for the kernel:
 * for every pair of states with all calls succeeding, with each call failing in turn, with each number of the device as each
 * of those that the driver compares something with, and in random worlds. Whatever comes
 * out must be among the outcomes that the analysis gives the arc, with the same call or number at the same line.
 */
describe('real drivers, executed', () => {
  if (typeof trees === 'string' || missing !== null) {
    it('do what the analysis says', function () {
      console.log(`Not run, ${missing}`);
      this.skip();
    });
    return;
  }
  const total = { drivers: 0, pairs: 0, handled: 0, failed: 0, runs: 0, sites: 0, known: 0, undecided: 0, wrong: 0 };

  for (const driver of corpusDrivers(trees)) {
    it(`${driver.name}: every result of an execution is an outcome of the analysis`, async () => {
      const { module, model } = await subject(driver);
      const program = await programOf(module, model, driver);
      try {
        const runs = await runsOf(program);
        const found = compare(module, model, runs, program.stubbed);
        console.log(figures(found, program));
        total.drivers++;
        total.pairs += found.pairs;
        total.handled += found.handled;
        total.failed += found.callsFailed;
        total.runs += found.runs;
        total.sites += found.sitesShown;
        total.known += found.sitesShown + found.sitesNotShown.length;
        total.undecided += found.undecided.length;
        total.wrong += found.wrong.length;
        assert.equal(found.wrong.join('\n'), '');
        assert.deepEqual(found.undecided, []);
        assert.deepEqual(
          unnoticed(module, model, runs, program),
          [],
          'a comparison that misses what is missing proves nothing',
        );
      } finally {
        rmSync(program.folder, { recursive: true, force: true });
      }
    });
  }

  after(() => {
    console.log(
      `      ${total.drivers} drivers executed: ${total.pairs} pairs, ${total.handled} handled, ${total.failed} calls failed in turn, ` +
        `${total.runs} different results; error sites seen ${total.sites} of ${total.known}; undecided ${total.undecided}, wrong ${total.wrong}`,
    );
  });
});

/** Arcs that could be rejected, or lose all their errors, without the comparison finding it; those without errors left out. */
function unnoticed(module: CModule, model: DriverModel, runs: readonly Run[], { stubbed }: Program): string[] {
  const without = (arc: ArcModel, kind: Outcome['kind']): number => {
    const outcomes = arc.outcomes.filter((outcome) => outcome.kind !== kind);
    const arcs = model.arcs.map((each) => (each === arc ? { ...arc, outcomes } : each));
    return compare(module, { ...model, arcs }, runs, stubbed).wrong.length;
  };
  return model.arcs.flatMap((arc) =>
    (['success', 'error'] as const)
      .filter((kind) => arc.outcomes.some((outcome) => outcome.kind === kind) && without(arc, kind) === 0)
      .map((kind) => `${arc.from} -> ${arc.to} without ${kind}`),
  );
}

async function subject({ tree, truth }: CorpusDriver): Promise<{ module: CModule; model: DriverModel }> {
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const source = modules.find(({ files }) => files.some(({ path }) => path === join(tree.path, truth.step.file)));
  assert.ok(source, `no module with ${truth.step.file}`);
  const module = (await frontEnd()).module(source.files);
  const model = analyse(module, { profile: source.profile }).drivers.find((d) => d.setState.name === truth.setState);
  assert.ok(model, `no driver with ${truth.setState}()`);
  return { module, model };
}

function figures(found: Comparison, { closure, stubbed }: Program): string {
  const lines = [
    `${closure.functions.size - stubbed.size} functions run, ${stubbed.size} stubbed; ${closure.foreign.length} kernel calls`,
    `${found.pairs} pairs, ${found.handled} handled; ${found.callsFailed} calls failed in turn; ${found.runs} different results ` +
      `(${found.incomparable} more of made-up memory)`,
    `error sites seen ${found.sitesShown} of ${found.sitesShown + found.sitesNotShown.length}; undecided ${found.undecided.length}, wrong ${found.wrong.length}`,
  ];
  // What they need is changed by another thread between two calls, or lies in lists and pages that no stub makes.
  const notSeen = new Set(found.sitesNotShown.map((site) => site.slice(site.indexOf(': ') + 2)));
  if (notSeen.size > 0)
    lines.push(
      `not seen, as a change between two calls or data that no stub makes leads there: ${[...notSeen].join(', ')}`,
    );
  return lines.map((line) => `        ${line}`).join('\n');
}
