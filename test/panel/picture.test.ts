import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileToSave } from '../../client/src/panel/contract';
import { plotsOf } from '../../client/src/panel/lab/plots';
import { seriesOf } from '../../client/src/panel/lab/series';
import { colourOf } from '../../client/src/panel/picture/colour';
import { plotsSvg, ticksOf } from '../../client/src/panel/picture/plotsSvg';
import { fileStem } from '../../client/src/panel/picture/take';
import { escaped } from '../../client/src/panel/picture/xml';
import { root } from '../support/repo';
import { hostileTexts, scenarioTrace } from '../support/scenarioTrace';
import type { PanelPage } from './support/page';
import { panelSuite } from './support/suite';
import { themes } from './support/themes';

const results = join(root, '.cache', 'results', 'panel');

describe('parts of pictures', () => {
  it('colours are read as browsers compute them', () => {
    assert.deepEqual(colourOf('rgb(31, 31, 31)'), { hex: '#1f1f1f', opacity: 1 });
    assert.deepEqual(colourOf('rgba(0, 120, 212, 0.5)'), { hex: '#0078d4', opacity: 0.5 });
    assert.deepEqual(colourOf('color(srgb 1 0.5 0 / 0.25)'), { hex: '#ff8000', opacity: 0.25 });
    assert.deepEqual(colourOf('#ABCDEF'), { hex: '#abcdef', opacity: 1 });
    for (const none of ['none', '', 'url(#x)', 'color(display-p3 1 0 0)', 'rgb(a, b, c)'])
      assert.equal(colourOf(none), null);
  });

  it('file names have no folder and no odd characters', () => {
    assert.equal(fileStem('mlx5-vfio-pci, STOP_COPY | P2P diagram'), 'mlx5-vfio-pci-STOP-COPY-P2P-diagram');
    assert.equal(fileStem('../../etc/passwd'), 'etc-passwd');
    assert.equal(fileStem('///'), 'picture');
  });

  it('text can not leave its element', () => {
    assert.equal(escaped('<b a="1">&\u0000\u001b'), '&lt;b a=&quot;1&quot;&gt;&amp;');
  });

  it('figures beside plots are round', () => {
    assert.deepEqual(ticksOf(1.06, false), [0, 0.5, 1]);
    assert.deepEqual(ticksOf(64 * 1024 ** 2, true).slice(0, 2), [0, 16 * 1024 ** 2]);
    for (const most of [1, 7, 23, 999, 1e9]) {
      const { length } = ticksOf(most, false);
      assert.ok(length >= 3 && length <= 6, `${length} for ${most}`);
    }
  });
});

describe('pictures written by the panel', function () {
  this.timeout(60_000);
  const suite = panelSuite();

  const exported = async (shown: PanelPage, item: string): Promise<FileToSave> => {
    const files: FileToSave[] = [];
    shown.answers.save = (params) => {
      files.push(params as FileToSave);
      return 'written';
    };
    await shown.button('Export').click();
    await shown.page.getByRole('menuitem', { name: item }).click();
    for (let tries = 0; files.length === 0 && tries < 200; tries++) await shown.page.waitForTimeout(25);
    const [file] = files;
    assert.ok(file !== undefined, 'a file is saved');
    mkdirSync(results, { recursive: true });
    writeFileSync(
      join(results, file.name),
      'text' in file.content ? file.content.text : Buffer.from(file.content.base64, 'base64'),
    );
    return file;
  };
  const textOf = ({ content }: FileToSave): string => ('text' in content ? content.text : '');

  /** Draws the SVG alone in an empty page that may fetch nothing. */
  const alone = async (shown: PanelPage, svg: string) => {
    const page = await shown.page.context().newPage();
    const asked: string[] = [];
    await page.route('**', (route) => {
      asked.push(route.request().url());
      return route.abort();
    });
    await page.setContent(`<body style="margin:0">${svg.replace(/^<\?xml.*\?>/, '')}</body>`);
    const seen: unknown = await page.evaluate(`(() => {
      const parsed = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml');
      const text = [...document.querySelectorAll('svg text')].map((each) => each.textContent);
      const outside = [...document.querySelectorAll('svg text')].filter((each) => {
        const box = each.getBoundingClientRect(), all = document.querySelector('svg').getBoundingClientRect();
        return box.left < all.left - 1 || box.right > all.right + 1 || box.bottom > all.bottom + 1;
      }).map((each) => each.textContent);
      const tags = [...new Set([...document.querySelectorAll('svg, svg *')].map((each) => each.localName))].sort();
      return { broken: parsed.querySelector('parsererror') !== null, text, outside, tags };
    })()`);
    await page.close();
    return { seen: seen as { broken: boolean; text: string[]; outside: string[]; tags: string[] }, asked };
  };

  for (const theme of themes) {
    it(`the diagram as SVG stands alone, ${theme}`, async () => {
      const shown = await suite.open('stratus', { theme });
      await shown.verdict('Failed');
      const file = await exported(shown, 'Diagram as SVG');
      const svg = textOf(file);
      assert.match(file.name, /^stratus-vfio-pci-.*-diagram\.svg$/);
      assert.doesNotMatch(svg, /var\(|url\(|href|style=|class=|<script|<style|<image|foreignObject|on\w+=|color\(/);
      for (const [, family] of svg.matchAll(/font-family="([^"]*)"/g)) {
        assert.ok(['monospace', 'sans-serif'].includes(family ?? ''), family);
      }
      const { seen, asked } = await alone(shown, svg);
      assert.deepEqual(asked, []);
      assert.equal(seen.broken, false);
      assert.deepEqual(seen.tags, ['circle', 'desc', 'g', 'path', 'rect', 'svg', 'text', 'title']);
      for (const word of ['RUNNING', 'PRE_COPY_P2P', 'missing', 'conditional', 'source', '1 missing']) {
        assert.ok(seen.text.includes(word), word);
      }
      assert.deepEqual(seen.outside, []);
      assert.match(svg, /<desc>[^<]*PRE_COPY_P2P to STOP_COPY: missing/);
    });
  }

  it('the diagram as PNG is sharp', async () => {
    const shown = await suite.open('nimbus');
    await shown.verdict('Migrated');
    const { content } = await exported(shown, 'Diagram as PNG');
    const bytes = Buffer.from('base64' in content ? content.base64 : '', 'base64');
    assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.ok(bytes.readUInt32BE(16) > 1500, `${bytes.readUInt32BE(16)} pixels wide`);
  });

  it('the diagram is shown when it is pictured', async () => {
    const shown = await suite.open('nimbus');
    await shown.verdict('Migrated');
    await shown.page.getByRole('tab', { name: 'Scenario' }).click();
    assert.match(textOf(await exported(shown, 'Diagram as SVG')), /RUNNING_P2P/);
  });

  it('the plots as SVG and PNG', async () => {
    const shown = await suite.open('nimbus');
    await shown.verdict('Migrated');
    const svg = textOf(await exported(shown, 'Plots as SVG'));
    const { seen, asked } = await alone(shown, svg);
    assert.deepEqual([asked, seen.broken, seen.outside], [[], false, []]);
    for (const word of ['Left to send', 'initial_bytes', 'Rates', '64 MiB', 'limit 300 ms']) {
      assert.ok(seen.text.includes(word), word);
    }
    const { content } = await exported(shown, 'Plots as PNG');
    assert.ok('base64' in content && content.base64.length > 20_000);
  });

  it('hostile names are only text', async () => {
    const shown = await suite.open('nimbus');
    const trace = scenarioTrace('precopy');
    const series = seriesOf(trace.steps, 'source', trace.link);
    assert.ok(series !== null);
    const ink = {
      ground: '#fff',
      text: '#000',
      dim: '#777',
      first: '#00f',
      second: '#f80',
      third: '#080',
      level: '#f00',
    };
    for (const text of hostileTexts) {
      const { seen, asked } = await alone(shown, plotsSvg(plotsOf(series, 300_000), series.phases, text, ink));
      assert.deepEqual([asked, seen.broken], [[], false], text);
      assert.deepEqual(seen.tags, ['desc', 'g', 'path', 'rect', 'svg', 'text', 'title'], text);
    }
  });
});
