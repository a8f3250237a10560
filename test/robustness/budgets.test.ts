import assert from 'node:assert/strict';
import { analyse, defaultBudgets } from '../../server/src/analysis';
import { arcsWith, frontEnd, newest } from '../support/analyse';
import { sixArcs } from '../support/driverText';
import { hostileDrivers } from './hostile';

/** One instruction may fork a path for each case of a switch: what a budget may be overdrawn by. */
const overdraft = 20_000;

/**
 * Whatever the text, the analysis ends within its budgets. Steps are counted, not timed; and what a budget cuts off is
 * undecided with the budget as the reason, never missing.
 */
describe('budgets', () => {
  for (const { name, text, answer } of hostileDrivers) {
    it(`${name} ends within the budgets`, async () => {
      const end = await frontEnd();
      const { drivers, statistics } = analyse(end.module([{ path: 'driver.c', text }]), { profile: newest });
      end.forget('driver.c');
      assert.ok(drivers.length > 0, 'the driver is found');
      for (const { steps } of statistics) assert.ok(steps <= defaultBudgets.total + overdraft, `${steps} steps`);
      for (const driver of drivers) {
        assert.deepEqual(driver.missing, [], 'no arc is missing from the text');
        if (answer === 'exact') assert.deepEqual(arcsWith(driver, 'handled'), sixArcs);
        if (typeof answer === 'object') {
          assert.deepEqual(arcsWith(driver, 'handled'), []);
          const unknown = driver.arcs.flatMap((arc) => arc.outcomes.filter((o) => o.kind === 'unknown'));
          assert.ok(unknown.some((o) => o.kind === 'unknown' && answer.undecided.test(o.reason)));
        }
        const cutOff = driver.arcs.filter((arc) => arc.status === 'undecided' && arc.required);
        for (const arc of cutOff) {
          const reasons = arc.outcomes.flatMap((o) => (o.kind === 'unknown' ? [o.reason] : []));
          assert.ok(reasons.length > 0, `${arc.from} to ${arc.to} is undecided without a reason`);
        }
      }
    });
  }
});
