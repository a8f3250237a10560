import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Locator } from 'playwright-core';
import type { PanelPage } from './support/page';
import { panelSuite } from './support/suite';
import { themes } from './support/themes';

describe('the diagram in a browser', function () {
  this.timeout(60_000);
  const suite = panelSuite();

  /** The panel on a sample driver, at the end of its migration. */
  const open = async (
    driver: 'nimbus' | 'stratus',
    options: Parameters<typeof suite.open>[1] = {},
  ): Promise<PanelPage> => {
    const shown = await suite.open(driver, options);
    await shown.verdict(driver === 'nimbus' ? 'Migrated' : 'Failed');
    return shown;
  };
  const state = ({ page }: PanelPage, name: string): Locator => page.locator(`.state[data-spot="${name}"]`);
  const arc = ({ page }: PanelPage, from: string, to: string): Locator =>
    page.locator(`.arc[data-spot="${from} ${to}"]`);
  // The middle of an arc's box may be beside it.
  const line = (shown: PanelPage, from: string, to: string): Locator => arc(shown, from, to).locator('.arc-word');
  const focus = (shown: PanelPage): Promise<string | null> =>
    shown.page.evaluate(`document.activeElement?.getAttribute('data-spot') ?? null`);
  const shows = ({ told }: PanelPage): readonly string[] =>
    told.flatMap((each) =>
      each.kind === 'show' ? [`${each.location.uri.split('/').at(-1)}:${each.location.range.start.line + 1}`] : [],
    );

  it('marks the missing arc by word, sign, dashes and arrowhead', async () => {
    const shown = await open('stratus');
    const missing = arc(shown, 'PRE_COPY_P2P', 'STOP_COPY');
    assert.match((await missing.getAttribute('aria-label')) ?? '', /^PRE_COPY_P2P to STOP_COPY: missing/);
    await missing.getByText('missing', { exact: true }).waitFor();
    assert.equal(await missing.locator('.sign-cross').count(), 1);
    assert.equal(await missing.locator('.head-bar').count(), 1);
    assert.notEqual(await missing.locator('.arc-line').getAttribute('stroke-dasharray'), '');
    await shown.page.getByText('1 missing').waitFor();
  });

  it('a click on a state asks for it, from where the device is', async () => {
    const shown = await open('nimbus');
    await shown.button('To the beginning').click();
    await state(shown, 'STOP_COPY').click();
    await shown.page.locator('.state.current[data-spot="STOP_COPY"]').waitFor();
    const sent = shown.told.flatMap((each) => (each.kind === 'call' && each.name === 'dispatch' ? [each.params] : []));
    assert.match(JSON.stringify(sent.at(-1)), /"ops":\["SET"\].*"request":3/);
    // The way there is drawn over the arcs that it took.
    assert.ok((await shown.page.locator('.trail-line').count()) >= 3);
  });

  it('a click on an arc tells what it is about, a double click opens its handler', async () => {
    const shown = await open('stratus');
    await line(shown, 'PRE_COPY_P2P', 'STOP_COPY').click();
    const card = shown.page.getByRole('complementary', { name: 'PRE_COPY_P2P to STOP_COPY' });
    await card.getByText('This driver refuses it with -EINVAL.').waitFor();
    await card.getByText('Hands out no fd.').waitFor();
    assert.deepEqual(shows(shown), []);
    await line(shown, 'PRE_COPY_P2P', 'STOP_COPY').dblclick();
    assert.deepEqual([...new Set(shows(shown))], ['main.c:299']);
  });

  it('the keyboard goes along the arcs and does all that the mouse does', async () => {
    const shown = await open('nimbus');
    await shown.button('To the beginning').click();
    await state(shown, 'RUNNING').focus();
    const { keyboard } = shown.page;
    const steps: (string | null)[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown']) {
      await keyboard.press(key);
      steps.push(await focus(shown));
    }
    assert.deepEqual(steps, ['RUNNING RUNNING_P2P', 'RUNNING_P2P', 'RUNNING_P2P PRE_COPY_P2P', 'PRE_COPY_P2P']);
    await keyboard.press('ArrowUp');
    await shown.page.getByRole('complementary', { name: 'PRE_COPY_P2P to RUNNING_P2P' }).waitFor();
    await keyboard.press('Escape');
    await shown.page.getByRole('complementary').waitFor({ state: 'detached' });
    await keyboard.press('Enter');
    assert.equal(shows(shown).length, 1);
    await keyboard.press('ArrowUp');
    assert.equal(await focus(shown), 'RUNNING_P2P');
    await keyboard.press('Enter');
    await shown.page.locator('.state.current[data-spot="RUNNING_P2P"]').waitFor();
    // One stop for Tab in the whole drawing.
    assert.equal(await shown.page.locator('.diagram-picture [tabindex="0"]').count(), 1);
  });

  it('shows all devices in one picture', async () => {
    const shown = await open('nimbus');
    await state(shown, 'RUNNING').getByText('target').waitFor();
    assert.match((await state(shown, 'STOP').getAttribute('aria-label')) ?? '', /source is here/);
  });

  for (const theme of themes) {
    it(`fits 300, 800 and 2000 pixels, ${theme}`, async () => {
      const shown = await open('stratus', { theme });
      for (const width of [300, 800, 2000]) {
        await shown.page.setViewportSize({ width, height: width === 2000 ? 1100 : 900 });
        await shown.page.waitForTimeout(100);
        const { page } = shown;
        const box = await page.locator('.diagram-picture').boundingBox();
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
        assert.ok(isDeepStrictEqual(await textSizes(shown), []), `${width}: ${JSON.stringify(await textSizes(shown))}`);
        await shown.picture(`diagram-${theme}-${width}`);
      }
    });
  }
});

/** Words that are drawn smaller than can be read, or wider than their place. */
async function textSizes({ page }: PanelPage): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('.diagram-picture text')]
    .map((text) => ({ text: text.textContent, height: text.getBoundingClientRect().height }))
    .filter(({ height }) => height < 8)`);
}
