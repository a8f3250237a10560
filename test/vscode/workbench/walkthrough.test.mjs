// The first ten minutes: the walkthrough, on the sample driver that the package carries, in a window without a folder.
import assert from 'node:assert/strict';
import { useWorkbench } from './workbench.mjs';

describe('the walkthrough', () => {
  const workbench = useWorkbench({ folder: null });
  const { runCommand, shot } = workbench;
  const step = (title) => workbench.page.locator('.getting-started-step', { hasText: title }).first();
  const button = (title) => workbench.page.locator('.getting-started-step.expanded .monaco-button', { hasText: title });
  const isDone = (title) => step(title).locator('.codicon-getting-started-step-checked.complete').waitFor();
  /** Back from an editor that a step opened. */
  const openWalkthrough = async (title) => {
    await runCommand('VFIO: Get Started');
    await step(title).waitFor();
    if (!(await step(title).getAttribute('class')).includes('expanded'))
      await step(title).locator('.step-title').click();
  };

  it('begins without a folder and has a picture for every step', async () => {
    const { page } = workbench;
    await page.setViewportSize({ width: 1500, height: 900 });
    await openWalkthrough('Open a driver');
    const steps = page.locator('.getting-started-step');
    assert.equal(await steps.count(), 6);
    const picture = page.locator('.getting-started-media iframe.webview.ready').first();
    await picture.waitFor();
    await shot('walkthrough');
  });

  it('opens the sample driver, which is checked as it stands', async () => {
    const { page } = workbench;
    await button('Open Sample Driver').click();
    await page.locator('.tab.active', { hasText: 'main.c' }).waitFor();
    await page
      .locator('.codelens-decoration', { hasText: '13 of 15 arcs' })
      .first()
      .waitFor({ state: 'attached', timeout: 40_000 });
    await openWalkthrough('Open a driver');
    await isDone('Open a driver');
  });

  it('goes to the missing arc and explains its rule', async () => {
    const { page } = workbench;
    await openWalkthrough('See what is missing');
    await button('Go to Missing Arc').click();
    await page.locator('.part.statusbar', { hasText: 'Ln 299' }).waitFor();
    await page.locator('.part.statusbar', { hasText: 'Missing here: PRE_COPY_P2P -> STOP_COPY' }).waitFor();
    await page.locator('.squiggly-error').first().waitFor();
    await openWalkthrough('See what is missing');
    await isDone('See what is missing');
  });

  it('leads to the end in a copy that can be edited, and lets one start over', async () => {
    const { page } = workbench;
    const missingHere = page.locator('.part.statusbar', { hasText: 'Missing here' });
    await page.locator('.tab', { hasText: 'main.c' }).first().click();
    await page.locator('.part.statusbar', { hasText: 'Ln 299' }).waitFor();
    await runCommand('VFIO: Go to Missing Arc');
    await missingHere.waitFor();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Write PRE_COPY_P2P -> STOP_COPY' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    assert.equal(await missingHere.count(), 0, 'what is mended is not said to be missing');
    await shot('walkthrough-mended');
    await runCommand('VFIO: Go to Missing Arc');
    await workbench.message('None of the 15 required arcs is missing').waitFor();
    await runCommand('VFIO: Open Sample Driver');
    await page.locator('.notification-toast .monaco-button', { hasText: 'Start Over' }).click();
    await page.locator('.codelens-decoration', { hasText: '13 of 15 arcs' }).first().waitFor({ state: 'attached' });
  });
});
