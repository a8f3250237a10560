import assert from 'node:assert/strict';
import type { Box, Point } from '../../client/src/panel/diagram/geometry';
import { boundsOf, boxAround, contains, overlap, samplesOf } from '../../client/src/panel/diagram/geometry';
import type { ArcPlace, Layout, Shape } from '../../client/src/panel/diagram/layout';
import { layoutOf } from '../../client/src/panel/diagram/layout';
import { signSize } from '../../client/src/panel/diagram/signs';
import { arcText, newestProfile, requiredArcs, statesFor, transitionsOf, validFlagSets } from '../../server/src/uapi';

const shapes: readonly Shape[] = ['wide', 'narrow'];
const drawings = validFlagSets(newestProfile.id).flatMap((flags) =>
  shapes.flatMap((shape) => [
    { name: `${flags.join('|')}, ${shape}, what the protocol asks for`, flags, shape, arcs: requiredArcs(flags) },
    { name: `${flags.join('|')}, ${shape}, every pair of states`, flags, shape, arcs: transitionsOf(flags) },
  ]),
);

describe('the hand-made drawing of the state machine', () => {
  for (const { name, flags, shape, arcs } of drawings) {
    describe(name, () => {
      const layout = layoutOf(statesFor(flags), arcs, shape);
      const drawn = [...layout.arcs, layout.reset];

      it('has every state of the flags, ERROR, and every arc', () => {
        const states = layout.states.map(({ state }) => state);
        assert.deepEqual(states.toSorted(), [...statesFor(flags), 'ERROR'].toSorted());
        assert.deepEqual(layout.arcs.map(arcText).toSorted(), arcs.map(arcText).toSorted());
      });

      it('no arc goes through a state or a word', () => {
        const words = drawn.flatMap(({ label }) => (label === null ? [] : [label.box]));
        for (const arc of drawn) {
          const points = samplesOf(arc.route, 1);
          for (const box of [...layout.states.map((state) => state.box), ...words]) {
            const inside = points.filter((point) => contains(box, point));
            assert.deepEqual(inside, [], `${arcText(arc)} and ${JSON.stringify(box)}`);
          }
        }
      });

      it('no arc touches a sign of another', () => {
        for (const arc of drawn) {
          for (const sign of arc.signs) {
            const box = boxAround(sign, signSize, signSize);
            for (const other of drawn.filter((each) => each !== arc)) {
              const touched = samplesOf(other.route, 1).filter((point) => contains(box, point));
              assert.deepEqual(touched, [], `${arcText(other)} and a sign of ${arcText(arc)}`);
            }
          }
        }
      });

      it('states, words and signs do not overlap', () => {
        const boxes = [
          ...layout.states.map(({ box }) => box),
          ...drawn.flatMap(({ label }) => (label === null ? [] : [label.box])),
          ...drawn.flatMap(({ signs }) => signs.map((sign) => boxAround(sign, signSize, signSize))),
        ];
        for (const [index, box] of boxes.entries()) {
          const hit = boxes.slice(index + 1).find((other) => overlap(box, other));
          assert.equal(hit, undefined, JSON.stringify({ box, hit }));
        }
      });

      it('begins and ends at its states', () => {
        for (const arc of drawn) {
          const box = (state: string) => layout.states.find((each) => each.state === state)?.box;
          assert.ok(onBorder(box(arc.from), arc.route[0], 0.01), `${arcText(arc)} begins`);
          assert.ok(onBorder(box(arc.to), arc.head, 3), `${arcText(arc)} ends`);
        }
      });

      it('two arcs never share a line', () => {
        for (const [index, arc] of drawn.entries()) {
          for (const other of drawn.slice(index + 1)) {
            const near = shared(arc, other);
            assert.ok(near < 8, `${arcText(arc)} and ${arcText(other)} run together for ${near}`);
          }
        }
      });

      it('lies inside its bounds', () => {
        const all = boundsOf(drawn.flatMap(({ route }) => route.map((point) => boxAround(point, 0, 0))));
        assert.ok(within(layout.bounds, all));
      });
    });
  }

  it('what the protocol asks for has a word each, and room for a fault and a difference', () => {
    for (const { flags, shape } of drawings) {
      for (const { label, signs, ...arc } of layoutOf(statesFor(flags), requiredArcs(flags), shape).arcs) {
        assert.ok(label !== null && signs.length >= 2, `${arcText(arc)}, ${flags.join('|')}, ${shape}`);
      }
    }
  });

  it('is readable from 300 pixels on: the text of the narrow one is no smaller than 8 pixels there', () => {
    for (const { flags, arcs, shape } of drawings.filter((each) => each.shape === 'narrow' && each.arcs.length < 20)) {
      const { bounds } = layoutOf(statesFor(flags), arcs, shape);
      assert.ok((300 / bounds.width) * 8 >= 8, `${flags.join('|')}: ${bounds.width}`);
    }
  });
});

function onBorder(box: Box | undefined, { x, y }: Point, gap: number): boolean {
  if (box === undefined) return false;
  const outside = Math.max(box.x - x, x - box.x - box.width, box.y - y, y - box.y - box.height);
  return Math.abs(outside) <= gap;
}

/** How much of one arc lies on another. */
function shared(a: ArcPlace, b: ArcPlace): number {
  const other = samplesOf(b.route, 1);
  return samplesOf(a.route, 1).filter((point) => other.some(({ x, y }) => Math.hypot(x - point.x, y - point.y) < 2))
    .length;
}

function within({ x, y, width, height }: Layout['bounds'], inner: Box): boolean {
  return inner.x >= x && inner.y >= y && inner.x + inner.width <= x + width && inner.y + inner.height <= y + height;
}
