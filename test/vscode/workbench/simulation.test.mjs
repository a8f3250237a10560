// The simulation panel as its user has it: opened from the palette and the lens, beside the driver's C, edited, reloaded.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useWorkbench, workspace } from './workbench.mjs';

const wide = { width: 1600, height: 900 };

describe('the simulation panel', () => {
  const workbench = useWorkbench({
    file: 'stratus/main.c',
    // The address names a file to open: without this a reload forgets all other editors.
    settings: { 'window.restoreWindows': 'preserve' },
  });
  const { runCommand, goToLineNumber, revert, shot } = workbench;
  /** The page of the panel that is to be seen. */
  const panel = () => workbench.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  const verdict = (outcome) => panel().locator('.verdict', { hasText: outcome }).waitFor();

  /** Answers a dialog for files, whose list has `row`. */
  const typeFile = async (file, row) => {
    const { page } = workbench;
    const input = page.locator('.quick-input-widget input').first();
    await input.waitFor();
    // The dialog proposes a name of its own first, and puts it into the text again while it reads the folder.
    await page.locator('.quick-input-list .monaco-list-row', { hasText: row }).waitFor();
    for (let tries = 0; tries < 10 && (await input.inputValue()) !== file; tries++) {
      await input.fill(file);
      await page.waitForTimeout(500);
    }
    await page.keyboard.press('Enter');
  };

  before(async () => {
    await workbench.page.setViewportSize(wide);
    await runCommand('View: Close Primary Side Bar');
    await goToLineNumber(299);
    await workbench.page.locator('.squiggly-error').first().waitFor({ timeout: 40_000 });
  });

  it('opens from the palette with a choice of drivers and of the protocol', async () => {
    const { page } = workbench;
    await runCommand('VFIO: Simulate Migration');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'nimbus-vfio-pci' }).first().waitFor();
    await rows.filter({ hasText: 'Linux 7.1 and later' }).first().waitFor();
    await shot('simulation-pick');
    await rows.filter({ hasText: 'stratus-vfio-pci' }).first().click();
    await verdict('Failed');
    await page.locator('.tab', { hasText: 'stratus-vfio-pci migration' }).waitFor();
    // Away from the line between the editors, which shows itself under the mouse.
    await page.mouse.move(1200, 860);
    await shot('simulation');
  });

  it('leads from an arc to its line in the editor, and from a line to its row', async () => {
    const { page } = workbench;
    await panel().getByRole('tab', { name: 'Arcs' }).click();
    await panel()
      .getByRole('row', { name: 'PRE_COPY_P2P → STOP_COPY' })
      .getByRole('button', { name: 'main.c:299' })
      .click();
    await page.locator('.part.statusbar', { hasText: 'Ln 299,' }).waitFor();
    await goToLineNumber(279);
    await page.keyboard.press('ArrowDown');
    const row = panel().getByRole('option', { name: 'PRE_COPY -> PRE_COPY_P2P: done', selected: true });
    await row.waitFor();
    await shot('simulation-arcs');
  });

  it('runs again while the driver is edited, and marks what changed', async () => {
    const { page } = workbench;
    await goToLineNumber(296);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('case VFIO_DEVICE_STATE_STOP_COPY: return NULL;');
    await verdict('Migrated');
    await panel()
      .locator('.notice', { hasText: /\d+ of \d+ steps end otherwise now/ })
      .waitFor();
    await panel().getByRole('option', { name: 'changed' }).first().waitFor();
    await shot('simulation-edited');
    await revert();
    await verdict('Failed');
  });

  it('exports the run into a file', async () => {
    const { page } = workbench;
    await panel().getByRole('button', { name: 'Export' }).click();
    await panel().getByRole('menuitem', { name: 'Mermaid' }).click();
    const file = path.join(workspace, 'run.mmd');
    await typeFile(file, 'stratus');
    for (let tries = 0; tries < 100 && !existsSync(file); tries++) await page.waitForTimeout(100);
    await page.waitForTimeout(200);
    assert.match(readFileSync(file, 'utf8'), /^sequenceDiagram/);
  });

  it('opens another panel from the lens, beside the first', async () => {
    const { page } = workbench;
    // The export leaves the keyboard in the panel.
    await runCommand('View: Focus First Editor Group');
    await goToLineNumber(317);
    await page.locator('.codelens-decoration a', { hasText: 'Simulate' }).first().click();
    await page.locator('.tab', { hasText: 'stratus-vfio-pci migration' }).nth(1).waitFor();
    await verdict('Failed');
    await runCommand('View: Close Editor');
    await page.locator('.tab', { hasText: 'stratus-vfio-pci migration' }).nth(1).waitFor({ state: 'detached' });
    await verdict('Failed');
  });

  it('shows the same after a reload of the window', async () => {
    const { page } = workbench;
    await panel().getByRole('button', { name: 'To the beginning' }).click();
    await panel().getByRole('button', { name: 'One step on' }).click();
    await panel()
      .getByText(/^1 \/ \d+$/)
      .waitFor();
    await page.waitForTimeout(1_000);
    await Promise.all([page.waitForEvent('load'), runCommand('Developer: Reload Window')]);
    await panel()
      .getByText(/^1 \/ \d+$/)
      .waitFor({ timeout: 40_000 });
    await verdict('Failed');
  });

  it('shows how far the run of a large file is, and ends it on request', async () => {
    const { page } = workbench;
    // So many guests at work take seconds, also on a fast machine: long enough to click on Cancel.
    const devices = [...'ABCDEFGHIJKL'].map((name) => ({ name }));
    const events = [
      ...devices.map(({ name }) => ({ kind: 'workload', device: name, bytesPerSecond: 1_000_000_000 })),
      ...Array.from({ length: 99_000 }, () => ({ kind: 'pass', time: 1 })),
    ];
    const file = path.join(workspace, 'long.json');
    const scenario = { schema: 'vfio-arcs/scenario', version: 1, devices, events };
    writeFileSync(file, JSON.stringify(scenario));
    await runCommand('View: Close All Editors');
    await runCommand('VFIO: Simulate Migration');
    const input = page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill('From a file');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'From a file' }).click();
    await typeFile(file, '..');
    const toast = page.locator('.notification-toast', { hasText: 'running long.json' });
    await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await toast.waitFor({ state: 'detached' });
    await panel().getByRole('paragraph').filter({ hasText: 'Opening long.json was cancelled.' }).waitFor();
    assert.equal(await panel().getByRole('alert').count(), 0);
    await page.locator('.tab.active', { hasText: 'VFIO Migration' }).waitFor();
    await page.mouse.move(1200, 860);
    await shot('simulation-cancelled');
    await panel().getByRole('button', { name: 'Open again' }).click();
    await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await panel().getByRole('paragraph').filter({ hasText: 'Opening long.json was cancelled.' }).waitFor();
    rmSync(file);
  });
});
