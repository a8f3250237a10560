// VFIO: Check Workspace on a folder of many drivers: what is seen while it runs, after Cancel, and when it is through.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { useWorkbench, workspace } from './workbench.mjs';

/** So many drivers take a fast machine long enough for a click on Cancel. */
const many = 2_000;
const few = 5;
/** In each driver. */
const findings = 2;

const folder = path.join(path.dirname(workspace), 'many');
const driver = (n) => path.join(folder, `driver${n}`);

/** Drivers that lack an arc, in folders beside the samples. */
function manyDrivers() {
  mkdirSync(folder);
  for (let n = 0; n < many; n++) cpSync(path.join(workspace, 'stratus'), driver(n), { recursive: true });
}

describe('a check of many drivers', () => {
  manyDrivers();
  const workbench = useWorkbench({ folder, settings: { 'vfioArcs.workspaceScan': false } });
  const { runCommand, shot, message } = workbench;
  /** How many problems the status bar counts: errors and warnings. */
  const problems = async () => {
    const text = await workbench.page.locator('.part.statusbar [id="status.problems"]').textContent();
    return (text.match(/\d+/g) ?? []).reduce((sum, number) => sum + Number(number), 0);
  };
  /** Waits until the status bar counts that many. */
  const problemsToBe = async (expected) => {
    for (let tries = 0; tries < 100 && (await problems()) !== expected; tries++)
      await workbench.page.waitForTimeout(100);
    assert.equal(await problems(), expected);
  };

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows how far it is, and what it finds as it goes', async () => {
    await workbench.page.setViewportSize({ width: 1400, height: 800 });
    await runCommand('View: Toggle Problems');
    await runCommand('VFIO: Check Workspace');
    await message(/looking for migration drivers: [1-9]\d* files, [1-9]\d* drivers/).waitFor();
    await workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'missing-arc' }).first().waitFor();
    await shot('check-progress');
  });

  it('ends at a click on Cancel, says how far it came, and leaves in Problems what was found', async () => {
    const progress = message('looking for migration drivers');
    await progress.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    const ended = message('VFIO: ended after');
    await ended.waitFor();
    await shot('check-cancelled');
    const text = await ended.textContent();
    const [, files, found, drivers] = /after (\d+) C files\D+(\d+) findings in (\d+) VFIO/.exec(text) ?? [];
    assert.ok(Number(files) < many, text);
    assert.ok(Number(drivers) <= Number(files), text);
    assert.equal(Number(found), Number(drivers) * findings, text);
    await problemsToBe(Number(found));
  });

  it('can be done again from there, and tells what it found when it is through', async () => {
    for (let n = few; n < many; n++) rmSync(driver(n), { recursive: true });
    await message('VFIO: ended after').locator('.monaco-button', { hasText: 'Check Again' }).click();
    const done = message(
      `VFIO: ${few * findings} findings in ${few} VFIO migration drivers (${few} C files looked at).`,
    );
    await done.waitFor({ timeout: 40_000 });
    await problemsToBe(few * findings);
    await shot('check-done');
  });
});
