import assert from 'node:assert/strict';
import { layoutOf } from '../../client/src/panel/diagram/layout';
import { isSimulationSession, type MachineArc, type SimulationSession } from '../../server/src/wire';
import type { PanelPage } from './support/page';
import { panelSuite } from './support/suite';
import { themes } from './support/themes';

const verdicts: Readonly<Record<string, Partial<MachineArc>>> = {
  'RUNNING PRE_COPY': { verdict: 'conditional', condition: 'dev->tracking' },
  'RUNNING_P2P STOP': { verdict: 'undecided' },
  'STOP RUNNING_P2P': { verdict: 'undecided' },
  'RESUMING STOP': { verdict: 'missing', outcome: { kind: 'missing', errno: 'EINVAL' } },
  'PRE_COPY_P2P STOP_COPY': { verdict: 'missing', outcome: { kind: 'missing', errno: 'EINVAL' } },
  'PRE_COPY RUNNING': { verdict: 'conditional', condition: 'dev->tracking' },
  'RUNNING STOP': { verdict: 'superfluous', outcome: { kind: 'success', file: 'as-due' } },
  'RUNNING STOP_COPY': { verdict: 'superfluous', outcome: { kind: 'success', file: 'as-due' } },
  'STOP_COPY PRE_COPY_P2P': { verdict: 'superfluous', outcome: { kind: 'success', file: 'as-due' } },
  'PRE_COPY STOP_COPY': { verdict: 'not-required', outcome: { kind: 'success', file: 'as-due' } },
};

/** A driver that does everything oddly, with a fault armed. */
function odd(session: SimulationSession): SimulationSession {
  const devices = session.devices.map((device) => ({
    ...device,
    machine: {
      ...device.machine,
      arcs: device.machine.arcs.map((arc) => ({ ...arc, ...verdicts[`${arc.from} ${arc.to}`] })),
    },
  }));
  const [first, ...steps] = session.steps;
  const arc = { from: 'STOP_COPY', to: 'STOP' } as const;
  assert.ok(first !== undefined);
  const armed = { ...first, event: { kind: 'fault', device: 'source', arc, errno: 'EIO', leaves: null } as const };
  return { ...session, devices, steps: [armed, ...steps].slice(0, 60), verdict: null };
}

describe('every verdict in one diagram', function () {
  this.timeout(60_000);
  const suite = panelSuite();

  const open = async (options: Parameters<typeof suite.open>[1]): Promise<PanelPage> => {
    const shown = await suite.open(null, options);
    const { connection } = suite.server();
    const { drivers } = (await connection.sendRequest('vfio/simulation/catalogue')) as {
      drivers: readonly { name: string; ref: unknown }[];
    };
    const machine = drivers.find(({ name }) => name.startsWith('nimbus'))?.ref;
    const scenario = { name: 'precopy', parameters: {}, faults: [] };
    const answer: unknown = await connection.sendRequest('vfio/simulation/open', {
      devices: [
        { name: 'source', machine },
        { name: 'target', machine },
      ],
      scenario,
    });
    assert.ok(isSimulationSession(answer));
    const session = odd(answer);
    shown.answers.pickMachine = () => machine;
    shown.answers.open = () => session;
    await shown.button('Choose a driver').click();
    await shown.page.locator('.diagram-picture').waitFor();
    return shown;
  };

  it('arcs that only an odd driver has go around the outside, with a sign of their own', async () => {
    const shown = await open({ width: 1400 });
    assert.equal(await shown.page.locator('.arc.arc-superfluous').count(), 3);
    assert.equal(await shown.page.locator('.arc.arc-superfluous .sign-plus').count(), 3);
    assert.equal(await shown.page.locator('.arc[data-spot="STOP_COPY STOP"] .sign-bolt').count(), 1);
    await shown.page.getByText('1 fault armed').waitFor();
  });

  for (const theme of themes) {
    it(`words fit where the layout keeps room for them (${theme})`, async () => {
      const shown = await open({ theme });
      for (const [width, shape] of [
        [300, 'narrow'],
        [800, 'wide'],
        [2000, 'wide'],
      ] as const) {
        await shown.page.setViewportSize({ width, height: 1000 });
        await shown.page.waitForTimeout(150);
        const words = (await shown.page.evaluate(`[...document.querySelectorAll('.arc-word')].map((word) => {
          const { x, width } = word.getBBox();
          return { spot: word.closest('.arc').dataset.spot, text: word.textContent, x, width };
        })`)) as readonly { spot: string; text: string; x: number; width: number }[];
        assert.ok(words.length > 8);
        for (const { spot, text, x, width: taken } of words) {
          const box = labelBox(spot, shape);
          assert.ok(x >= box.x - 1 && x + taken <= box.x + box.width + 1, `${text} at ${spot}, ${width}: ${taken}`);
        }
        await shown.picture(`verdicts-${theme}-${width}`);
      }
    });
  }
});

function labelBox(spot: string, shape: 'wide' | 'narrow') {
  const states = ['STOP', 'RUNNING', 'STOP_COPY', 'RESUMING', 'RUNNING_P2P', 'PRE_COPY', 'PRE_COPY_P2P'] as const;
  const [from, to] = spot.split(' ');
  const arc = { from: states.find((state) => state === from), to: states.find((state) => state === to) };
  assert.ok(arc.from !== undefined && arc.to !== undefined);
  const label = layoutOf(states, [{ from: arc.from, to: arc.to }], shape).arcs[0]?.label;
  assert.ok(label);
  return label.box;
}
