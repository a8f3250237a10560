import assert from 'node:assert/strict';
import { overlap } from '../../client/src/panel/diagram/geometry';
import { groupLayout } from '../../client/src/panel/group/layout';
import { groupOf } from '../../client/src/panel/group/model';
import { groupWords } from '../../client/src/panel/group/words';
import type { SimulationSession, Trace } from '../../server/src/wire';
import { scenarioTrace } from '../support/scenarioTrace';
import { panelSuite } from './support/suite';
import { themes } from './support/themes';

const kibi = 1024;
const mebi = 1024 ** 2;

function session({ title, devices, link, scenario, steps, verdict }: Trace): SimulationSession {
  return { id: '1', title, devices, link, scenario, steps, verdict };
}

/** The number of steps up to and with the first that is wanted. */
function stepAfter(
  { steps }: SimulationSession,
  isWanted: (step: SimulationSession['steps'][number]) => boolean,
): number {
  const index = steps.findIndex(isWanted);
  assert.ok(index >= 0, 'there is such a step');
  return index + 1;
}

describe('source and target with the stream between them', () => {
  const run = session(scenarioTrace('precopy'));

  it('nothing has happened at the beginning', () => {
    const { sources, targets, streams, transfers } = groupOf(run, 0);
    assert.deepEqual(
      [sources, targets].map((side) => side.map(({ name, state }) => [name, state])),
      [[['source', 'RUNNING']], [['target', 'RUNNING']]],
    );
    assert.deepEqual([streams, transfers], [[], []]);
  });

  it('a read is on the wire until it is delivered', () => {
    const first = stepAfter(run, ({ event }) => event.kind === 'send');
    assert.deepEqual(groupOf(run, first).streams, [
      {
        from: 'source',
        to: 'target',
        fd: 3,
        sent: mebi,
        written: 0,
        packets: [{ offset: 0, length: mebi }],
      },
    ]);
    const arrived = stepAfter(run, ({ effects }) => effects.some(({ kind }) => kind === 'delivered'));
    const [stream] = groupOf(run, arrived).streams;
    assert.equal(stream?.written, mebi);
    assert.ok(stream.packets.every(({ offset }) => offset >= mebi));
  });

  it('the wire holds exactly what the world says, at every step', () => {
    for (const [index, { after: world }] of run.steps.entries()) {
      const { streams } = groupOf(run, index + 1);
      const flying = streams.flatMap(({ packets }) => packets).reduce((sum, { length }) => sum + length, 0);
      assert.equal(flying, world.inFlight, `step ${index + 1}`);
    }
  });

  it('at the end all that was sent is written', () => {
    const [stream] = groupOf(run, run.steps.length).streams;
    const { bytes } = run.verdict ?? { bytes: { precopy: 0, stopCopy: 0 } };
    assert.equal(stream?.sent, bytes.precopy + bytes.stopCopy);
    assert.equal(stream.written, stream.sent);
  });
});

describe('a group with DMA between its devices', () => {
  const good = session(scenarioTrace('p2p-group'));
  const bad = session(scenarioTrace('p2p-group', { order: 'one-by-one' }));

  it('shows transfers under way, with the time that they need', () => {
    const begun = stepAfter(good, ({ event }) => event.kind === 'dma');
    assert.deepEqual(groupOf(good, begun).transfers, [
      { from: 'source 1', to: 'source 2', bytes: 64 * kibi, status: 'under way', left: 2000 },
    ]);
  });

  it('shows who waited to be quiesced, and what arrived meanwhile', () => {
    const waited = stepAfter(good, ({ effects }) => effects.some(({ kind }) => kind === 'waited'));
    const { sources, transfers } = groupOf(good, waited);
    assert.deepEqual(
      sources.map(({ name, waited: time }) => [name, time]),
      [
        ['source 1', 2000],
        ['source 2', null],
        ['source 3', null],
      ],
    );
    assert.deepEqual(
      transfers.map(({ status }) => status),
      ['arrived', 'arrived', 'arrived'],
    );
  });

  it('shows the transfer that reached a stopped device', () => {
    const broken = stepAfter(bad, ({ effects }) => effects.some(({ kind }) => kind === 'violation'));
    const { sources, transfers } = groupOf(bad, broken);
    assert.deepEqual(
      transfers.filter(({ status }) => status === 'violation').map(({ from, to }) => [from, to]),
      [['source 3', 'source 1']],
    );
    assert.equal(sources[0]?.violation, 'DMA from source 3 reached source 1');
    assert.ok(
      groupWords(groupOf(bad, broken)).includes('DMA of 64 KiB from source 3 to source 1 must not have happened.'),
    );
  });

  it('devices and pipes never lie on each other, however many there are', () => {
    for (const devices of [2, 3, 8]) {
      const run = session(scenarioTrace('p2p-group', { devices }));
      const step = stepAfter(run, ({ event }) => event.kind === 'dma');
      for (const shape of ['wide', 'narrow'] as const) {
        const { members, pipes, width, height } = groupLayout(groupOf(run, step), shape);
        const boxes = [...members.map(({ box }) => box), ...pipes.flatMap((box) => box ?? [])];
        assert.equal(boxes.length, 3 * devices);
        for (const [index, box] of boxes.entries()) {
          assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
          assert.ok(!boxes.slice(index + 1).some((other) => overlap(box, other)));
        }
      }
    }
  });
});

describe('the devices in a browser', function () {
  this.timeout(60_000);
  const suite = panelSuite();

  for (const theme of themes) {
    it(`a migration and a group at 300, 800 and 2000 pixels, ${theme}`, async () => {
      const shown = await suite.open('nimbus', { theme });
      const { page } = shown;
      await shown.verdict('Migrated');
      await page.getByRole('tab', { name: 'Devices' }).click();
      for (const scenario of ['precopy', 'p2p-group']) {
        if (scenario === 'p2p-group') {
          await page.getByLabel('Scenario', { exact: true }).selectOption(scenario);
          await page.locator('.member').nth(5).waitFor();
        }
        const wanted = scenario === 'precopy' ? 40 : 596;
        await page.getByRole('slider', { name: 'Step' }).fill(String(wanted));
        await page
          .getByText(scenario === 'precopy' ? 'on the wire' : 'DMA of 64 KiB')
          .first()
          .waitFor();
        for (const width of [300, 800, 2000]) {
          await page.setViewportSize({ width, height: 1000 });
          await page.waitForTimeout(150);
          const box = await page.locator('.group-picture').boundingBox();
          assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
          await shown.picture(`group-${scenario}-${theme}-${width}`);
        }
      }
    });
  }
});
