import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { CallName, ChosenFile, FromPanel, Start, ToPanel } from '../../../client/src/panel/contract';
import { calls, isFromPanel, isToPanel } from '../../../client/src/panel/contract';
import { isSavedState, type SavedState } from '../../../client/src/panel/saved';
import { panelHtml } from '../../../client/src/panelHtml';
import type { Arc, MachineRef } from '../../../server/src/wire';
import { isSimulationChanged, simulationChangedMethod } from '../../../server/src/wire';
import type { LspClient } from '../../support/lspClient';
import { root } from '../../support/repo';
import { compareWithApproved } from './approved';
import { type Theme, themeStyle } from './themes';

const origin = 'http://panel.test';
const screenshots = join(root, '.cache', 'results', 'panel');

export interface PanelOptions {
  /** What the panel is opened on; left out: nothing, or the file. */
  readonly machine?: MachineRef;
  readonly file?: ChosenFile;
  readonly arc?: Arc;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** The page's texts in another language. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** A Chromium for a suite's pages. */
export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** Null where there is no Chromium. */
export async function openChromium(): Promise<Browser | null> {
  if (spawnSync('chromium', ['--version']).error !== undefined) return null;
  const { openBrowser } = await import(pathToFileURL(join(root, 'test/vscode/chromium.mjs')).href);
  const { page, close }: { readonly page: Page; close(): Promise<void> } = await openBrowser();
  return { newPage: () => page.context().newPage(), close };
}

/** The bundled page in Chromium, as the extension opens it, with a host of ours in VS Code's place that asks a real server. */
export class PanelPage {
  /** Everything that the page told, in order. */
  readonly told: FromPanel[] = [];
  /** Everything that the page was told, in order. */
  readonly heard: ToPanel[] = [];
  /** What went wrong in the page: exceptions, violations of its policy, messages of no known shape. */
  readonly errors: string[] = [];
  /** What the host answers to calls that are not the server's. */
  readonly answers: Partial<Record<CallName, (params: unknown) => unknown>> = {};
  private forwarding: NodeJS.Timeout | undefined;
  private forwarded = 0;

  private constructor(
    readonly page: Page,
    readonly server: LspClient,
    private readonly start: Start,
  ) {}

  static async open(browser: Browser, server: LspClient, options: PanelOptions = {}): Promise<PanelPage> {
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    const panel = new PanelPage(page, server, startOf(options));
    await page.setViewportSize({ width: options.width ?? 1000, height: options.height ?? 800 });
    page.on('pageerror', (error) => panel.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') panel.errors.push(message.text());
    });
    await page.exposeFunction('tellHost', (text: string) => panel.take(JSON.parse(text)));
    await page.addInitScript({ content: webview(options.theme ?? 'dark') });
    await page.route(`${origin}/**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      return name === ''
        ? route.fulfill({ contentType: 'text/html', body: htmlWith(options.texts ?? {}) })
        : route.fulfill({ path: join(root, 'dist', name) });
    });
    panel.forwarding = setInterval(() => panel.forwardChanges(), 10);
    await page.goto(`${origin}/`);
    return panel;
  }

  /** Loads the page again, as VS Code does when its window is reloaded: with what the page kept. */
  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** Tells the page something, as the host does. */
  async send(message: ToPanel): Promise<void> {
    assert.ok(isToPanel(message), 'the host sends only what the contract has');
    this.heard.push(message);
    await this.post(message);
  }

  /** Sends anything. */
  async post(message: unknown): Promise<void> {
    await this.page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  }

  /** Waits until the page keeps a state like that for a reload. */
  async untilKept(isWanted: (kept: SavedState) => boolean): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const kept: unknown = await this.page.evaluate(`JSON.parse(sessionStorage.getItem('kept') ?? 'null')`);
      if (isSavedState(kept) && isWanted(kept)) return;
      await this.page.waitForTimeout(25);
    }
    throw new Error('the page kept no such state');
  }

  /** Waits until the scenario has ended like that. */
  async verdict(outcome: string): Promise<void> {
    await this.page.locator('.verdict', { hasText: outcome }).waitFor();
  }

  /** Chooses from a menu. */
  async menu(name: string, item: string): Promise<void> {
    await this.button(name).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Writes what is to be seen now into the build's results, and holds it against the approved picture of that name. */
  async picture(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
    await compareWithApproved(screenshots, name);
  }

  /** Has the user end calls as soon as they are made; returns what lets them wait again. */
  cancelling(name: CallName): () => void {
    this.answers[name] = () => {
      throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled by the client');
    };
    return () => {
      delete this.answers[name];
    };
  }

  /** Fails when anything went wrong in the page. */
  async close(): Promise<void> {
    clearInterval(this.forwarding);
    await this.page.close();
    assert.deepEqual(this.errors, []);
  }

  private async take(message: unknown): Promise<void> {
    if (!isFromPanel(message)) {
      this.errors.push(`the page sent what the contract has not: ${JSON.stringify(message)}`);
      return;
    }
    this.told.push(message);
    if (message.kind === 'ready') await this.send({ kind: 'start', start: this.start });
    if (message.kind === 'call') await this.answer(message.id, message.name, message.params);
  }

  private async answer(id: number, name: CallName, params: unknown): Promise<void> {
    assert.ok(calls[name].params(params), `the page calls ${name} with parameters that the contract has`);
    const own = this.answers[name];
    try {
      const result: unknown =
        own === undefined
          ? await this.server.connection.sendRequest(`vfio/simulation/${name}`, ...(params === null ? [] : [params]))
          : own(params);
      await this.send({ kind: 'answer', id, result });
    } catch (error) {
      const isCancelled = error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
      if (isCancelled) await this.send({ kind: 'cancelled', id });
      else await this.send({ kind: 'refusal', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private forwardChanges(): void {
    const changes = this.server.of(simulationChangedMethod);
    for (const change of changes.slice(this.forwarded)) {
      assert.ok(isSimulationChanged(change));
      void this.send({ kind: 'changed', change });
    }
    this.forwarded = changes.length;
  }
}

const htmlWith = (texts: Readonly<Record<string, string>>): string =>
  panelHtml({
    script: `${origin}/panel.js`,
    style: `${origin}/panel.css`,
    source: origin,
    nonce: 'only-this-one',
    language: 'en',
    texts,
  });

function startOf({ machine, file, arc }: PanelOptions): Start {
  if (machine !== undefined) return { from: 'machine', machine, arc: arc ?? null };
  return file === undefined ? { from: 'nothing' } : { from: 'file', file };
}

/** Runs in the page before its script: what VS Code provides. */
function webview(theme: Theme): string {
  return `(({ variables, body }) => {
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => void window.tellHost(JSON.stringify(message)),
      getState: () => JSON.parse(sessionStorage.getItem('kept') ?? 'null') ?? undefined,
      setState: (state) => sessionStorage.setItem('kept', JSON.stringify(state)),
    });
    document.addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of variables) document.documentElement.style.setProperty(name, value);
      document.body.className = body;
    });
  })(${JSON.stringify(themeStyle(theme))})`;
}
