import type { JSX } from 'preact';
import type { Point } from './geometry';

/** Small signs on arcs, drawn rather than written: a font may lack them, and an exported picture has to look the same. */
export const signNames = ['cross', 'diamond', 'question', 'plus', 'bolt', 'unequal'] as const;
export type SignName = (typeof signNames)[number];

/** In a square of ten around the origin. */
const strokes: Readonly<Record<SignName, string>> = {
  cross: 'M-2.6 -2.6L2.6 2.6M-2.6 2.6L2.6 -2.6',
  diamond: 'M0 -3L3 0L0 3L-3 0Z',
  question: 'M-1.7 -1.4C-1.7 -3.7 1.9 -3.7 1.9 -1.4C1.9 0.1 0 0 0 1.5M0 3.1V3.2',
  plus: 'M-2.7 0H2.7M0 -2.7V2.7',
  bolt: 'M1 -3.6L-2 0.5H0L-1 3.6L2 -0.5H0Z',
  unequal: 'M-2.6 -1.2H2.6M-2.6 1.2H2.6M1.5 -3L-1.5 3',
};

interface SignProps {
  readonly name: SignName;
  readonly at: Point;
}

/** A sign in a disc that hides the line under it. */
export function Sign({ name, at }: SignProps): JSX.Element {
  return (
    <g class={`sign sign-${name}`} transform={`translate(${at.x} ${at.y})`}>
      <circle class="sign-ground" r={5} />
      <path class="sign-strokes" d={strokes[name]} />
    </g>
  );
}
