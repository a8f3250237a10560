import assert from 'node:assert/strict';
import type { Spot } from '../../client/src/panel/diagram/focus';
import { moveFocus } from '../../client/src/panel/diagram/focus';
import type { Layout } from '../../client/src/panel/diagram/layout';
import { layoutOf } from '../../client/src/panel/diagram/layout';
import { newestProfile, requiredArcs, statesFor, transitionsOf, validFlagSets } from '../../server/src/uapi';

const arrows = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
const all = ['STOP_COPY', 'P2P', 'PRE_COPY'] as const;
const text = (spot: Spot | null) => (spot === null ? 'nothing' : JSON.stringify(Object.values(spot)[0]));

describe('arrow keys in the drawing', () => {
  const layout = layoutOf(statesFor(all), requiredArcs(all), 'wide');
  const walk = (start: Spot, ...keys: string[]) =>
    keys.reduce<Spot | null>((spot, key) => (spot === null ? null : moveFocus(layout, spot, key)), start);

  it('lead over an arc to the state at its end, and back', () => {
    assert.deepEqual(walk({ state: 'RUNNING' }, 'ArrowRight'), { arc: { from: 'RUNNING', to: 'RUNNING_P2P' } });
    assert.deepEqual(walk({ state: 'RUNNING' }, 'ArrowRight', 'ArrowRight'), { state: 'RUNNING_P2P' });
    assert.deepEqual(walk({ state: 'RUNNING' }, 'ArrowRight', 'ArrowLeft'), { state: 'RUNNING' });
    assert.deepEqual(walk({ state: 'RUNNING_P2P' }, 'ArrowDown', 'ArrowDown'), { state: 'PRE_COPY_P2P' });
  });

  it('lead to a state beside where no arc goes', () => {
    assert.deepEqual(walk({ state: 'RESUMING' }, 'ArrowDown'), { state: 'ERROR' });
    assert.deepEqual(walk({ state: 'STOP_COPY' }, 'ArrowRight'), { state: 'ERROR' });
    assert.equal(walk({ state: 'RUNNING' }, 'ArrowUp'), null);
  });

  it('go round the arcs of a state', () => {
    assert.deepEqual(walk({ state: 'RUNNING' }, 'ArrowRight', 'ArrowDown'), {
      arc: { from: 'RUNNING', to: 'PRE_COPY' },
    });
  });

  it('Home and End lead to the first and the last state; other keys nowhere', () => {
    assert.deepEqual(walk({ state: 'STOP' }, 'End'), { state: 'ERROR' });
    assert.deepEqual(walk({ arc: { from: 'STOP', to: 'RESUMING' } }, 'Home'), { state: 'STOP' });
    assert.equal(walk({ state: 'STOP' }, 'x'), null);
  });

  it('reach every state and every arc from anywhere, in each drawing', () => {
    for (const flags of validFlagSets(newestProfile.id)) {
      for (const shape of ['wide', 'narrow'] as const) {
        for (const arcs of [requiredArcs(flags), transitionsOf(flags)]) {
          const drawing = layoutOf(statesFor(flags), arcs, shape);
          const spots = spotsOf(drawing).map(text).toSorted();
          for (const start of spotsOf(drawing)) {
            assert.deepEqual(
              reachable(drawing, start).toSorted(),
              spots,
              `${flags.join('|')} ${shape} from ${text(start)}`,
            );
          }
        }
      }
    }
  });
});

function spotsOf({ states, arcs }: Layout): readonly Spot[] {
  return [...states.map(({ state }) => ({ state })), ...arcs.map(({ from, to }) => ({ arc: { from, to } }))];
}

function reachable(layout: Layout, start: Spot): string[] {
  const seen = new Map([[text(start), start]]);
  for (const spot of seen.values()) {
    for (const key of arrows) {
      const next = moveFocus(layout, spot, key);
      if (next !== null) seen.set(text(next), next);
    }
  }
  return [...seen.keys()];
}
