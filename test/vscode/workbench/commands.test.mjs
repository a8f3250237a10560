// The commands as a user calls them: from the palette, the editor's menu, the lightbulb, and the rows of the view.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

describe('commands', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c' });
  const { runCommand, openFile, goToLineNumber, revert, message, shot } = workbench;
  /** Where a condition turns the arc PRE_COPY -> PRE_COPY_P2P away. */
  const CONDITIONAL = 282;
  const MISSING = 299;
  const quickPick = (text) => workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const editorText = (text) => workbench.page.locator('.view-lines .view-line', { hasText: text }).first();

  before(async () => {
    await runCommand('View: Close Primary Side Bar');
  });

  it('Explain Rule offers the rule of the finding at the cursor first, and shows its documentation', async () => {
    const { page } = workbench;
    await goToLineNumber(MISSING);
    await page.locator('.squiggly-error').first().waitFor();
    await runCommand('VFIO: Explain Rule');
    await quickPick('conditional-arc').waitFor();
    assert.match(await page.locator('.quick-input-list .monaco-list-row').first().textContent(), /missing-arc/);
    await shot('explain-pick');
    await page.keyboard.press('Enter');
    const preview = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await preview.locator('h1', { hasText: 'missing-arc' }).waitFor();
    await preview.locator('h2', { hasText: 'Why it matters' }).waitFor();
    await shot('explain');
    await runCommand('View: Close Editor');
  });

  it('Suppress with Reason asks for the reason and writes the comment that counts', async () => {
    const { page } = workbench;
    await openFile('stratus/main.c');
    await goToLineNumber(MISSING);
    await runCommand('VFIO: Suppress with Reason');
    const input = page.locator('.quick-input-widget input').first();
    await page.locator('.quick-input-title', { hasText: 'Allow missing-arc in line 299' }).waitFor();
    await input.fill('the host never asks */');
    await page.locator('.quick-input-message', { hasText: 'would end the comment' }).waitFor();
    await shot('suppress');
    await input.fill('the host never asks');
    await page.keyboard.press('Enter');
    await editorText('/* vfio-arcs: allow missing-arc -- the host never asks */').waitFor();
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await revert();
    await page.locator('.squiggly-error').first().waitFor();
  });

  it('says what was looked for where there is no finding, and where the nearest is', async () => {
    await openFile('stratus/main.c');
    await goToLineNumber(295);
    await runCommand('VFIO: Suppress with Reason');
    await message('Line 295 of main.c has no finding. The nearest is missing-arc.').waitFor();
    await shot('no-finding');
    await workbench.page.locator('.notification-toast .monaco-button', { hasText: 'Go to Line 299' }).click();
    await workbench.page.locator('.part.statusbar', { hasText: 'Ln 299' }).waitFor();
  });

  it('Compare with Reference shows the missing arc as a line of the reference alone', async () => {
    const { page } = workbench;
    await openFile('stratus/main.c');
    await page.setViewportSize({ width: 1280, height: 460 });
    await runCommand('VFIO: Compare with Reference');
    const diff = page.locator('.monaco-diff-editor');
    await diff.locator('.editor.original .view-line', { hasText: 'PRE_COPY_P2P -> STOP_COPY' }).waitFor();
    await diff.locator('.editor.original .line-delete').first().waitFor();
    assert.equal(
      await diff.locator('.editor.modified .view-line', { hasText: 'PRE_COPY_P2P -> STOP_COPY' }).count(),
      0,
    );
    await shot('compare');
    await page.setViewportSize({ width: 1280, height: 800 });
    await runCommand('View: Close Editor');
  });

  it('are in the menu of the editor, for files of a driver', async () => {
    const { page } = workbench;
    await openFile('stratus/main.c');
    await goToLineNumber(MISSING);
    await editorText('return ERR_PTR(-EINVAL)').click({ button: 'right' });
    const entry = page
      .locator('.context-view .action-label[aria-label="VFIO"], .monaco-menu .action-label[aria-label="VFIO"]')
      .first();
    await entry.waitFor();
    await entry.hover();
    await page.locator('.monaco-submenu .action-label', { hasText: 'Compare with Reference' }).waitFor();
    await page.locator('.monaco-submenu .action-label', { hasText: 'Suppress with Reason' }).waitFor();
    await shot('menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await openFile('hello.c');
    await editorText('int main').click({ button: 'right' });
    await page.locator('.monaco-menu .action-label', { hasText: 'Command Palette' }).waitFor();
    assert.equal(await page.locator('.monaco-menu .action-label[aria-label="VFIO"]').count(), 0);
    await page.keyboard.press('Escape');
  });

  it('are in the lightbulb of a finding', async () => {
    const { page } = workbench;
    await openFile('stratus/main.c');
    await goToLineNumber(MISSING);
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+.');
    const actions = page.locator('.action-widget .monaco-list-row');
    await actions.filter({ hasText: 'Explain missing-arc' }).waitFor();
    await actions.filter({ hasText: 'Allow missing-arc here with a reason' }).waitFor();
    await shot('lightbulb');
    await page.keyboard.press('Escape');
  });

  it('of an arc that a condition turns away declare its flag so or write it there, and undo takes either back', async () => {
    const { page } = workbench;
    const warnings = page.locator('.squiggly-warning');
    const actions = page.locator('.action-widget .monaco-list-row');
    const open = async () => {
      await goToLineNumber(CONDITIONAL);
      await warnings.first().waitFor();
      await page.keyboard.press('Control+.');
      await actions.filter({ hasText: 'Declare VFIO_MIGRATION_PRE_COPY only if st->caps' }).waitFor();
      await actions.filter({ hasText: 'Write PRE_COPY -> PRE_COPY_P2P where it is turned away' }).waitFor();
    };
    await open();
    await shot('conditional-arc');
    await page.keyboard.press('Enter');
    await warnings.first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await open();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const remark = page.locator('.view-line', { hasText: 'PRE_COPY -> PRE_COPY_P2P unless' });
    await remark.first().waitFor();
    await warnings.first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await warnings.first().waitFor();
    await remark.first().waitFor({ state: 'detached' });
  });

  it('are in the menu of a row', async () => {
    const { page } = workbench;
    await runCommand('VFIO: Focus on Arc Table View');
    const row = page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: 'stratus' }).first();
    await row.waitFor();
    await row.click({ button: 'right' });
    for (const title of ['Compare with Reference', 'Copy Arc Table as Markdown', 'Simulate Migration']) {
      await page.locator('.monaco-menu .action-label', { hasText: title }).waitFor();
    }
    await shot('row-menu');
    await page.locator('.monaco-menu .action-label', { hasText: 'Show Arc Table' }).click();
    await page.locator('.tab', { hasText: 'stratus-vfio-pci.vfio-arcs' }).waitFor();
  });

  it('open the arc table from a lens', async () => {
    const { page } = workbench;
    await runCommand('View: Close All Editors');
    await openFile('stratus/main.c');
    await goToLineNumber(317);
    const lens = page.locator('.codelens-decoration a', { hasText: 'Arc Table' }).first();
    await lens.waitFor();
    await lens.click();
    await page.locator('.tab', { hasText: 'stratus-vfio-pci.vfio-arcs' }).waitFor();
  });
});
