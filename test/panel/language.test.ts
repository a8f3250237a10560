import assert from 'node:assert/strict';
import { arcDoc, stateNames } from '../../server/src/uapi';
import { bracketed, outsideOf } from '../support/brackets';
import { replacement } from '../support/lspClient';
import type { PanelPage } from './support/page';
import { samplePath, sampleText } from './support/samples';
import { panelSuite } from './support/suite';
import { stringsIn, textsOf } from './support/wording';

/** What the documentation of the protocol says, which is the same in every language. */
const documented = stringsIn(stateNames.flatMap((from) => [from, ...stateNames.map((to) => arcDoc({ from, to }))]));
/** Names of C and of the protocol; the letters of the two sides of a comparison. */
const names = new Set(['C', 'fd', 'errno', 'initial_bytes', 'dirty_bytes', 'a', 'b', 'VMM']);
/** Figures with their units, as everywhere in this field. */
const figures = /^[-+\d.,/%×\s]*(?:(?:µs|ms|s|B|[KMGT]iB|[kMGT]?B\/s|[KMGT]iB\/s|Gbit\/s)[\s\d.,+-]*)*$/;

/** A line without what joins its parts. */
function partsOf(text: string): readonly string[] {
  return text
    .split(/→|->|[|·…;:,()=]|\s-(?=E[A-Z])|^-(?=E[A-Z])|[.:]\s|[.:]$/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => /\p{L}/u.test(part));
}

describe('the panel in another language', function () {
  this.timeout(120_000);
  const { open, server } = panelSuite();
  const seen = new Set<string>();

  /** Fails for texts that are neither in brackets nor what the page was told. */
  const check = async (panel: PanelPage, where: string): Promise<void> => {
    const texts = await textsOf(panel.page);
    for (const text of texts) for (const [, key = ''] of text.matchAll(/⟦([^⟦⟧]*)⟧/g)) seen.add(key);
    const told = new Set([...stringsIn(panel.heard), ...documented].flatMap(partsOf));
    const files = [...told].map((each) => each.slice(each.lastIndexOf('/') + 1));
    const isData = (part: string): boolean =>
      names.has(part) || figures.test(part) || told.has(part) || files.includes(part.replace(/ \d+$/, ''));
    const bare = texts.map(outsideOf).filter((text) => !partsOf(text).every(isData));
    assert.deepEqual([...new Set(bare)], [], where);
  };
  const tab = (panel: PanelPage, title: string) => panel.page.getByRole('tab', { name: title }).click();

  it('has every text of every view from its dictionary', async () => {
    const panel = await open('stratus', { texts: bracketed, width: 1500 });
    await panel.verdict('Failed');
    await check(panel, 'at first');
    for (const title of ['Arcs', 'Devices', 'Scenario', 'Faults and calls', 'Precopy lab', 'Diagram']) {
      await tab(panel, title);
      await check(panel, title);
    }
    await panel.page.locator('.arc').first().focus();
    await panel.page.locator('.arc-card').waitFor();
    await check(panel, 'the card of an arc');
    await tab(panel, 'Arcs');
    await panel.page.getByRole('checkbox', { name: 'Every pair' }).check();
    for (const row of await panel.page.locator('.arc-name').all()) {
      await row.click();
      await check(panel, 'the row of an arc');
    }
    for (const label of ['Compare', 'Export']) {
      await panel.page.locator('.menu > button', { hasText: '' }).and(panel.button(label)).click();
      await check(panel, `the menu ${label}`);
      await panel.page.keyboard.press('Escape');
    }
    await panel.page.getByRole('checkbox', { name: 'States only' }).check();
    await panel.button('To the beginning').click();
    await check(panel, 'the beginning');
    await panel.button('One step on').click();
    await panel.button('Branch').click();
    await panel.page.getByRole('combobox', { name: '⟦Run⟧' }).waitFor();
    await check(panel, 'two runs');
    await tab(panel, 'Faults and calls');
    await panel.page.getByRole('switch').first().press(' ');
    await panel.page.getByRole('switch', { checked: true }).first().waitFor();
    await check(panel, 'a fault that is armed');
    const titles = panel.told.flatMap((message) => (message.kind === 'title' ? [message.title] : []));
    assert.ok(titles.length > 0);
    assert.deepEqual(titles.map(outsideOf).join(''), '');
  });

  it('compares runs, tells of edits and of trouble in it', async () => {
    const main = samplePath('nimbus');
    const text = sampleText('nimbus');
    await server().open(main, text);
    const panel = await open('nimbus', { texts: bracketed, width: 1500 });
    await panel.verdict('Migrated');
    await panel.menu('Compare', 'With the protocol');
    await panel.page.locator('.comparison', { hasText: 'differ' }).waitFor();
    await check(panel, 'a comparison without a difference');
    const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
    await server().change(main, replacement(text, arc, arc.replace('STOP_COPY', 'ERROR')));
    await server().diagnostics(main);
    await panel.verdict('Failed');
    await panel.page.locator('.notice').first().waitFor();
    await check(panel, 'an edit');
    await panel.button('Compare with before').click();
    await panel.page.locator('.comparison', { hasText: 'differ' }).waitFor();
    await check(panel, 'a comparison with before');
    await server().change(main, { text: text.replace('migration_flags', 'other_flags') });
    await server().diagnostics(main);
    await panel.page.getByText('can not be simulated as it stands').first().waitFor();
    await check(panel, 'a driver that is none any more');
    await server().close(main);
  });

  it('says in it what a file tells, and that there is nothing yet', async () => {
    const states = 'RUNNING\nPRE_COPY\nSTOP_COPY\nPRE_COPY\n';
    const panel = await open(null, { texts: bracketed, file: { name: 'states.txt', text: states } });
    await panel.page.locator('.notice').first().waitFor();
    await check(panel, 'a file with a step that can not be made');
    await panel.close();
    const empty = await open(null, { texts: bracketed });
    await empty.page.locator('.empty').waitFor();
    await check(empty, 'nothing');
  });

  it('says in it what was cancelled', async () => {
    const panel = await open('nimbus', { texts: bracketed, width: 1500 });
    await panel.verdict('Migrated');
    panel.cancelling('run');
    await panel.page.getByRole('combobox', { name: '⟦Scenario⟧' }).selectOption('stop-copy');
    await panel.page.locator('.notice', { hasText: '⟦Cancelled: the run is as it was before.⟧' }).waitFor();
    await check(panel, 'a cancelled run');
    panel.cancelling('import');
    panel.answers.chooseFile = () => ({ name: 'states.txt', text: 'RUNNING' });
    await panel.button('Import').click();
    await panel.page.getByText('⟦Opening states.txt was cancelled.⟧').first().waitFor();
    await check(panel, 'a file that was not opened');
  });

  after(() => console.log(`      ${seen.size} texts of the panel were seen`));
});
