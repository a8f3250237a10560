import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/repo';
import { panelSuite } from './support/suite';

describe('the bundle of the panel', () => {
  it('is at most 300 kB', () => {
    const bytes = statSync(join(root, 'dist/panel.js')).size + statSync(join(root, 'dist/panel.css')).size;
    assert.ok(bytes <= 300_000, `${bytes} bytes`);
  });
});

describe('the panel in a browser', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  it('shows at once where a driver’s migration fails', async () => {
    const panel = await open('stratus');
    await panel.verdict('Failed');
    const row = panel.page.getByRole('option', { name: 'PRE_COPY_P2P -> STOP_COPY: -EINVAL' });
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /main\.c:299/);
    for (const [name, width] of Object.entries({ wide: 1600, middle: 1000, narrow: 400 })) {
      await panel.page.setViewportSize({ width, height: 900 });
      await panel.picture(`first-${name}`);
    }
  });

  it('has the arc of a finding before one’s eyes', async () => {
    const panel = await open('stratus', { arc: { from: 'PRE_COPY', to: 'PRE_COPY_P2P' } });
    await panel.verdict('Failed');
    await panel.page.getByRole('complementary', { name: 'PRE_COPY to PRE_COPY_P2P' }).waitFor();
  });

  it('shows an arc that is chosen elsewhere, not behind what it tells of it, and after that was dismissed', async () => {
    const panel = await open('stratus', { width: 480, height: 800, arc: { from: 'RUNNING', to: 'PRE_COPY' } });
    await panel.verdict('Failed');
    const start = panel.heard.find((each) => each.kind === 'start');
    assert.ok(start?.kind === 'start' && start.start.from === 'machine');
    const { machine } = start.start;
    const card = (name: string) => panel.page.getByRole('complementary', { name });
    await panel.page.locator('[data-spot="RUNNING PRE_COPY"]').focus();
    await panel.page.keyboard.press('Escape');
    await card('RUNNING to PRE_COPY').waitFor({ state: 'detached' });
    await panel.page.getByRole('tab', { name: 'Faults and calls' }).click();
    for (const [from, to] of [
      ['STOP', 'RESUMING'],
      ['PRE_COPY_P2P', 'STOP_COPY'],
      ['RUNNING', 'PRE_COPY'],
    ] as const) {
      await panel.send({ kind: 'arc', machine, arc: { from, to } });
      await card(`${from} to ${to}`).waitFor();
      const told = await card(`${from} to ${to}`).boundingBox();
      const arc = await panel.page.locator(`[data-spot="${from} ${to}"]`).boundingBox();
      const view = await panel.page.locator('.view').boundingBox();
      assert.ok(told !== null && arc !== null && view !== null);
      const places = `${from} -> ${to}: ${JSON.stringify({ view, arc, told })}`;
      assert.ok(view.y - 1 <= arc.y && arc.y + arc.height <= told.y + 1, places);
    }
  });

  it('gives the machine the room that one wants, and keeps it', async () => {
    const panel = await open('nimbus', { width: 1400 });
    await panel.verdict('Migrated');
    const line = panel.button('Room of the machine');
    const widthOf = async (): Promise<number> => (await panel.page.locator('.machine').boundingBox())?.width ?? 0;
    const before = await widthOf();
    await line.focus();
    for (let press = 0; press < 3; press++) await panel.page.keyboard.press('ArrowLeft');
    await panel.untilKept(({ split }) => split === 35);
    assert.ok(Math.abs((await widthOf()) - 0.35 * 1400) < 3);
    await line.hover();
    await panel.page.mouse.down();
    await panel.page.mouse.move(900, 400);
    await panel.page.mouse.up();
    await panel.untilKept(({ split }) => split === 64);
    await panel.reload();
    await panel.verdict('Migrated');
    assert.ok(Math.abs((await widthOf()) - 0.64 * 1400) < 3);
    await line.press('Escape');
    await panel.untilKept(({ split }) => split === null);
    assert.ok(Math.abs((await widthOf()) - before) < 3);
  });

  it('draws few of many rows, and goes through time', async () => {
    const panel = await open('nimbus');
    const { page } = panel;
    await panel.verdict('Migrated');
    const drawn = await page.getByRole('option').count();
    assert.ok(drawn > 10 && drawn < 80, `${drawn} rows are drawn`);
    await panel.button('To the beginning').click();
    await page.getByText(/^0 \/ \d+$/).waitFor();
    await panel.button('One step on').click();
    await page.getByText(/^1 \/ \d+$/).waitFor();
    await page.getByRole('status').getByText('Step 1 of').waitFor({ state: 'attached' });
  });

  it('keeps its runs over a reload', async () => {
    const panel = await open('nimbus');
    await panel.verdict('Migrated');
    await panel.button('To the beginning').click();
    await panel.button('One step on').click();
    await panel.untilKept(({ runs }) => runs[0]?.cursor === 1);
    await panel.reload();
    await panel.page.getByText(/^1 \/ \d+$/).waitFor();
    await panel.verdict('Migrated');
  });

  it('opens its runs again when another server runs', async () => {
    const panel = await open('nimbus');
    await panel.verdict('Migrated');
    const opened = (): number => panel.told.filter((each) => each.kind === 'call' && each.name === 'open').length;
    assert.equal(opened(), 1);
    await panel.send({ kind: 'restarted' });
    await panel.verdict('Migrated');
    assert.equal(opened(), 2);
  });
});

describe('scenarios and faults in the panel', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  it('runs a scenario with the parameters of its form', async () => {
    const panel = await open('nimbus', { width: 1400 });
    await panel.verdict('Migrated');
    await panel.page.getByRole('tab', { name: 'Scenario' }).click();
    const initial = panel.page.getByRole('textbox', { name: 'Initial data' });
    assert.equal(await initial.inputValue(), '64 MiB');
    await initial.fill('many');
    await panel.page.getByText('This is not a size, as 64 MiB.').waitFor();
    await panel.picture('scenario-problem');
    const run = panel.page.getByRole('tabpanel').getByRole('button', { name: 'Run' });
    await panel.page.locator('.scenario vscode-button[disabled]').waitFor();
    await initial.fill('1 MiB');
    await panel.picture('scenario');
    await run.click();
    await panel.page.getByText('1 MiB pre-copy').waitFor();
    await panel.page
      .getByRole('combobox', { name: 'Scenario', exact: true })
      .selectOption({ label: 'Reset in every state' });
    await panel.verdict('Completed');
  });

  it('makes an error return of the driver happen', async () => {
    const panel = await open('nimbus', { width: 1400 });
    await panel.verdict('Migrated');
    await panel.page.getByRole('tab', { name: 'Faults' }).click();
    const group = panel.page.getByRole('region', { name: 'PRE_COPY_P2P -> STOP_COPY' });
    await group.getByRole('switch').first().press('Space');
    await panel.verdict('Failed');
    await group.getByText('happened').first().waitFor();
    await panel.picture('faults');
    const place = group.getByRole('button').first();
    const text = await place.textContent();
    await place.click();
    const shown = panel.told.find((each) => each.kind === 'show');
    assert.ok(shown?.kind === 'show');
    assert.equal(`${shown.location.uri.split('/').at(-1)}:${shown.location.range.start.line + 1}`, text);
    await group.getByRole('switch').first().press('Space');
    await panel.verdict('Migrated');
  });

  it('sends what one chooses by hand', async () => {
    const panel = await open('nimbus', { width: 1400 });
    await panel.verdict('Migrated');
    await panel.page.getByRole('combobox', { name: 'Scenario', exact: true }).selectOption({ label: 'By hand' });
    await panel.page.getByText('Nothing has happened yet').waitFor();
    await panel.page.getByRole('tab', { name: 'Faults' }).click();
    await panel.button('GET device_state').click();
    await panel.page.getByText('1 / 1').waitFor();
    await panel.button('Break down').click();
    await panel.page.getByRole('radio', { name: 'source ERROR' }).waitFor();
    await panel.button('Reset').click();
    await panel.page.getByRole('radio', { name: 'source RUNNING' }).waitFor();
    await panel.picture('by-hand');
  });
});

describe('a panel that is opened on a file', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  it('replays what it tells, and marks the first step that can not be', async () => {
    const panel = await open(null, { file: { name: 'states.txt', text: 'RUNNING\nPRE_COPY\nSTOP_COPY\nPRE_COPY\n' } });
    await panel.page.locator('.notice', { hasText: /^Step \d+ can not be made: / }).waitFor();
    await panel.page.getByRole('option', { name: 'can not be' }).waitFor();
    await panel.picture('impossible');
    await panel.untilKept(({ runs }) => runs[0]?.origin.from === 'file');
    await panel.reload();
    await panel.page.getByRole('option', { name: 'can not be' }).waitFor();
  });
});
