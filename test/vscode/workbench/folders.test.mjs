// Two folders in one window: drivers of both without a file being open, settings of one of them, and one that goes.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useWorkbench, workspace } from './workbench.mjs';

/** The arc that the second driver is made to lack. */
const handled = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';

/** Two folders beside the samples, with a driver each that lacks an arc, and the workspace file that names both. */
function twoFolders() {
  const parent = path.join(path.dirname(workspace), 'two');
  cpSync(path.join(workspace, 'stratus'), path.join(parent, 'first', 'stratus'), { recursive: true });
  cpSync(path.join(workspace, 'nimbus'), path.join(parent, 'second', 'nimbus'), { recursive: true });
  const main = path.join(parent, 'second', 'nimbus', 'main.c');
  const text = readFileSync(main, 'utf8');
  assert.ok(text.includes(handled));
  writeFileSync(main, text.replace(handled, handled.replace('STATE_STOP_COPY', 'STATE_ERROR')));
  const file = path.join(parent, 'two.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  return { parent, file };
}

describe('two folders', () => {
  const { parent, file } = twoFolders();
  const workbench = useWorkbench({ folder: file, settings: { 'explorer.confirmDelete': false } });
  const { runCommand, shot } = workbench;
  const rows = (text) => workbench.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text });
  const problems = (text) => workbench.page.locator('.markers-panel .monaco-list-row', { hasText: text });
  const toast = (text) => workbench.page.locator('.notification-toast', { hasText: text }).first();

  after(() => rmSync(parent, { recursive: true, force: true }));

  it('are both looked through on request, though no file is open', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 1500, height: 900 });
    await runCommand('VFIO: Check Workspace');
    await toast('in 2 VFIO migration drivers').waitFor({ timeout: 40_000 });
    await toast('in 2 VFIO migration drivers').locator('.monaco-button', { hasText: 'Show Problems' }).click();
    await problems('missing-arc').nth(1).waitFor();
    await runCommand('VFIO: Focus on Arc Table View');
    await rows('stratus').first().waitFor();
    await rows('nimbus').first().waitFor();
    assert.equal(await rows(/^Missing/).count(), 2);
    await shot('folders');
  });

  it('are named in the rows of their drivers, with the path where two in one have the same name', async () => {
    const row = (text) => rows(/^(stratus|nimbus)-vfio-pci/).filter({ hasText: text });
    await row('second • 14 of 15 arcs').waitFor();
    await row('first • 13 of 15 arcs').waitFor();
    const copy = path.join(parent, 'first', 'old');
    cpSync(path.join(parent, 'first', 'stratus'), path.join(copy, 'stratus'), { recursive: true });
    await row('first • old/… • 13 of 15 arcs').waitFor();
    await row('first • stratus • 13 of 15 arcs').waitFor();
    rmSync(copy, { recursive: true });
    await row('first • 13 of 15 arcs').waitFor();
  });

  it('have settings of their own', async () => {
    const settings = path.join(parent, 'second', '.vscode', 'settings.json');
    mkdirSync(path.dirname(settings));
    writeFileSync(settings, JSON.stringify({ 'vfioArcs.rules': { 'missing-arc': 'off' } }));
    await problems('missing-arc').nth(1).waitFor({ state: 'detached' });
    assert.equal(await problems('missing-arc').count(), 1);
    assert.match(await problems('missing-arc').first().textContent(), /PRE_COPY_P2P -> STOP_COPY/);
    rmSync(settings);
    await problems('missing-arc').nth(1).waitFor();
  });

  it('show in Problems where a file is that the Explorer renamed, and nothing of one that it deleted', async () => {
    const { page } = workbench;
    cpSync(path.join(parent, 'first', 'stratus', 'main.c'), path.join(parent, 'first', 'alone.c'));
    await workbench.openFile('alone.c');
    await problems('alone.c').filter({ hasText: 'missing-arc' }).first().waitFor();
    await runCommand('View: Show Explorer');
    const file = (name) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    await file('alone.c').click();
    await page.keyboard.press('F2');
    const input = page.locator('.explorer-folders-view .monaco-list-row input').first();
    await input.fill('renamed.c');
    await page.keyboard.press('Enter');
    await problems('renamed.c').filter({ hasText: 'missing-arc' }).first().waitFor();
    await problems('alone.c').first().waitFor({ state: 'detached' });
    await file('renamed.c').click();
    await page.keyboard.press('Delete');
    await problems('renamed.c').first().waitFor({ state: 'detached' });
    await runCommand('VFIO: Focus on Arc Table View');
    await rows('nimbus').first().waitFor();
  });

  it('are forgotten when they are removed from the window', async () => {
    const { page } = workbench;
    await runCommand('Workspaces: Remove Folder from Workspace...');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'second' }).first().click();
    await rows('nimbus').first().waitFor({ state: 'detached' });
    await problems('missing-arc').nth(1).waitFor({ state: 'detached' });
    await rows('stratus').first().waitFor();
  });
});
