import type { LspClient } from '../../support/lspClient';
import { type Browser, openChromium, type PanelOptions, PanelPage } from './page';
import { type SampleDriver, sampleMachine, sampleServer } from './samples';

/** What the tests of a suite share: a browser and a server, and how to open the panel. */
export interface PanelSuite {
  readonly server: () => LspClient;
  /** Opens a panel on a sample driver, or on nothing; it is closed after the test, which fails if anything went wrong in it. */
  open(driver: SampleDriver | null, options?: Omit<PanelOptions, 'machine'>): Promise<PanelPage>;
}

/** To be called in a `describe`. Skips its tests where there is no Chromium. */
export function panelSuite(): PanelSuite {
  let browser: Browser | null = null;
  let server: LspClient | null = null;
  let panel: PanelPage | null = null;

  before(async function () {
    browser = await openChromium();
    if (browser === null) {
      console.log('      no chromium here: the panel is not shown');
      this.skip();
    }
    server = await sampleServer();
  });
  afterEach(async function () {
    const open = panel;
    panel = null;
    if (this.currentTest?.state === 'failed') await open?.picture('failed');
    await open?.close();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const running = (): LspClient => {
    if (server === null) throw new Error('the server is not running yet');
    return server;
  };
  return {
    server: running,
    open: async (driver, options = {}) => {
      if (browser === null) throw new Error('there is no browser');
      const machine = driver === null ? {} : { machine: await sampleMachine(running(), driver) };
      panel = await PanelPage.open(browser, running(), { ...options, ...machine });
      return panel;
    },
  };
}
