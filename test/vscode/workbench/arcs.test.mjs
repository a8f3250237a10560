// From an arc in the code to the simulation panel on it: by code action, by hover, by the arc table, by the menus.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

const wide = { width: 1600, height: 900 };

describe('an arc', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c' });
  const { runCommand, goToLineNumber, openFile, shot } = workbench;
  const panel = () => workbench.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  /** The panel's drawing, with the card of the arc. */
  const seesChosen = async (from, to, name) => {
    await panel().getByRole('tab', { name: 'Diagram', selected: true }).waitFor();
    await panel()
      .getByRole('complementary', { name: `${from} to ${to}` })
      .waitFor();
    await workbench.page.mouse.move(1200, 860);
    await shot(name);
  };
  const codeLine = (text) => workbench.page.locator('.view-lines .view-line', { hasText: text }).first();
  const pick = (text) => workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();

  before(async () => {
    await workbench.page.setViewportSize(wide);
    await runCommand('View: Close Primary Side Bar');
  });

  beforeEach(async () => {
    await runCommand('View: Close All Editors');
    await openFile('stratus/main.c');
    await goToLineNumber(299);
    await workbench.page.locator('.squiggly-error').first().waitFor({ timeout: 40_000 });
  });

  it('that is handled is shown in the simulator from the actions of its line', async () => {
    const { page } = workbench;
    await goToLineNumber(280);
    const action = page.locator('.action-widget .monaco-list-row', {
      hasText: 'Show PRE_COPY -> PRE_COPY_P2P in simulator',
    });
    // On a busy machine VS Code was once seen to say that there are none, right after the file was opened.
    for (let attempt = 1; ; attempt++) {
      await page.keyboard.press('Control+.');
      const isShown = await action.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
      if (isShown || attempt === 3) break;
      await page.keyboard.press('Escape');
    }
    await action.waitFor();
    await shot('arc-lightbulb');
    // The only action there is.
    await page.keyboard.press('Enter');
    await seesChosen('PRE_COPY', 'PRE_COPY_P2P', 'arc-chosen');
  });

  it('is shown there from its name in the arc table', async () => {
    const { page } = workbench;
    await runCommand('VFIO: Show Arc Table');
    await page.locator('.tab', { hasText: 'stratus-vfio-pci.vfio-arcs' }).waitFor();
    const name = page.locator('.view-line', { hasText: /^\s*PRE_COPY_P2P.->.STOP_COPY/ }).first();
    const link = name.locator('.detected-link').first();
    await link.waitFor();
    // By its place: VS Code draws links anew while the key is down.
    const { x, y, width, height } = await link.boundingBox();
    await page.keyboard.down('Control');
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.keyboard.up('Control');
    await seesChosen('PRE_COPY_P2P', 'STOP_COPY', 'arc-from-table');
    // The next one in the same panel, from the keyboard.
    await workbench.page
      .locator('.view-line', { hasText: /^\s*PRE_COPY.->.PRE_COPY_P2P/ })
      .first()
      .click();
    await runCommand('Open Link');
    await seesChosen('PRE_COPY', 'PRE_COPY_P2P', 'arc-next');
    assert.equal(await page.locator('.tab', { hasText: 'stratus-vfio-pci migration' }).count(), 1);
  });

  it('is shown there from its hover', async () => {
    const { page } = workbench;
    await goToLineNumber(280);
    await codeLine('case VFIO_DEVICE_STATE_PRE_COPY_P2P:').locator('span', { hasText: 'PRE_COPY_P2P' }).last().hover();
    const hover = page.locator('.monaco-hover:visible', { hasText: 'PRE_COPY -> PRE_COPY_P2P' }).first();
    const link = hover.getByText('Show in simulator');
    await link.waitFor();
    await shot('arc-hover');
    await link.click();
    await seesChosen('PRE_COPY', 'PRE_COPY_P2P', 'arc-from-hover');
  });

  it('at the cursor comes first in the palette, and is taken at once from the menu of the editor', async () => {
    const { page } = workbench;
    await goToLineNumber(280);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await runCommand('VFIO: Simulate Migration');
    await pick('PRE_COPY -> PRE_COPY_P2P').waitFor();
    await pick('Linux 7.1 and later').waitFor();
    await shot('arc-pick');
    await page.keyboard.press('Escape');
    await codeLine('STRATUS_CAP_HOLD_PEERS')
      .locator('span', { hasText: 'HOLD_PEERS' })
      .last()
      .click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-label[aria-label="VFIO"]').first();
    await entry.waitFor();
    await entry.hover();
    const simulate = page.locator('.monaco-submenu .action-label', { hasText: 'Simulate Migration' });
    await simulate.waitFor();
    // A menu that has just opened takes no click.
    await shot('arc-menu');
    await simulate.click();
    await seesChosen('PRE_COPY', 'PRE_COPY_P2P', 'arc-from-menu');
  });

  it('is shown there from its row in the side bar', async () => {
    const { page } = workbench;
    await runCommand('VFIO: Focus on Arc Table View');
    const row = page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', {
      hasText: 'PRE_COPY -> PRE_COPY_P2P',
    });
    await row.first().click({ button: 'right' });
    const simulate = page.locator('.monaco-menu .action-label', { hasText: 'Simulate Migration' });
    await simulate.waitFor();
    await shot('arc-row-menu');
    await simulate.click();
    await seesChosen('PRE_COPY', 'PRE_COPY_P2P', 'arc-from-view');
  });
});
