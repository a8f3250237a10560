import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { printable } from '../../server/src/analysis/printable';
import { scenarios, traceMermaid, tracePlantUml } from '../../server/src/simulation';
import type { Trace } from '../../server/src/wire';
import { type Folder, temporaryFolder } from '../support/cli';
import { root } from '../support/repo';
import { demoDriver, hostileTexts, scenarioTrace, withHostileNames, without } from '../support/scenarioTrace';

const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };

const traces: ReadonlyMap<string, Trace> = new Map([
  ...scenarios.map(({ description: { name } }) => [name, scenarioTrace(name, small)] as const),
  ['rejected', scenarioTrace('precopy', small, without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY'))],
]);

/** One run, with names of every kind of malice. */
const hostile: ReadonlyMap<string, Trace> = new Map(
  hostileTexts.map((text, index) => [`hostile-${index}`, withHostileNames(scenarioTrace('recovery', small), text)]),
);

/** Steps that do not repeat each other, many more than a diagram can show. */
function longTrace(): Trace {
  const trace = scenarioTrace('reset', small);
  return { ...trace, steps: Array.from({ length: 40 }, () => trace.steps).flat() };
}

/** What must be readable in the diagram: the rows of steps that are never told together with others. */
function expectedTexts(trace: Trace): readonly string[] {
  return trace.steps
    .filter(({ event }) => event.kind === 'fault' || (event.kind === 'feature' && event.ops.includes('SET')))
    .flatMap(({ rows }) => rows.filter(({ kind }) => kind !== 'next-state'))
    .map(({ text }) => printable(text.replaceAll('\t', ' ')));
}

const squeezed = (text: string): string => text.replace(/[\s\u00a0]+/g, '');

function assertShows(shown: string, trace: Trace, name: string): void {
  const text = squeezed(shown);
  const missing = expectedTexts(trace).filter((each) => !text.includes(squeezed(each)));
  assert.deepEqual(missing, [], name);
}

describe('a run as a Mermaid diagram', () => {
  it('has the same messages whatever the names are', async () => {
    const shape = (trace: Trace) =>
      traceMermaid(trace)
        .split('\n')
        .map((line) => line.replace(/(?::|title|transparent).*/, ''));
    for (const trace of hostile.values()) assert.deepEqual(shape(trace), shape(scenarioTrace('recovery', small)));
  });

  it('folds what repeats itself', () => {
    const trace = scenarioTrace('precopy', { ...small, initial: 4096 * 5000, bandwidth: 1_250_000_000 });
    assert.ok(trace.steps.length > 10_000, `${trace.steps.length} steps`);
    const text = traceMermaid(trace);
    assert.ok(text.split('\n').length < 80, text);
    assert.match(text, /5000 x read\(fd 4, 4 KiB\) and send#58; 19.5 MiB/);
  });

  it('leaves out the middle of what is too long, and says so', () => {
    const text = traceMermaid(longTrace());
    assert.ok(text.length < 50_000);
    assert.match(text, /\d+ more are left out here#59; the JSON trace has/);
  });

  describe('in a browser', () => {
    let page: Page;
    let close: () => Promise<void>;
    before(async function () {
      this.timeout(180_000);
      if (spawnSync('chromium', ['--version']).error !== undefined) {
        console.log('      no chromium here: Mermaid diagrams are not rendered');
        this.skip();
      }
      const { openBrowser } = await import(pathToFileURL(join(root, 'test/vscode/chromium.mjs')).href);
      ({ page, close } = await openBrowser());
      const script = createRequire(__filename).resolve('mermaid/dist/mermaid.min.js');
      await page.addScriptTag({ path: script });
    });
    after(async () => close?.());

    /** All text of the drawn diagram. */
    async function rendered(source: string): Promise<string> {
      return page.evaluate(`(async () => {
        mermaid.initialize({ startOnLoad: false });
        const { svg } = await mermaid.render('diagram', ${JSON.stringify(source)});
        const document = new DOMParser().parseFromString(svg, 'text/html');
        if (document.querySelector('script, img, foreignObject, a') !== null) throw new Error('injected');
        return [...document.querySelectorAll('text')].map((each) => each.textContent).join(' ');
      })()`);
    }

    it('shows every call, arc and failure', async () => {
      for (const [name, trace] of traces) assertShows(await rendered(traceMermaid(trace)), trace, name);
    });

    it('refuses what is none', async () => {
      await assert.rejects(rendered(`${traceMermaid(scenarioTrace('reset', small))}\n  oops`), /Parse error/);
    });

    it('draws what is too long', async () => {
      assert.match(await rendered(traceMermaid(longTrace())), /more are left out here/);
    });

    it('shows hostile names as they are', async () => {
      for (const [name, trace] of hostile) {
        assertShows(await rendered(traceMermaid(trace)), trace, name);
      }
    });
  });
});

describe('a run as a PlantUML diagram', () => {
  const drawn = [...traces].filter(([name]) => ['precopy', 'reset', 'p2p-group', 'rejected'].includes(name));
  drawn.push(['hostile', withHostileNames(scenarioTrace('recovery', small), hostileTexts.join(' '))]);
  let folder: Folder;
  before(function () {
    this.timeout(240_000);
    if (spawnSync('plantuml', ['-version']).error !== undefined) {
      console.log('      no plantuml here: its diagrams are not checked');
      this.skip();
    }
    folder = temporaryFolder(Object.fromEntries(drawn.map(([name, trace]) => [`${name}.puml`, tracePlantUml(trace)])));
  });
  after(() => folder?.remove());

  it('is drawn by the real PlantUML, with every call, arc and failure', function () {
    this.timeout(240_000);
    const run = spawnSync('plantuml', ['-tsvg', '-charset', 'UTF-8', `${folder.path}/*.puml`], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    for (const [name, trace] of drawn) {
      const svg = readFileSync(join(folder.path, `${name}.svg`), 'utf8');
      assert.doesNotMatch(svg, /Syntax Error|<script|<a /, name);
      assertShows(textsOf(svg), trace, name);
    }
  });
});

function textsOf(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
    .map(([, text = '']) => text.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code))))
    .map((text) =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    )
    .join(' ');
}
