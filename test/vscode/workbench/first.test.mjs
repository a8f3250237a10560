// What a driver's author sees first: the squiggle, Problems, hovers, the arc table, the status.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

const PANEL_SHRINK = 120;

describe('the workbench', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c' });
  const { runCommand, goToLine, openFile, shot } = workbench;

  /** Gives the editor the room that a short list of problems leaves. */
  const shrinkPanel = async () => {
    const { page } = workbench;
    const panel = await page.locator('.part.panel').boundingBox();
    await page.mouse.move(640, panel.y);
    await page.mouse.down();
    await page.mouse.move(640, panel.y + PANEL_SHRINK, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(640, panel.y / 2);
  };

  it('lists the missing arc in Problems and underlines it', async () => {
    const { page } = workbench;
    await runCommand('View: Close Primary Side Bar');
    await runCommand('Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'missing-arc' }).first();
    await problem.waitFor({ timeout: 40_000 });
    assert.match(await problem.textContent(), /PRE_COPY_P2P -> STOP_COPY/);
    await problem.dblclick();
    await page.locator('.squiggly-error').first().waitFor();
    // No selection: the squiggle is to be seen.
    await page.keyboard.press('ArrowRight');
    await shrinkPanel();
    const squiggle = await page.locator('.squiggly-error').first().boundingBox();
    await page.mouse.move(squiggle.x + squiggle.width / 2, squiggle.y + squiggle.height / 2);
    await page.locator('.monaco-hover:visible', { hasText: 'missing-arc' }).first().waitFor();
    await shot('first');
  });

  it('explains a state where the mouse is', async () => {
    const { page } = workbench;
    await runCommand('View: Hide Panel');
    const name = 'VFIO_DEVICE_STATE_PRE_COPY_P2P';
    await goToLine(`case ${name}:`);
    const state = page.locator('.view-line span span', { hasText: name }).first();
    await state.hover();
    await page.locator('.monaco-hover:visible', { hasText: 'PRE_COPY_P2P' }).first().waitFor();
    await shot('hover');
  });

  it('opens the arc table from the palette', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 1600, height: 900 });
    await goToLine('stratus_leave_pre_copy_p2p(struct');
    await runCommand('VFIO: Show Arc Table');
    const table = page.locator('.editor-instance', { hasText: 'Missing arcs' });
    await table.waitFor();
    await page.locator('.tab', { hasText: '.vfio-arcs' }).waitFor();
    await shot('arc-table');
  });

  it('says in the language status what it found', async () => {
    const { page } = workbench;
    await page.locator('[id="status.languageStatus"]').hover();
    const status = page.locator('.monaco-hover:visible', { hasText: 'VFIO: 2 drivers, 1 missing arc' });
    await status.waitFor();
    await status.getByText('Show Arc Table').waitFor();
    await shot('status');
  });

  it('offers the drivers that it knows where the file has none', async () => {
    const { page } = workbench;
    await openFile('hello.c');
    await runCommand('VFIO: Show Arc Table');
    const title = page.locator('.quick-input-titlebar', { hasText: 'hello.c belongs to no VFIO migration driver' });
    await title.waitFor();
    await shot('pick');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'nimbus' }).first().click();
    const table = page.locator('.editor-instance', { hasText: 'All 15 required arcs are handled.' });
    await table.waitFor();
  });
});
