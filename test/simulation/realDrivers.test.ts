import assert from 'node:assert/strict';
import { createFrontEnd, type FrontEnd } from '../../server/src/c';
import { setState } from '../../server/src/device';
import { loadParser } from '../../server/src/entry/node/platform';
import { describeReference } from '../../server/src/simulation';
import { type Arc, arcText, transitionsOf } from '../../server/src/uapi';
import type { MachineDescription } from '../../server/src/wire';
import { corpusDrivers } from '../corpus/drivers';
import { type Subject, subjectOf } from '../corpus/subject';
import { kernelTrees, newestTree } from '../support/corpus';
import { arm, describedAs, deviceIn, setupOf } from './machines';

const trees = kernelTrees();

describe('the machines of real drivers', () => {
  if (typeof trees === 'string') {
    it('run as people read the drivers', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;
  const counts = { arcs: 0, transitions: 0, faults: 0, mutants: 0 };

  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => {
    frontEnd.dispose();
    console.log(
      `      ${counts.arcs} arcs, ${counts.transitions} transitions, ${counts.faults} faults, ${counts.mutants} mutants`,
    );
  });

  for (const corpusDriver of corpusDrivers(trees)) {
    describe(corpusDriver.name, () => {
      const { truth } = corpusDriver;
      let subject: Subject;
      let machine: MachineDescription;

      before(async () => {
        subject = await subjectOf(frontEnd, corpusDriver);
        assert.equal(subject.driver.flagSets.length, 1);
        machine = describedAs(subject.driver, subject.module);
      });

      it('every arc that people read is carried out with the file that they read', () => {
        const required = machine.arcs.filter(({ verdict }) => verdict !== 'not-required');
        assert.deepEqual(required.map(arcText), Object.keys(truth.arcs));
        for (const arc of required) {
          counts.arcs++;
          assert.equal(arc.verdict, 'handled');
          assert.ok(arc.handler !== null && arc.story.length > 0, arcText(arc));
          const driven = deviceIn(setupOf(machine), arc.from);
          const reply = driven.feature(setState('A', arc.to));
          const hands = truth.arcs[arcText(arc)]?.includes('new-file') === true && arc.contract !== 'none';
          assert.deepEqual(
            [reply.errno, reply.path, (reply.struct?.dataFd ?? -1) >= 0],
            [null, [arc.from, arc.to], hands],
            arcText(arc),
          );
        }
      });

      it('every transition ends as on the reference', () => {
        const reference = describeReference(truth.flags, machine.profile);
        for (const { from, to } of transitionsOf(truth.flags)) {
          counts.transitions++;
          const replies = [machine, reference].map((each) => deviceIn(setupOf(each), from).feature(setState('A', to)));
          assert.deepEqual(replies[0], replies[1], arcText({ from, to }));
        }
      });

      it('there is a switch for every arc that can fail, and it makes that arc fail once', () => {
        const failing = machine.arcs.filter(({ faults }) => faults.length > 0).map(arcText);
        const truly = Object.entries(truth.arcs).flatMap(([arc, returns]) => (returns.includes('error') ? [arc] : []));
        assert.deepEqual(failing, truly);
        for (const arc of machine.arcs) {
          for (const fault of arc.faults) {
            counts.faults++;
            const driven = deviceIn(setupOf(machine), arc.from);
            arm(driven, arc, fault);
            const failed = driven.feature(setState('A', arc.to));
            assert.deepEqual([failed.errno, failed.failedArc], [fault.errno, { from: arc.from, to: arc.to }], fault.id);
            assert.equal(
              driven.state(),
              fault.leaves === 'next' ? arc.to : fault.leaves === 'ERROR' ? 'ERROR' : arc.from,
            );
            if (driven.state() === arc.from) assert.equal(driven.feature(setState('A', arc.to)).errno, null, fault.id);
          }
        }
        const ids = machine.arcs.flatMap(({ faults }) => faults.map(({ id }) => id));
        assert.equal(new Set(ids).size, ids.length);
      });

      // In one tree only: the analysis of all mutants of all trees is tested in test/corpus.
      if (corpusDriver.tree !== newestTree(trees)) return;

      it('each arc that is rejected fails as the driver rejects it, and the others stay as they were', () => {
        for (const arc of machine.arcs.filter(({ verdict }) => verdict === 'handled')) {
          counts.mutants++;
          const mutant = subject.mutated(arc, 'ERR_PTR(-EPERM)');
          const changed = describedAs(mutant.driver, mutant.module);
          assert.deepEqual(rejected(changed), [arcText(arc)]);
          assert.deepEqual(idsOf(changed, arc), idsOf(machine, arc), 'switches keep their names when lines move');
          const driven = deviceIn(setupOf(changed), 'RUNNING');
          if (arc.from !== 'RUNNING') driven.feature(setState('A', arc.from));
          const reply = driven.feature(setState('A', arc.to));
          assert.deepEqual([reply.errno, driven.state()], ['EPERM', arc.from], arcText(arc));
        }
      });
    });
  }
});

function rejected(machine: MachineDescription): readonly string[] {
  return machine.arcs.filter(({ verdict }) => verdict === 'missing').map(arcText);
}

function idsOf(machine: MachineDescription, { from, to }: Arc): readonly string[] {
  return machine.arcs
    .filter((arc) => arc.from !== from || arc.to !== to)
    .flatMap(({ faults }) => faults.map(({ id }) => id));
}
