import assert from 'node:assert/strict';
import { appearances, isDrawn } from '../../client/src/panel/diagram/appearance';
import { arcLabel, cardOf } from '../../client/src/panel/diagram/cardContent';
import type { Scene } from '../../client/src/panel/diagram/scene';
import { sceneOf } from '../../client/src/panel/diagram/scene';
import type { MachineArc, MachineDescription, SimulationSession, Trace } from '../../server/src/wire';
import { arcVerdicts } from '../../server/src/wire';
import { demoDriver, placeAt, scenarioTrace, without } from '../support/scenarioTrace';

function session({ title, devices, link, scenario, steps, verdict }: Trace): SimulationSession {
  return { id: '1', title, devices, link, scenario, steps, verdict };
}

function sceneAfter(
  run: SimulationSession,
  isWanted: (step: SimulationSession['steps'][number]) => boolean,
  device = 'source',
): Scene {
  const index = run.steps.findIndex(isWanted);
  const scene = sceneOf(run, index + 1, device);
  assert.ok(index >= 0 && scene !== null);
  return scene;
}

describe('what the diagram shows of a run', () => {
  const run = session(scenarioTrace('precopy'));

  it('all devices are RUNNING at the beginning, and nothing has moved', () => {
    const scene = sceneOf(run, 0, 'source');
    assert.deepEqual(scene?.tokens, [
      { device: 'source', state: 'RUNNING', open: true },
      { device: 'target', state: 'RUNNING', open: true },
    ]);
    assert.equal(scene?.trail, null);
    assert.equal(sceneOf(run, 0, 'nobody'), null);
  });

  it('the way of the last transition is the arcs that it took, of whichever device', () => {
    const { trail } = sceneAfter(run, ({ event }) => event.kind === 'feature' && event.request === 4);
    assert.deepEqual(trail, {
      device: 'target',
      arcs: [
        { from: 'RUNNING', to: 'RUNNING_P2P' },
        { from: 'RUNNING_P2P', to: 'STOP' },
        { from: 'STOP', to: 'RESUMING' },
      ],
      failed: null,
      reset: false,
    });
    assert.equal(sceneAfter(run, ({ event }) => event.kind === 'pass').trail, null);
  });

  it('a refused arc is where the way ends, a reset leads to RUNNING', () => {
    const broken = session(scenarioTrace('precopy', {}, without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY')));
    const { trail } = sceneAfter(broken, ({ rows }) => rows.some(({ kind }) => kind === 'failure'));
    assert.deepEqual(trail?.failed, { from: 'PRE_COPY_P2P', to: 'STOP_COPY' });
    assert.deepEqual(trail.arcs, []);
    const back = sceneAfter(broken, ({ event }) => event.kind === 'reset');
    assert.equal(back.trail?.reset, true);
    assert.equal(back.tokens[0]?.state, 'RUNNING');
  });

  it('a fault is armed until its arc has failed', () => {
    const faulty = session(scenarioTrace('recovery', { arc: 'RUNNING -> PRE_COPY' }));
    const armed = { arc: { from: 'RUNNING', to: 'PRE_COPY' }, errno: 'EIO' };
    assert.deepEqual(sceneAfter(faulty, ({ event }) => event.kind === 'fault').armed, [armed]);
    assert.deepEqual(sceneAfter(faulty, ({ event }) => event.kind === 'fault', 'target').armed, []);
    assert.deepEqual(sceneAfter(faulty, ({ rows }) => rows.some(({ kind }) => kind === 'failure')).armed, []);
  });
});

describe('how verdicts look', () => {
  it('each has a word, a line and an arrowhead that no other has', () => {
    const looks = arcVerdicts.map((verdict) => {
      const { dashes, head, sign } = appearances[verdict];
      return [dashes.join(), head, sign].join(' ');
    });
    assert.equal(new Set(looks).size, arcVerdicts.length);
    assert.equal(new Set(arcVerdicts.map((verdict) => appearances[verdict].word)).size, arcVerdicts.length);
  });

  it('what is not asked for and not done is not drawn', () => {
    const { arcs } = demoDriver();
    assert.equal(arcs.length, 42);
    assert.equal(arcs.filter(isDrawn).length, 15);
    const eager = arcs.map((arc) => ({ ...arc, outcome: { kind: 'success', file: 'as-due' } as const }));
    assert.equal(eager.filter(isDrawn).length, 42);
  });
});

describe('the card of an arc', () => {
  const arc = { from: 'PRE_COPY_P2P', to: 'STOP_COPY' } as const;
  const changed = (change: Partial<MachineArc>): MachineDescription => {
    const machine = demoDriver();
    return {
      ...machine,
      ref: { kind: 'driver', uri: 'file:///a.c', ops: 'ops' },
      arcs: machine.arcs.map((each) => (each.from === arc.from && each.to === arc.to ? { ...each, ...change } : each)),
    };
  };

  it('says what the protocol asks for and what the driver does', () => {
    const refused = cardOf(changed({ verdict: 'missing', outcome: { kind: 'missing', errno: 'EINVAL' } }), arc);
    assert.equal(refused?.outcome, 'This driver refuses it with -EINVAL.');
    assert.match(refused.contract.join(' '), /streams the rest .* Hands out no fd\./);
    const late = cardOf(changed({ outcome: { kind: 'success', file: 'new-file', leaves: 'state' } }), arc);
    assert.equal(
      late?.outcome,
      'This driver carries it out and hands out an fd that nobody asked for, yet leaves the device where it was.',
    );
    assert.equal(cardOf(changed({}), { from: 'STOP_COPY', to: 'ERROR' }), null);
  });

  it('tells the lines from where the arc is selected, and how many it leaves out', () => {
    const story = Array.from({ length: 30 }, (_, line) => ({ what: `does ${line + 1}`, location: placeAt(line + 1) }));
    const card = cardOf(changed({ story, handler: placeAt(12) }), arc);
    assert.deepEqual(
      card?.story.map(({ what, decides }) => [what, decides]),
      [11, 12, 13, 14, 15, 16, 17, 18].map((line) => [`does ${line}`, line === 12]),
    );
    assert.equal(card.left, 22);
    assert.equal(cardOf(changed({ story, handler: null }), arc)?.story.at(-1)?.what, 'does 30');
  });

  it('is heard as it is seen', () => {
    const machine = changed({ verdict: 'conditional', condition: 'st->tracked' });
    const found = machine.arcs.find(({ from, to }) => from === arc.from && to === arc.to);
    assert.ok(found);
    assert.equal(arcLabel(found), 'PRE_COPY_P2P to STOP_COPY: conditional, if st->tracked');
  });
});
