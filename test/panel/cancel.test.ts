import assert from 'node:assert/strict';
import type { PanelPage } from './support/page';
import { panelSuite } from './support/suite';

const states = { name: 'states.txt', text: 'RUNNING\nPRE_COPY\nSTOP_COPY\n' };

describe('a panel whose user does not wait', function () {
  this.timeout(60_000);
  const { open } = panelSuite();
  const lastTitle = ({ told }: PanelPage): string | undefined =>
    told.flatMap((message) => (message.kind === 'title' ? [message.title] : [])).at(-1);
  const isCalm = async ({ page }: PanelPage): Promise<void> => {
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.equal(await page.getByText('Opening …').count(), 0);
    assert.equal(await page.getByText('Running …').count(), 0);
  };

  it('says that opening a file was cancelled, and opens it when asked again', async () => {
    const panel = await open('nimbus', { width: 1500 });
    await panel.verdict('Migrated');
    panel.answers.chooseFile = () => states;
    const wait = panel.cancelling('import');
    await panel.button('Import').click();
    await panel.page.getByRole('paragraph').filter({ hasText: 'Opening states.txt was cancelled.' }).waitFor();
    await isCalm(panel);
    assert.equal(lastTitle(panel), 'VFIO Migration');
    await panel.button('Choose a machine').waitFor();
    await panel.picture('cancelled-opening');
    await panel.page.getByRole('combobox', { name: 'Run' }).selectOption('Run 1: nimbus-vfio-pci');
    await panel.verdict('Migrated');
    assert.equal(lastTitle(panel), 'nimbus-vfio-pci migration');
    await panel.page.getByRole('combobox', { name: 'Run' }).selectOption('states.txt');
    wait();
    await panel.button('Open again').click();
    await panel.page.getByRole('option', { name: 'PRE_COPY' }).first().waitFor();
    await isCalm(panel);
  });

  it('shows the run before when another was cancelled, and runs it when asked again', async () => {
    const panel = await open('nimbus', { width: 1500 });
    await panel.verdict('Migrated');
    await panel.button('To the beginning').click();
    const wait = panel.cancelling('run');
    await panel.page.getByRole('combobox', { name: 'Scenario' }).selectOption('stop-copy');
    const notice = panel.page.locator('.notice', { hasText: 'the run is as it was before' });
    await notice.waitFor();
    await isCalm(panel);
    await panel.page.getByText(/^0 \/ \d+$/).waitFor();
    await panel.verdict('Migrated');
    await panel.picture('cancelled-run');
    wait();
    await panel.button('Run again').click();
    await notice.waitFor({ state: 'detached' });
    await panel.verdict('Migrated');
    assert.equal(await panel.page.getByRole('combobox', { name: 'Scenario' }).inputValue(), 'stop-copy');
  });

  it('says that opening its driver was cancelled, and that a file could not be read', async () => {
    const panel = await open(null, { file: { name: 'broken.json', text: '{' } });
    await panel.page.getByRole('alert').waitFor();
    await panel.page.getByText('Opening broken.json failed.').waitFor();
    assert.equal(await panel.button('Open again').count(), 0);
    panel.cancelling('open');
    panel.answers.pickMachine = () => ({ kind: 'reference', flags: ['STOP_COPY'], profile: '7.1' });
    await panel.button('Choose a driver').click();
    await panel.page.getByRole('paragraph').filter({ hasText: 'Opening Run 2 was cancelled.' }).waitFor();
    await panel.button('Open again').waitFor();
  });
});
