import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { DriverModel, StateAfter } from '../../server/src/analysis';
import { analyse, errnoName } from '../../server/src/analysis';
import type { CModule } from '../../server/src/c';
import type { ArcOutcome, Leaves } from '../../server/src/device';
import { bitsOf, contractOf } from '../../server/src/uapi';
import type { MachineArc } from '../../server/src/wire';
import { seedsOf } from '../fuzz/campaign';
import { Choices } from '../fuzz/choices';
import { caseText } from '../fuzz/driverCase';
import type { Execution, Ran } from '../fuzz/execute';
import { execute } from '../fuzz/execute';
import { driver } from '../fuzz/generator/driver';
import { moduleOf, newest } from '../support/analyse';
import { seedFrom } from '../support/seed';
import { stateAfter } from '../support/stateAfter';
import { describedAs } from './machines';

const count = 40;
const hasGcc = spawnSync('gcc', ['--version']).error === undefined;

describe('machines of generated drivers', function () {
  this.timeout(600_000);

  before(function () {
    if (hasGcc) return;
    const what = `There is no gcc: the machines of ${count} generated drivers were not held against execution.`;
    assert.ok(!process.env['CI'], what);
    console.log(`NOT RUN. ${what}`);
    this.skip();
  });

  it(`${count} fresh drivers: every arc of every machine does what the driver did when it ran`, async () => {
    const seed = seedFrom('FUZZ_SEED');
    const cases = seedsOf(seed, count).map((each) => driver(new Choices(each)));
    const executions = await execute(cases);
    let arcs = 0;
    for (const [index, text] of cases.entries()) {
      const module = await moduleOf(Object.fromEntries(text.files.map((file) => [file.path, file.text])));
      for (const model of analyse(module, { profile: newest }).drivers) {
        const wrong = wrongArcs(model, module, executions[index] ?? []);
        arcs += wrong.compared;
        assert.equal(wrong.texts.join('\n'), '', `FUZZ_SEED=${seed}, driver ${index}\n${caseText(text)}`);
      }
    }
    console.log(`    ${arcs} arcs (FUZZ_SEED=${seed})`);
    assert.ok(arcs > count * 6);
  });
});

function wrongArcs(
  model: DriverModel,
  module: CModule,
  executions: readonly Execution[],
): { texts: string[]; compared: number } {
  const texts: string[] = [];
  let compared = 0;
  for (const [flagSet, { flags, unknownBits }] of model.flagSets.entries()) {
    const own = executions.filter(
      (each) => each.ops === model.ops.name && each.flags === (bitsOf(flags) | unknownBits),
    );
    if (own.length === 0) continue;
    for (const arc of describedAs(model, module, flagSet).arcs) {
      if (arc.verdict === 'undecided') continue;
      const ran = own.flatMap((each) => each.pairs.get(`${arc.from}>${arc.to}`) ?? []);
      compared++;
      if (!ran.some((each) => isOutcome(arc, each))) {
        const all = [...new Set(ran.map((each) => `${each.gave}:${each.after}`))].join(', ');
        texts.push(
          `${arc.from} -> ${arc.to}, flag set ${flagSet}: ran ${all}, the machine has ${JSON.stringify(arc.outcome)}`,
        );
      }
    }
  }
  return { texts, compared };
}

/** Null: the machine has no word for it. */
const leftBy: Readonly<Record<StateAfter, Leaves | null>> = {
  new: 'next',
  old: 'state',
  ERROR: 'ERROR',
  other: null,
  unknown: null,
};

/** Whether a run is what the machine does. */
function isOutcome(arc: MachineArc, ran: Ran): boolean {
  const { outcome } = arc;
  const left = leftBy[stateAfter(ran.after, arc)];
  if (ran.gave.startsWith('-')) {
    if (outcome.kind === 'success') return false;
    return outcome.errno === errnoName(BigInt(ran.gave.slice(1))) && sameLeaves(outcome, left, 'state');
  }
  return (
    outcome.kind === 'success' && handed(arc, outcome.file).includes(ran.gave) && sameLeaves(outcome, left, 'next')
  );
}

function sameLeaves(outcome: ArcOutcome, left: Leaves | null, usual: Leaves): boolean {
  return left === null || (outcome.leaves ?? usual) === left;
}

function handed(arc: MachineArc, file: string): readonly string[] {
  if (file !== 'as-due') return [file];
  return contractOf(arc) === 'none' ? ['null'] : ['new-file', 'session-file'];
}
