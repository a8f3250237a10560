import type { ArcVerdict, MachineArc } from '../../../../server/src/wire';
import { t } from '../texts';
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
    word: t('handled'),
    shortWord: t('handled'),
    sign: null,
    dashes: [],
    head: 'full',
    meaning: t('The flags ask for it and the driver carries it out.'),
  },
  conditional: {
    word: t('conditional'),
    shortWord: t('if …'),
    sign: 'diamond',
    dashes: [10, 3],
    head: 'full',
    meaning: t('The driver carries it out, but not whenever its flags are declared.'),
  },
  missing: {
    word: t('missing'),
    shortWord: t('missing'),
    sign: 'cross',
    dashes: [4, 4],
    head: 'bar',
    meaning: t('The flags ask for it and the driver refuses it.'),
  },
  undecided: {
    word: t('undecided'),
    shortWord: t('undecided'),
    sign: 'question',
    dashes: [2, 3],
    head: 'open',
    meaning: t('The analysis could not tell; it is simulated as if it succeeded.'),
  },
  superfluous: {
    word: t('superfluous'),
    shortWord: t('superfluous'),
    sign: 'plus',
    dashes: [1, 3],
    head: 'open',
    meaning: t('The driver carries it out though none of its flag sets asks for it.'),
  },
  'not-required': {
    word: t('not required'),
    shortWord: t('not req.'),
    sign: null,
    dashes: [1, 5],
    head: 'open',
    meaning: t('These flags do not ask for it.'),
  },
};

/** True for the arcs that a drawing has: what is asked for, and what the driver does beyond that. */
export function isDrawn({ verdict, outcome }: MachineArc): boolean {
  return verdict !== 'not-required' || outcome.kind === 'success';
}
