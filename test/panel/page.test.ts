import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { LspClient } from '../support/lspClient';
import { root } from '../support/repo';
import { type Browser, openChromium, PanelPage } from './support/page';
import { sampleMachine, sampleServer } from './support/samples';

describe('the bundle of the panel', () => {
  it('is at most 300 kB', () => {
    const bytes = statSync(join(root, 'dist/panel.js')).size + statSync(join(root, 'dist/panel.css')).size;
    assert.ok(bytes <= 300_000, `${bytes} bytes`);
  });
});

describe('the panel in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let server: LspClient;
  let panel: PanelPage | undefined;

  before(async function () {
    const found = await openChromium();
    if (found === null) {
      console.log('      no chromium here: the panel is not shown');
      return this.skip();
    }
    browser = found;
    server = await sampleServer();
  });
  afterEach(async () => {
    const open = panel;
    panel = undefined;
    await open?.close();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (options: Parameters<typeof PanelPage.open>[2] = {}): Promise<PanelPage> => {
    panel = await PanelPage.open(browser, server, options);
    return panel;
  };

  it('shows at once where a driver’s migration fails', async () => {
    const { page } = await open({ machine: await sampleMachine(server, 'stratus') });
    await page.getByText('Failed').waitFor();
    const row = page.getByRole('option', { name: 'PRE_COPY_P2P -> STOP_COPY: -EINVAL' });
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /main\.c:299/);
    await panel?.picture('first');
    await page.setViewportSize({ width: 1600, height: 900 });
    await panel?.picture('first-wide');
    await page.setViewportSize({ width: 400, height: 900 });
    await panel?.picture('first-narrow');
  });

  it('draws few of many rows, and goes through time', async () => {
    const { page } = await open({ machine: await sampleMachine(server, 'nimbus') });
    await page.getByText('Migrated').waitFor();
    const drawn = await page.getByRole('option').count();
    assert.ok(drawn > 10 && drawn < 80, `${drawn} rows are drawn`);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    await page.getByText(/^0 \/ \d+$/).waitFor();
    await page.getByRole('button', { name: 'One step on' }).click();
    await page.getByText(/^1 \/ \d+$/).waitFor();
    await page.getByRole('status').getByText('Step 1 of').waitFor({ state: 'attached' });
  });

  it('keeps its runs over a reload', async () => {
    const shown = await open({ machine: await sampleMachine(server, 'nimbus') });
    await shown.page.getByText('Migrated').waitFor();
    await shown.button('To the beginning').click();
    await shown.button('One step on').click();
    await shown.untilKept((kept) => kept.runs[0]?.cursor === 1);
    await shown.reload();
    await shown.page.getByText(/^1 \/ \d+$/).waitFor();
    await shown.page.getByText('Migrated').waitFor();
  });

  it('opens its runs again when another server runs', async () => {
    const shown = await open({ machine: await sampleMachine(server, 'nimbus') });
    await shown.page.getByText('Migrated').waitFor();
    const opened = (): number => shown.told.filter((each) => each.kind === 'call' && each.name === 'open').length;
    assert.equal(opened(), 1);
    await shown.send({ kind: 'restarted' });
    await shown.page.getByText('Migrated').waitFor();
    assert.equal(opened(), 2);
  });
});
