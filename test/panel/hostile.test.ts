import assert from 'node:assert/strict';
import type { SimulationSession } from '../../server/src/wire';
import { demoDriver, hostileTexts, scenarioTrace, withHostileNames, without } from '../support/scenarioTrace';
import { panelSuite } from './support/suite';

const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };

/** A migration whose devices, machines, rows, files and conditions are all called like that. */
function hostileSession(text: string): SimulationSession {
  const driver = without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY');
  const { title, devices, link, scenario, steps, verdict } = withHostileNames(
    scenarioTrace('precopy', small, driver),
    text,
  );
  const renamed = devices.map((device) => ({
    ...device,
    machine: { ...device.machine, name: text, ref: { kind: 'driver', uri: `file:///${text}`, ops: text } as const },
  }));
  return { id: 'h1', title, devices: renamed, link, scenario, steps, verdict };
}

describe('hostile names in the panel', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  for (const text of hostileTexts) {
    it(`are shown as they are: ${JSON.stringify(text)}`, async () => {
      const panel = await open(null, { width: 1200 });
      const session = hostileSession(text);
      panel.answers.open = () => session;
      panel.answers.pickMachine = () => session.devices[0]?.machine.ref;
      panel.answers.compare = () => ({ pairs: [{ a: null, b: 0, differences: [text] }], first: 0, differences: 1 });
      await panel.button('Choose a driver').click();
      await panel.verdict('Failed');
      for (const tab of ['Arcs', 'Scenario', 'Faults and calls', 'Diagram']) {
        await panel.page.getByRole('tab', { name: tab }).click();
      }
      await panel.menu('Compare', 'With the protocol');
      await panel.page.locator('.comparison').waitFor();
      const visible = (await panel.page.locator('.machine-name').textContent()) ?? '';
      assert.equal(visible, text);
      const foreign = await panel.page.evaluate(
        `[...document.querySelectorAll('script:not([nonce]), img, iframe, object, embed, a, base, form[action]')].map((each) => each.outerHTML)`,
      );
      assert.deepEqual(foreign, []);
    });
  }

  it('can not make the page believe what the contract has not', async () => {
    const panel = await open('nimbus');
    await panel.verdict('Migrated');
    for (const message of [
      { kind: 'answer', id: 1, result: { id: 'x', steps: 'many' } },
      { kind: 'changed', change: { id: 's1' } },
      { kind: 'start', start: { from: 'machine', machine: '<b>', arc: null } },
      { kind: 'eval', text: 'alert(1)' },
      '<img src=x onerror=alert(1)>',
    ]) {
      await panel.post(message);
    }
    panel.answers.export = () => ({ name: 1 });
    await panel.menu('Export', 'Text');
    await panel.page.getByRole('alert').getByText('The answer to "export" has an unknown shape.').waitFor();
    await panel.verdict('Migrated');
  });
});
