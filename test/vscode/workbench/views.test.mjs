// The Arc Table view in the side bar, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

const SIDE_BAR_WIDTH = 520;

describe('the Arc Table view', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c' });
  const { runCommand, goToLine, shot } = workbench;
  const rows = (text) => workbench.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text });

  /** So that the picture shows what the rows say. */
  const widenSideBar = async () => {
    const { page } = workbench;
    const { x, y, width } = await page.locator('.part.sidebar').boundingBox();
    await page.mouse.move(x + width, y + 400);
    await page.mouse.down();
    await page.mouse.move(SIDE_BAR_WIDTH, y + 400, { steps: 4 });
    await page.mouse.up();
  };

  it('shows drivers, flags, arcs by what becomes of them, and findings', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 1400, height: 700 });
    await goToLine('stratus_leave_pre_copy_p2p(struct');
    await runCommand('VFIO: Focus on Arc Table View');
    const missing = rows('PRE_COPY_P2P -> STOP_COPY').first();
    await missing.waitFor();
    assert.match(await missing.textContent(), /required by P2P and PRE_COPY/);
    assert.match((await missing.getAttribute('aria-label')) ?? '', /^Missing, PRE_COPY_P2P -> STOP_COPY, required by/);
    assert.match(await rows('stratus').first().textContent(), /13 of 15 arcs/);
    await rows('nimbus').first().waitFor();
    await rows('STOP_COPY | P2P | PRE_COPY').first().waitFor();
    await rows('Findings').first().waitFor();
    await widenSideBar();
    await missing.click();
    await page.keyboard.press('ArrowRight');
    await shot('view');
  });

  it('goes to the code by click, and by keyboard', async () => {
    const { page } = workbench;
    await rows('PRE_COPY_P2P -> STOP_COPY').first().click();
    await page.locator('.part.statusbar', { hasText: 'Ln 299' }).waitFor();
    await runCommand('VFIO: Focus on Arc Table View');
    await page.keyboard.press('Home');
    for (let steps = 0; steps < 40; steps++) {
      const focused = await page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row.focused').textContent();
      if (/PRE_COPY -> PRE_COPY_P2P/.test(focused)) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.locator('.part.statusbar', { hasText: 'Ln 280' }).waitFor();
  });

  it('follows an edit, before anything is saved', async () => {
    const { page } = workbench;
    await rows('PRE_COPY_P2P -> STOP_COPY').first().dblclick();
    await page.locator('.part.statusbar', { hasText: 'Ln 299' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await page.keyboard.insertText('case VFIO_DEVICE_STATE_STOP_COPY: return NULL; ');
    await rows('14 of 15 arcs').first().waitFor();
    assert.equal(await rows('Missing').count(), 0);
    await runCommand('File: Revert File');
    await rows('13 of 15 arcs').first().waitFor();
    await rows('Missing').first().waitFor();
  });

  it('is there again after the server was restarted', async () => {
    await runCommand('VFIO: Restart Language Server');
    await rows('stratus').first().waitFor();
    await rows('PRE_COPY_P2P -> STOP_COPY').first().waitFor();
    await rows('nimbus').first().waitFor();
  });
});
