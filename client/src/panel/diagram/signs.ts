import type { Box, Point, Route } from './geometry';
import { boxAround, distance, overlap, pointAt, samplesOf } from './geometry';

/** The side of the square that a sign on an arc has: a fault, a difference, a verdict. */
export const signSize = 10;

/** Where along an arc a sign may sit, the best first: out of the way of a word beside the middle. */
const parts = { lane: [0.47, 0.2, 0.74], other: [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88] } as const;
/** As many as an arc can need: its verdict, an armed fault, a difference. */
const most = 3;
const step = 2;

/**
 * For each arc, places on it that no other arc, state or word touches.
 * @param obstacles States and words.
 */
export function signPlaces(
  arcs: readonly { readonly route: Route; readonly isLane: boolean }[],
  obstacles: readonly Box[],
): readonly (readonly Point[])[] {
  const samples = arcs.map(({ route }) => samplesOf(route, step));
  const taken: Box[] = [...obstacles];
  return arcs.map(({ route, isLane }, index) => {
    const found: Point[] = [];
    for (const part of isLane ? parts.lane : parts.other) {
      const { x, y } = pointAt(route, part);
      const box = boxAround({ x, y }, signSize, signSize);
      const isFree =
        !taken.some((other) => overlap(box, other)) &&
        !samples.some((points, other) => other !== index && points.some((point) => isNear(point, { x, y })));
      if (isFree && found.length < most) {
        found.push({ x, y });
        taken.push(box);
      }
    }
    return found;
  });
}

function isNear(a: Point, b: Point): boolean {
  return distance(a, b) < signSize / 2 + step / 2;
}
