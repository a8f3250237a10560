// What happens while a driver is written: completion, symbols by name, arc names at conditions, settings.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

describe('writing a driver', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c' });
  const { runCommand, goToLineNumber, openFile, revert, shot } = workbench;
  const errors = () => workbench.page.locator('.squiggly-error');

  before(async () => {
    await runCommand('View: Close Primary Side Bar');
  });

  it('offers first the case of the missing arc, which is handled then', async () => {
    const { page } = workbench;
    await goToLineNumber(299);
    await errors().first().waitFor();
    await goToLineNumber(297);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Control+Space');
    const chosen = page.locator('.suggest-widget .monaco-list-row.focused');
    await chosen.filter({ hasText: 'PRE_COPY_P2P -> STOP_COPY' }).waitFor();
    await shot('completion');
    await page.keyboard.press('Enter');
    await page.locator('.view-line', { hasText: 'case VFIO_DEVICE_STATE_STOP_COPY:' }).first().waitFor();
    await errors().first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await revert();
    await goToLineNumber(299);
    await errors().first().waitFor();
  });

  it('finds an arc of a driver that nobody opened by its name', async () => {
    const { page } = workbench;
    await runCommand('Go to Symbol in Workspace...');
    await page.locator('.quick-input-widget input').first().fill('#RESUMING -> STOP');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'RESUMING -> STOP' });
    await row.filter({ hasText: 'nimbus' }).first().waitFor();
    await shot('symbols');
    await row.filter({ hasText: 'nimbus' }).first().click();
    await page.locator('.tab.active', { hasText: 'main.c' }).waitFor();
    await page.locator('.view-line', { hasText: 'VFIO_DEVICE_STATE_RESUMING' }).first().waitFor();
    await runCommand('View: Close Editor');
  });

  it('leads from a flag to the arcs that it requires, in a peek', async () => {
    const { page } = workbench;
    await openFile('stratus/main.c');
    await goToLineNumber(410);
    const flag = page.locator('.view-line span span', { hasText: 'VFIO_MIGRATION_PRE_COPY' }).first();
    await flag.click();
    await runCommand('Peek Implementations');
    await page.locator('.zone-widget', { hasText: 'Implementations (7)' }).first().waitFor();
    await shot('peek');
    await page.keyboard.press('Escape');
  });

  it('shows all that is about an arc in a peek, and jumps to where the arc comes out', async () => {
    const { page } = workbench;
    /** Onto the name that a case ends with. */
    const goToCase = async (line) => {
      await goToLineNumber(line);
      await page.keyboard.press('End');
      for (let steps = 0; steps < 3; steps++) await page.keyboard.press('ArrowLeft');
    };
    await goToCase(280);
    await runCommand('Peek References');
    const peek = page.locator('.zone-widget', { hasText: 'References (9)' }).first();
    await peek.waitFor();
    await peek.locator('.ref-tree .monaco-list-row', { hasText: 'STRATUS_CAP_HOLD_PEERS' }).first().waitFor();
    // The arc table is one of the files.
    const table = peek.locator('.ref-tree .monaco-list-row', { hasText: 'stratus-vfio-pci.vfio-arcs' }).first();
    await table.waitFor();
    await shot('references');
    await table.click();
    await page.keyboard.press('ArrowRight');
    await peek.locator('.ref-tree .monaco-list-row', { hasText: 'PRE_COPY -> PRE_COPY_P2P' }).first().click();
    await peek.locator('.preview .view-line', { hasText: 'Conditional arcs' }).first().waitFor();
    await shot('references-table');
    await page.keyboard.press('Escape');
    await peek.waitFor({ state: 'detached' });
    await goToCase(310);
    await page.keyboard.press('Control+F12');
    await page.locator('.part.statusbar', { hasText: 'Ln 212,' }).waitFor();
  });

  it('shows arcs at their conditions as soon as the setting says so', async () => {
    const { page } = workbench;
    await goToLineNumber(280);
    assert.equal(await page.locator('.view-line', { hasText: 'PRE_COPY -> PRE_COPY_P2P' }).count(), 0);
    await runCommand('VFIO: Toggle Arc Names at Conditions');
    await page.locator('.view-line', { hasText: 'PRE_COPY -> PRE_COPY_P2P' }).first().waitFor();
    await shot('inlay');
    await runCommand('VFIO: Toggle Arc Names at Conditions');
    await page.locator('.view-line', { hasText: 'PRE_COPY -> PRE_COPY_P2P' }).first().waitFor({ state: 'detached' });
  });

  it('has its settings in groups, each described', async () => {
    const { page } = workbench;
    await runCommand('Preferences: Open Settings (UI)');
    const search = page.locator('.settings-editor .suggest-input-container .view-lines').first();
    await search.click();
    await page.keyboard.type('@ext:vfio-arcs.vfio-arcs');
    for (const group of ['Checks', 'Editor', 'Language Server']) {
      await page.locator('.settings-toc-container .monaco-list-row', { hasText: group }).first().waitFor();
    }
    await page.locator('.settings-editor .setting-item-label', { hasText: 'Profile' }).first().waitFor();
    await shot('settings');
  });
});
