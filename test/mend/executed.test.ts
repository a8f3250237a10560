import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { CModule, FrontEnd, FunctionDecl } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import { mendAll } from '../../server/src/check';
import { loadParser } from '../../server/src/entry/node/platform';
import { arcText, contractOf, sameArc } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { compile } from '../execution/compile';
import { runsOf } from '../execution/runs';
import { kernelTrees, newestTree } from '../support/corpus';
import { driverOf, realPatient, withoutEvery } from './subjects';

const trees = kernelTrees();
const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
if (!hasCompiler && process.env['CI']) throw new Error('no gcc');

/**
 * Real drivers of the newest kernel that lost arcs and got them back from the mends: set_state and all that it reaches are
 * compiled with stubs for the kernel and run. Each arc that was written must return what its contract asks.
 */
describe('mended real drivers, executed', function () {
  this.timeout(300_000);
  if (typeof trees === 'string' || !hasCompiler) {
    it('return what the contract asks', function () {
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;
  const counts = { drivers: 0, written: 0, shown: 0 };
  /** In a world of stubs some of a driver's own code, repeated for another arc, has nothing to work on. */
  const failing: string[] = [];
  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => {
    frontEnd.dispose();
    console.log(
      `      ${counts.drivers} drivers compiled and run: ${counts.shown} of ${counts.written} written arcs succeed`,
    );
    for (const each of failing) console.log(`        ${each}`);
    assert.ok(counts.shown * 100 >= counts.written * 95);
  });

  for (const corpusDriver of corpusDrivers([newestTree(trees)])) {
    for (const [which, every] of [
      ['all arcs', 1],
      ['every second arc', 2],
    ] as const) {
      it(`${corpusDriver.name}: ${which} taken out and written again`, async () => {
        const plain = await realPatient(frontEnd, corpusDriver);
        const lacking = withoutEvery(plain, every);
        const gone = driverOf(lacking).missing;
        const { after, failed } = mendAll(lacking.text, ({ rule }) => rule === 'missing-arc', plain.recheck);
        assert.deepEqual(failed, []);
        const { setState, getState } = driverOf({ ...plain, text: after });
        assert.ok(getState);
        const kept = new Set([setState.name, corpusDriver.truth.step.name]);
        const program = await compile(
          after.module,
          declOf(after.module, setState.name),
          declOf(after.module, getState.name),
          kept,
        );
        try {
          const runs = (await runsOf(program)).filter(({ world }) => world === 'plain');
          counts.drivers++;
          for (const arc of gone) {
            const due = contractOf(arc) === 'none' ? 'null' : 'new-file';
            const own = runs.filter((run) => sameArc(run, arc));
            assert.ok(own.length > 0, `${arcText(arc)} was not run`);
            for (const { result, text } of own) {
              if (result.k === 'file') assert.equal(result.file, due, text);
            }
            counts.written++;
            if (own.some(({ result }) => result.k === 'file')) counts.shown++;
            else failing.push(`${corpusDriver.truth.driver} ${arcText(arc)}: ${own[0]?.text ?? ''}`);
          }
        } finally {
          rmSync(program.folder, { recursive: true, force: true });
        }
      });
    }
  }
});

function declOf(module: CModule, name: string): FunctionDecl {
  const decl = module.files.flatMap((file) => file.functions).find((each) => each.name === name);
  assert.ok(decl, `no ${name}()`);
  return decl;
}
