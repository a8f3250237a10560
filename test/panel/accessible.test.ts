import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { PanelPage } from './support/page';
import { panelSuite } from './support/suite';
import { themes } from './support/themes';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core objects to, as "rule: element". */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html.slice(0, 160) + ' ' + (any[0]?.message ?? ''))))`);
}

describe('the panel for everyone', function () {
  this.timeout(120_000);
  const { open } = panelSuite();

  const tabs = ['Diagram', 'Arcs', 'Devices', 'Scenario', 'Precopy lab', 'Faults and calls'] as const;
  const clean = async (panel: PanelPage, state: string): Promise<void> => {
    assert.deepEqual(await violations(panel.page), [], state);
  };

  for (const theme of themes) {
    it(`has nothing that axe-core objects to, in any state (${theme})`, async () => {
      const panel = await open('stratus', { theme, width: 1200 });
      await panel.verdict('Failed');
      for (const tab of tabs) {
        await panel.page.getByRole('tab', { name: tab }).click();
        await clean(panel, tab);
        await panel.picture(`${theme}-${tab.toLowerCase().replaceAll(' ', '-')}`);
      }
      await panel.page.getByRole('tab', { name: 'Precopy lab' }).click();
      await panel.page.getByText('The plots in figures').click();
      await clean(panel, 'figures of the lab');
      await panel.page.getByRole('tab', { name: 'Diagram' }).click();
      await panel.page.locator('[data-spot="PRE_COPY_P2P STOP_COPY"] .arc-word').click();
      await panel.page.getByRole('complementary').waitFor();
      await clean(panel, 'an arc of the diagram');
      await panel.page.getByRole('tab', { name: 'Arcs' }).click();
      await panel.page.getByRole('button', { name: 'PRE_COPY_P2P → STOP_COPY' }).click();
      await clean(panel, 'an open arc');
      await panel.button('Export').click();
      await clean(panel, 'an open menu');
      await panel.page.keyboard.press('Escape');
      await panel.menu('Compare', 'With the protocol');
      await panel.page.locator('.comparison', { hasText: 'steps differ' }).waitFor();
      await clean(panel, 'compared');
      await panel.picture(`${theme}-compared`);
      await panel.page.getByRole('listbox', { name: 'Steps' }).focus();
      await panel.page.keyboard.press('ArrowUp');
      await clean(panel, 'a row with the focus');
      panel.answers.chooseFile = () => ({ name: 'broken.json', text: '{' });
      await panel.button('Import').click();
      await panel.page.getByRole('alert').waitFor();
      await clean(panel, 'in trouble');
    });
  }

  it('has nothing that axe-core objects to when it is empty', async () => {
    const panel = await open(null);
    await panel.button('Choose a driver').waitFor();
    await clean(panel, 'empty');
    await panel.picture('empty');
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await open('nimbus', { width: 1200 });
    const { page } = panel;
    await panel.verdict('Migrated');
    const focused = (): Promise<string> =>
      page.evaluate(`(() => {
        const { activeElement: element } = document;
        return element.getAttribute('aria-label') ?? element.textContent ?? element.tagName;
      })()`);
    const seen: string[] = [];
    for (let press = 0; press < 40; press++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    for (const stop of ['Scenario', 'To the beginning', 'Step', 'Speed', 'Export', 'Compare', 'Steps']) {
      assert.ok(seen.includes(stop), `${stop} is no stop of Tab: ${seen.join(' | ')}`);
    }
    await page.getByRole('listbox', { name: 'Steps' }).focus();
    await page.keyboard.press('Home');
    await page.getByText(/^1 \/ \d+$/).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByText(/^2 \/ \d+$/).waitFor();
    await page.getByRole('status').getByText('Step 2 of').waitFor({ state: 'attached' });
    await page.getByRole('tab', { name: 'Diagram' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('table', { name: 'Arcs' }).waitFor();
  });

  it('keeps its signs where colours are forced, and stands still where motion is not wanted', async () => {
    const panel = await open('stratus', { theme: 'high-contrast', width: 1200 });
    await panel.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await panel.verdict('Failed');
    await panel.picture('forced-colors');
    const moving: number = await panel.page.evaluate(
      `document.getAnimations().filter(({ playState }) => playState === 'running').length`,
    );
    assert.equal(moving, 0);
  });
});
