import assert from 'node:assert/strict';
import { panelSuite } from './support/suite';

describe('the table of arcs in the panel', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  it('says of each arc what the drawing shows, and leads to its line', async () => {
    const panel = await open('stratus', { width: 1500 });
    const { page } = panel;
    await panel.verdict('Failed');
    await page.getByRole('tab', { name: 'Arcs' }).click();
    const missing = page.getByRole('row', { name: 'PRE_COPY_P2P → STOP_COPY' });
    assert.match((await missing.textContent()) ?? '', /missing, just failed/);
    await page.getByRole('row', { name: 'PRE_COPY → PRE_COPY_P2P' }).getByText('conditional').waitFor();
    assert.equal(await page.getByRole('row').count(), 1 + 15);
    await page.getByRole('button', { name: 'PRE_COPY_P2P → STOP_COPY' }).click();
    await page.getByText('This driver refuses it with -EINVAL.').waitFor();
    await panel.picture('arcs');
    await missing.getByRole('button', { name: 'main.c:299' }).click();
    const shown = panel.told.findLast((each) => each.kind === 'show');
    assert.ok(shown?.kind === 'show' && shown.focus);
    assert.equal(shown.location.range.start.line, 298);
    await page.getByRole('checkbox', { name: 'Every pair' }).click();
    assert.ok((await page.getByRole('row').count()) > 40);
  });

  it('is walked with arrow keys, one stop for Tab', async () => {
    const panel = await open('nimbus', { width: 1500 });
    const { page } = panel;
    await panel.verdict('Migrated');
    await page.getByRole('tab', { name: 'Arcs' }).click();
    await page.locator('[data-cell="0.0"]').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    assert.equal(await page.locator('[data-cell="2.2"]:focus').count(), 1);
    assert.equal(await page.locator('.arc-table [tabindex="0"]').count(), 1);
    await page.keyboard.press('End');
    await page.locator('[data-cell="14.2"]:focus').waitFor();
  });

  it('asks for a state, and what happened later stays in a run of its own', async () => {
    const panel = await open('nimbus', { width: 1500 });
    const { page } = panel;
    await panel.verdict('Migrated');
    await page.getByRole('tab', { name: 'Arcs' }).click();
    await panel.button('To the beginning').click();
    await page
      .getByRole('row', { name: 'RUNNING → PRE_COPY' })
      .getByRole('button', { name: 'Ask for PRE_COPY' })
      .click();
    await page.getByRole('radio', { name: 'source PRE_COPY' }).waitFor();
    await page.getByRole('row', { name: 'RUNNING → PRE_COPY' }).getByText('just taken').waitFor();
    await page.getByRole('status').getByText('source is PRE_COPY').waitFor({ state: 'attached' });
    await page.locator('.ask').getByText('STOP_COPY', { exact: true }).click();
    await page.getByText('2 / 2').waitFor();
  });
});
