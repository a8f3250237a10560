// The workbench as its user has it: opened in Chromium, worked by keys and mouse, and pictured.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installExtension, startBrowserCode } from '../browserCode.mjs';
import { openBrowser } from '../chromium.mjs';
import { root } from '../install.mjs';

/** Where pictures go; `npm run pictures` takes the README's from here. */
export const shots = path.join(root, '.cache', 'screenshots');

/** run.mjs says what to open: the packaged extension, and a copy of the samples that the tests may write to. */
export const { vsix, workspace } = JSON.parse(process.env.WORKBENCH_TEST);

const START_TIMEOUT_MS = 40_000;
const PALETTE_TIMEOUT_MS = 3_000;
const PALETTE_ATTEMPTS = 5;

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

/**
 * Opens the workspace, with a file of it when one is named, in the hooks of the `describe` that calls this. What it gives can
 * be used in the tests; a failed test leaves a picture `failed.png`. `language`: the name of VS Code's, with the extension's
 * bundle for it.
 */
export function useWorkbench({ file, settings, language, folder = workspace } = {}) {
  const driver = file === undefined ? undefined : path.join(workspace, file);
  let code;
  let browser;
  let page;
  let translated;

  before(async () => {
    mkdirSync(shots, { recursive: true });
    if (language) translated = translatedExtension(language);
    const extension = translated === undefined ? { vsix } : { extensionsDir: translated };
    code = await startBrowserCode({ folder, openFile: driver, ...extension, settings: { ...SETTINGS, ...settings } });
    browser = await openBrowser();
    page = browser.page;
    // What VS Code's own texts for a language would set.
    if (language) await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language.name)}`);
    await page.goto(code.url);
    if (driver) await page.locator('.view-lines').first().click({ timeout: START_TIMEOUT_MS });
    else await page.locator('.monaco-workbench').first().waitFor({ timeout: START_TIMEOUT_MS });
  });

  after(async () => {
    await browser?.close();
    await code?.stop();
    if (translated) rmSync(translated, { recursive: true, force: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await page.screenshot({ path: path.join(shots, 'failed.png') });
  });

  const quickInput = () => page.locator('.quick-input-widget input').first();
  const runCommand = async (title) => {
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // Extensions may be read only after the window is there, and an open palette does not take in new commands.
    for (let attempt = 1; ; attempt++) {
      await page.keyboard.press('F1');
      await quickInput().fill(`>${title}`);
      const found = await row.waitFor({ timeout: PALETTE_TIMEOUT_MS }).then(
        () => true,
        () => false,
      );
      if (found || attempt === PALETTE_ATTEMPTS) break;
      await page.keyboard.press('Escape');
    }
    await row.click();
  };
  const goToLineNumber = async (line) => {
    await page.keyboard.press('Control+G');
    await quickInput().fill(`:${line}`);
    await page.keyboard.press('Enter');
    await page.locator('.part.statusbar', { hasText: `Ln ${line},` }).waitFor();
  };

  return {
    get page() {
      return page;
    },
    /** Runs a command by its title in the palette. */
    runCommand,
    /** Puts the cursor into a line of the active editor, counted from 1. */
    goToLineNumber,
    /** Puts the cursor into the driver's first line that has the text. */
    async goToLine(text) {
      const lines = readFileSync(driver, 'utf8').split('\n');
      await goToLineNumber(lines.findIndex((line) => line.includes(text)) + 1);
    },
    /** Opens a file of the workspace by its path, or the end of one. */
    async openFile(name) {
      await page.keyboard.press('Control+P');
      await quickInput().fill(name);
      const file = name.slice(name.lastIndexOf('/') + 1);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first().click();
      await page.locator('.tab.active', { hasText: file }).waitFor();
      await page.locator('.editor-instance .view-lines').first().waitFor();
    },
    /** Takes the active editor's text from the disk again. */
    revert: () => runCommand('File: Revert File'),
    /** A notification with that text. */
    message: (text) => page.locator('.notification-toast', { hasText: text }).first(),
    /** Hovers and menus fade in. */
    async shot(name) {
      await page.waitForTimeout(300);
      await page.screenshot({ path: path.join(shots, `${name}.png`) });
    },
  };
}

/** A folder with the extension installed, and its texts in another language put beside the English ones. */
function translatedExtension({ name, bundle }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vfio-arcs-'));
  installExtension({ vsix, extensionsDir: folder, dataDir: path.join(folder, 'data') });
  const installed = readdirSync(folder).find((each) => each.includes('vfio-arcs'));
  writeFileSync(path.join(folder, installed, 'client', 'l10n', `bundle.l10n.${name}.json`), JSON.stringify(bundle));
  return folder;
}
