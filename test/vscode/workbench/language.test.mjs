// VS Code in another language: what it gives to the extension reaches the client, the server and the panel. The language is
// one of brackets, since no pack of VS Code's own texts is at hand.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';
import { useWorkbench } from './workbench.mjs';

const texts = JSON.parse(readFileSync(path.join(root, 'client', 'l10n', 'bundle.l10n.json'), 'utf8'));
const bracketed = Object.fromEntries(Object.keys(texts).map((text) => [text, `⟦${text}⟧`]));

describe('VS Code in another language', () => {
  const workbench = useWorkbench({ file: 'stratus/main.c', language: { name: 'de', bundle: bracketed } });
  const { runCommand, goToLineNumber, shot } = workbench;

  it('shows lenses of the server in it', async () => {
    await goToLineNumber(317);
    await workbench.page
      .locator('.codelens-decoration a', { hasText: '⟦13 of 15 arcs⟧' })
      .first()
      .waitFor({ timeout: 40_000 });
  });

  it('shows the view of the client in it', async () => {
    await runCommand('VFIO: Focus on Arc Table View');
    const row = workbench.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: '⟦Missing⟧' });
    await row.first().waitFor();
  });

  it('shows what mends a finding in it', async () => {
    const { page } = workbench;
    await goToLineNumber(299);
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+.');
    const actions = page.locator('.action-widget .monaco-list-row');
    await actions.filter({ hasText: '⟦Write PRE_COPY_P2P -> STOP_COPY⟧' }).waitFor();
    await actions.filter({ hasText: '⟦Explain missing-arc⟧' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('shows the panel in it', async () => {
    const { page } = workbench;
    await goToLineNumber(317);
    await page.locator('.codelens-decoration a', { hasText: '⟦Simulate⟧' }).first().click();
    const panel = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await panel.locator('.verdict', { hasText: '⟦Failed⟧' }).waitFor();
    assert.equal(await panel.locator('html').getAttribute('lang'), 'de');
    await shot('language');
  });
});
