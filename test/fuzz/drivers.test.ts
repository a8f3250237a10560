import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/repo';
import { seedFrom } from '../support/seed';
import { failureText, figures, fuzz, judge, seedsOf, shrink, unnoticed } from './campaign';
import { Choices } from './choices';
import { parseCase } from './driverCase';
import { driver } from './generator/driver';

const FRESH = 500;
const SHRUNK = 3;
const MUTATED = 6;
const regressions = join(root, 'test', 'fuzz', 'regressions');
const hasGcc = spawnSync('gcc', ['--version']).error === undefined;

describe('drivers, executed and analysed', function () {
  this.timeout(600_000);

  before(function () {
    if (hasGcc) return;
    const what = `There is no gcc: ${FRESH} fresh drivers and the past failures were not run against the analysis.`;
    assert.ok(!process.env['CI'], what);
    console.log(`NOT RUN. ${what}`);
    this.skip();
  });

  it('past failures: the analysis agrees with execution on every pair', async () => {
    const names = readdirSync(regressions)
      .filter((name) => name.endsWith('.c'))
      .sort();
    const outcome = await judge(
      names.map((name) => ({ name, driver: parseCase(readFileSync(join(regressions, name), 'utf8')) })),
    );
    console.log(`    past failures: ${figures(outcome)}`);
    assert.equal(outcome.drivers, names.length);
    assert.deepEqual(outcome.failures.map(failureText), []);
  });

  it('an error site that is lost or in a wrong place is noticed', async () => {
    const seed = seedFrom('FUZZ_SEED');
    let all = 0;
    for (const each of seedsOf(seed, MUTATED)) {
      const { tried, unnoticed: missed } = await unnoticed(driver(new Choices(each)));
      all += tried;
      assert.deepEqual(missed, [], `FUZZ_SEED=${each}`);
    }
    console.log(`    error sites taken away or moved: ${all}, all noticed (FUZZ_SEED=${seed})`);
    assert.ok(all > 0);
  });

  it(`${FRESH} fresh drivers: the analysis agrees with execution on every pair`, async () => {
    const seed = seedFrom('FUZZ_SEED');
    const outcome = await fuzz(seed, FRESH);
    console.log(`    ${figures(outcome)} (FUZZ_SEED=${seed})`);
    const seeds = outcome.failures.map((f) => Number(f.name.replace('seed ', '')));
    const texts: string[] = [];
    for (const each of seeds.slice(0, SHRUNK)) texts.push(failureText(await shrink(each)));
    assert.deepEqual(seeds, [], `FUZZ_SEED=${seed}\n${texts.join('\n')}`);
  });
});
