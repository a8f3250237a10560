import type { ArcVerdict, MachineArc } from '../../../../server/src/wire';
import type { SignName } from './sign';

/** How a verdict on an arc looks: never by colour alone, so each has a word, a sign, a line and an arrowhead of its own. */
export interface Appearance {
  readonly word: string;
  /** Short enough for the narrow drawing. */
  readonly shortWord: string;
  /** The sign on its line; null for what needs none. */
  readonly sign: SignName | null;
  /** Lengths of dashes and gaps in the drawing's units; empty for a whole line. */
  readonly dashes: readonly number[];
  readonly head: 'full' | 'open' | 'bar';
  /** What it means, for the legend and the card. */
  readonly meaning: string;
}

export const appearances: Readonly<Record<ArcVerdict, Appearance>> = {
  handled: {
    word: 'handled',
    shortWord: 'handled',
    sign: null,
    dashes: [],
    head: 'full',
    meaning: 'The flags ask for it and the driver carries it out.',
  },
  conditional: {
    word: 'conditional',
    shortWord: 'if …',
    sign: 'diamond',
    dashes: [10, 3],
    head: 'full',
    meaning: 'The driver carries it out, but not whenever its flags are declared.',
  },
  missing: {
    word: 'missing',
    shortWord: 'missing',
    sign: 'cross',
    dashes: [4, 4],
    head: 'bar',
    meaning: 'The flags ask for it and the driver refuses it.',
  },
  undecided: {
    word: 'undecided',
    shortWord: 'undecided',
    sign: 'question',
    dashes: [2, 3],
    head: 'open',
    meaning: 'The analysis could not tell; it is simulated as if it succeeded.',
  },
  superfluous: {
    word: 'superfluous',
    shortWord: 'superfluous',
    sign: 'plus',
    dashes: [1, 3],
    head: 'open',
    meaning: 'The driver carries it out though none of its flag sets asks for it.',
  },
  'not-required': {
    word: 'not required',
    shortWord: 'not req.',
    sign: null,
    dashes: [1, 5],
    head: 'open',
    meaning: 'These flags do not ask for it.',
  },
};

/** True for the arcs that a drawing has: what is asked for, and what the driver does beyond that. */
export function isDrawn({ verdict, outcome }: MachineArc): boolean {
  return verdict !== 'not-required' || outcome.kind === 'success';
}
