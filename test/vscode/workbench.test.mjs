// What the user sees: the workbench itself, driven through Chromium. Also takes the pictures: the README's first one
// into .github/images, the others into .cache/screenshots. run.mjs says in WORKBENCH_TEST what to open.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startBrowserCode } from './browserCode.mjs';
import { openBrowser } from './chromium.mjs';
import { root } from './install.mjs';

const { vsix, workspace } = JSON.parse(process.env.WORKBENCH_TEST);
const driver = path.join(workspace, 'stratus', 'main.c');
const SHOTS = path.join(root, '.cache', 'screenshots');
const FIRST_PICTURE = path.join(root, '.github', 'images', 'first.png');

const PANEL_SHRINK = 120;

/** For pictures: nothing that moves, nothing that is not the matter. */
const SETTINGS = {
  'breadcrumbs.enabled': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontSize': 16,
  'editor.guides.indentation': false,
  // Below: what is above the place is the driver's function.
  'editor.hover.above': false,
  'editor.matchBrackets': 'never',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.selectionHighlight': false,
  'editor.renderLineHighlight': 'none',
  'editor.stickyScroll.enabled': false,
  'editor.tabSize': 8,
  'problems.defaultViewMode': 'table',
  'workbench.activityBar.location': 'hidden',
};

describe('the workbench', () => {
  let code;
  let browser;
  let page;

  before(async () => {
    mkdirSync(SHOTS, { recursive: true });
    mkdirSync(path.dirname(FIRST_PICTURE), { recursive: true });
    code = await startBrowserCode({
      folder: workspace,
      openFile: driver,
      vsix,
      settings: SETTINGS,
    });
    browser = await openBrowser();
    page = browser.page;
    await page.goto(code.url);
  });

  after(async () => {
    await browser?.close();
    await code?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await page.screenshot({ path: path.join(SHOTS, 'failed.png') });
  });

  const runCommand = async (title) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  };
  /** Gives the editor the room that a short list of problems leaves. */
  const shrinkPanel = async () => {
    const panel = await page.locator('.part.panel').boundingBox();
    await page.mouse.move(640, panel.y);
    await page.mouse.down();
    await page.mouse.move(640, panel.y + PANEL_SHRINK, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(640, panel.y / 2);
  };
  const goToLine = async (text) => {
    const lines = readFileSync(driver, 'utf8').split('\n');
    await page.keyboard.press('Control+G');
    await page
      .locator('.quick-input-widget input')
      .first()
      .fill(`:${lines.findIndex((line) => line.includes(text)) + 1}`);
    await page.keyboard.press('Enter');
  };
  // Hovers and menus fade in.
  const shot = async (file) => {
    await page.waitForTimeout(300);
    await page.screenshot({ path: file });
  };

  it('lists the missing arc in Problems and underlines it', async () => {
    await page.locator('.view-lines').first().click({ timeout: 40_000 });
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
    await shot(FIRST_PICTURE);
  });

  it('explains a state where the mouse is', async () => {
    await runCommand('View: Hide Panel');
    const name = 'VFIO_DEVICE_STATE_PRE_COPY_P2P';
    await goToLine(`case ${name}:`);
    const state = page.locator('.view-line span span', { hasText: name }).first();
    await state.hover();
    await page.locator('.monaco-hover:visible', { hasText: 'PRE_COPY_P2P' }).first().waitFor();
    await shot(path.join(SHOTS, 'hover.png'));
  });

  it('opens the arc table from the palette', async () => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await goToLine('stratus_leave_pre_copy_p2p(struct');
    await runCommand('VFIO: Show Arc Table');
    const table = page.locator('.editor-instance', { hasText: 'Missing arcs' });
    await table.waitFor();
    await page.locator('.tab', { hasText: '.vfio-arcs' }).waitFor();
    await shot(path.join(SHOTS, 'arc-table.png'));
  });

  it('says in the language status what it found', async () => {
    await page.locator('[id="status.languageStatus"]').hover();
    const status = page.locator('.monaco-hover:visible', { hasText: 'VFIO: 2 drivers, 1 missing arc' });
    await status.waitFor();
    await status.getByText('Show Arc Table').waitFor();
    await shot(path.join(SHOTS, 'status.png'));
  });

  it('offers the drivers that it knows where the file has none', async () => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').first().fill('hello.c');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'hello.c' }).first().click();
    await page.locator('.tab.active', { hasText: 'hello.c' }).waitFor();
    await runCommand('VFIO: Show Arc Table');
    const title = page.locator('.quick-input-titlebar', { hasText: 'hello.c belongs to no VFIO migration driver' });
    await title.waitFor();
    await shot(path.join(SHOTS, 'pick.png'));
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'nimbus' }).first().click();
    const table = page.locator('.editor-instance', { hasText: 'All 15 required arcs are handled.' });
    await table.waitFor();
  });
});
