import assert from 'node:assert/strict';
import { checkModule, ruleInfos } from '../../server/src/check';
import type { Finding } from '../../server/src/rules/rule';
import { moduleOf, newest } from '../support/analyse';

/** Everything that the whole pipeline says of a text. */
async function findingsOf(text: string): Promise<readonly Finding[]> {
  const report = checkModule(await moduleOf({ '/example/driver.c': text }), newest);
  assert.equal(report.drivers.length, 1, report.notDrivers.map(({ message }) => message).join(' '));
  return [...report.drivers.flatMap((driver) => driver.findings), ...report.findings];
}

const show = (findings: readonly Finding[]) => findings.map(({ rule, message }) => `${rule}: ${message}`);

describe('the example of', () => {
  for (const { id, docs } of ruleInfos) {
    it(`${id} has the fault, and is without any when fixed`, async () => {
      const found = await findingsOf(docs.example);
      assert.ok(
        found.some(({ rule }) => rule === id),
        `not reported; instead:\n${show(found).join('\n')}`,
      );
      assert.deepEqual(show(await findingsOf(docs.fixed)), []);
    });
  }
});
