import assert from 'node:assert/strict';
import { replacement } from '../support/lspClient';
import { samplePath, sampleText } from './support/samples';
import { panelSuite } from './support/suite';

describe('runs side by side in the panel', function () {
  this.timeout(60_000);
  const { open, server } = panelSuite();

  it('marks where a driver parts from the protocol', async () => {
    const panel = await open('stratus', { width: 1500 });
    await panel.verdict('Failed');
    await panel.menu('Compare', 'With the protocol');
    await panel.page.locator('.comparison', { hasText: /\d+ steps differ\./ }).waitFor();
    await panel.button('Previous difference').click();
    await panel.button('Next difference').click();
    await panel.page.getByRole('option', { name: 'errno: ' }).first().waitFor();
    await panel.page.getByRole('option', { name: 'only in a' }).first().waitFor();
    await panel.picture('compare');
    await panel.button('Stop comparing').click();
    await panel.page.getByText('only in a').first().waitFor({ state: 'detached' });
  });

  it('runs again when the driver is edited, says what changed and compares it with before', async () => {
    const main = samplePath('nimbus');
    const text = sampleText('nimbus');
    await server().open(main, text);
    const panel = await open('nimbus', { width: 1500 });
    await panel.verdict('Migrated');
    const arc = 'cur == VFIO_DEVICE_STATE_PRE_COPY_P2P && new == VFIO_DEVICE_STATE_STOP_COPY';
    await server().change(main, replacement(text, arc, arc.replace('STOP_COPY', 'ERROR')));
    await server().diagnostics(main);
    await panel.verdict('Failed');
    await panel.page
      .getByText(/^The driver was edited: \d+ of \d+ steps end otherwise now\.$/)
      .first()
      .waitFor();
    await panel.button('Go to step').click();
    await panel.page.getByRole('option', { name: 'changed' }).first().waitFor();
    await panel.picture('edited');
    await panel.button('Compare with before').click();
    await panel.page.locator('.comparison', { hasText: /\d+ steps differ\./ }).waitFor();
    await panel.picture('compare-edit');
    await server().change(main, { text: text.replace('migration_flags', 'other_flags') });
    await server().diagnostics(main);
    await panel.page.getByText('can not be simulated as it stands').first().waitFor();
    await server().change(main, { text });
    await server().diagnostics(main);
    await panel.verdict('Migrated');
    await server().close(main);
  });

  it('keeps what came later when one asks for something else, as another run', async () => {
    const panel = await open('nimbus', { width: 1500 });
    await panel.verdict('Migrated');
    await panel.button('To the beginning').click();
    await panel.button('One step on').click();
    await panel.button('Branch').click();
    await panel.page.getByText('1 / 1').waitFor();
    const runs = panel.page.getByRole('combobox', { name: 'Run' });
    assert.equal(await runs.locator('option').count(), 2);
    await runs.selectOption({ index: 0 });
    await panel.page.getByText(/^1 \/ 2\d\d$/).waitFor();
    await panel.button('Close this run').click();
    await panel.page.getByText('1 / 1').waitFor();
  });
});

describe('files in and out of the panel', function () {
  this.timeout(60_000);
  const { open } = panelSuite();

  it('exports a run in each format, and takes it in again', async () => {
    const panel = await open('nimbus', { width: 1500 });
    const saved: { name: string; text: string }[] = [];
    panel.answers.save = (params) => {
      saved.push(fileIn(params));
      return 'there';
    };
    await panel.verdict('Migrated');
    for (const title of ['Trace as JSON', 'Text', 'Mermaid', 'PlantUML', 'C program'])
      await panel.menu('Export', title);
    await panel.page.getByRole('status').getByText('Saved as there.').waitFor({ state: 'attached' });
    await panel.page.waitForTimeout(100);
    const starts = saved.map(({ name, text }) => `${name.slice(name.lastIndexOf('.'))} ${text.slice(0, 12)}`);
    assert.equal(saved.length, 5, starts.join('\n'));
    const [trace] = saved;
    assert.ok(trace);
    panel.answers.chooseFile = () => ({ name: 'mine.json', text: trace.text });
    await panel.button('Import').click();
    await panel.page.getByRole('combobox', { name: 'Run' }).getByText('mine.json').waitFor({ state: 'attached' });
    await panel.verdict('Migrated');
  });

  it('says what is wrong with a file, and where', async () => {
    const panel = await open('nimbus', { width: 1500 });
    await panel.verdict('Migrated');
    panel.answers.chooseFile = () => ({
      name: 'broken.json',
      text: '{\n  "schema": "vfio-arcs/trace",\n  nonsense\n}',
    });
    await panel.button('Import').click();
    await panel.page
      .getByRole('alert')
      .getByText(/^broken\.json:3: /)
      .waitFor();
    await panel.picture('import-broken');
  });
});

function fileIn(params: unknown): { name: string; text: string } {
  const { name, content } = Object(params);
  return { name: String(name), text: String(Object(content).text) };
}
