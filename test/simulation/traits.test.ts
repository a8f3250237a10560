import assert from 'node:assert/strict';
import { createFrontEnd, type FrontEnd } from '../../server/src/c';
import { mttyTraits, recommendedTraits, type Traits } from '../../server/src/device';
import { loadParser } from '../../server/src/entry/node/platform';
import type { MachineDescription } from '../../server/src/wire';
import { corpusDrivers } from '../corpus/drivers';
import { subjectOf } from '../corpus/subject';
import { kernelTrees } from '../support/corpus';
import { describedAs } from './machines';
import { traitsRead } from './traitTable';

const trees = kernelTrees();

describe('the traits of real drivers', () => {
  if (typeof trees === 'string') {
    it('are those that people read', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  let frontEnd: FrontEnd;

  before(async () => {
    frontEnd = await createFrontEnd(await loadParser());
  });
  after(() => frontEnd.dispose());

  for (const corpusDriver of corpusDrivers(trees)) {
    const { driver, series } = corpusDriver.truth;
    // A driver that is the same in a later series has its row under the first.
    const read = traitsRead[`${series} ${driver}`] ?? traitsRead[`6.12 ${driver}`];

    it(`${corpusDriver.name}: are those that people read, with their places; others are as recommended`, async () => {
      assert.ok(read, `no row for ${driver}`);
      const { driver: model, module } = await subjectOf(frontEnd, corpusDriver);
      const machine = describedAs(model, module);
      assert.deepEqual(told(machine), sorted(read));
      assert.deepEqual(machine.traits, { ...recommendedTraits, ...read });
      assert.ok(machine.traitSources.every(({ why, location }) => why !== '' && location !== null));
      if (driver === 'mtty')
        assert.deepEqual(told(machine), sorted(pick(mttyTraits, Object.keys(read))), 'as a real kernel did');
    });
  }
});

/** The traits that the driver's text told. */
function told({ traits, traitSources }: MachineDescription): object {
  return sorted(
    pick(
      traits,
      traitSources.map(({ trait }) => trait),
    ),
  );
}

function pick(traits: Traits, names: readonly string[]): Partial<Traits> {
  return Object.fromEntries(Object.entries(traits).filter(([name]) => names.includes(name)));
}

function sorted(traits: Partial<Traits>): object {
  return Object.fromEntries(Object.entries(traits).sort(([a], [b]) => (a < b ? -1 : 1)));
}
