import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFrontEnd, type FrontEnd } from '../../server/src/c';
import type { Effect, Event, Setup } from '../../server/src/device';
import { createWorld, step } from '../../server/src/device';
import { loadParser } from '../../server/src/entry/node/platform';
import { describeReference } from '../../server/src/simulation';
import { type Arc, arcText, sameArc } from '../../server/src/uapi';
import type { MachineDescription } from '../../server/src/wire';
import { corpusDrivers } from '../corpus/drivers';
import { type Subject, subjectOf } from '../corpus/subject';
import { anyEvent } from '../device/arbitrary';
import { kernelTrees, newestTree } from '../support/corpus';
import { seedFrom } from '../support/seed';
import { describedAs, setupOf } from './machines';

const trees = kernelTrees();
const sequences = 40;

describe('a vendor driver beside the reference', () => {
  if (typeof trees === 'string') {
    it('does the same', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  const seed = seedFrom('SIDE_BY_SIDE_SEED');
  const newest = newestTree(trees);
  let frontEnd: FrontEnd;
  let events = 0;

  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => {
    frontEnd.dispose();
    console.log(`      ${events} events (SIDE_BY_SIDE_SEED=${seed})`);
  });

  for (const corpusDriver of corpusDrivers(trees).filter(({ tree }) => tree === newest)) {
    describe(corpusDriver.name, () => {
      let subject: Subject;
      let machine: MachineDescription;
      let reference: MachineDescription;

      before(async () => {
        subject = await subjectOf(frontEnd, corpusDriver);
        machine = describedAs(subject.driver, subject.module);
        reference = describeReference(machine.flags, machine.profile);
      });

      it('answers every event as the reference with the same traits', () => {
        const devices = [machine, reference].map((each) => setupOf(each, machine.traits));
        forAll((sequence) => {
          const [first, second] = devices.map((setup) => run(setup, sequence));
          assert.deepEqual(first, second);
        });
      });

      it('with one arc rejected, parts from the reference at the first request that needs the arc', () => {
        const handled = machine.arcs.filter(({ verdict }) => verdict === 'handled');
        const missing = handled[seed % handled.length];
        assert.ok(missing);
        const mutant = subject.mutated(missing, 'ERR_PTR(-EPERM)');
        const lacking = describedAs(mutant.driver, mutant.module);
        forAll((sequence) => {
          const [theirs, ours] = [reference, lacking].map((each) => run(setupOf(each, machine.traits), sequence));
          const at = theirs?.findIndex((effects, index) => !same(effects, ours?.[index])) ?? -1;
          if (at < 0) return;
          assert.ok(
            needs(theirs?.[at] ?? [], missing),
            `${arcText(missing)} is missing, but event ${at} differs: ${JSON.stringify(sequence[at])}`,
          );
        });
      });
    });
  }

  function forAll(check: (sequence: readonly Event[]) => void): void {
    const sequence = fc.array(anyEvent, { minLength: 60, maxLength: 100, size: 'max' });
    const counted = fc.property(sequence, (each) => {
      events += each.length;
      check(each);
    });
    fc.assert(counted, { numRuns: sequences, seed });
  }
});

function run(setup: Setup, events: readonly Event[]): readonly (readonly Effect[])[] {
  let world = createWorld([setup, { ...setup, name: 'B' }]);
  return events.map((event) => {
    const { state, effects } = step(world, event);
    world = state;
    return effects;
  });
}

const same = (a: readonly Effect[], b: readonly Effect[] | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** True when a SET looked up the arc on its way. */
function needs(effects: readonly Effect[], arc: Arc): boolean {
  const reply = effects.at(-1);
  return (
    reply?.kind === 'feature' &&
    reply.asked.some(({ cur, next }) => next !== null && sameArc({ from: cur, to: next }, arc))
  );
}
