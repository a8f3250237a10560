import type { Arc } from '../uapi';
import type { Tear } from './doubt';
import type { Judgement } from './judge';
import type { RawOutcome } from './outcomes';

/** What came out of set_state for one pair, and the text that is no C among what it may depend on. */
export interface Ran {
  readonly outcomes: readonly RawOutcome[];
  readonly tear: () => Tear | null;
}

/** The outcomes of all pairs under one set of assumptions. */
export class Table {
  constructor(
    private readonly ran: ReadonlyMap<string, Ran>,
    private readonly judgements: ReadonlyMap<string, Judgement>,
    readonly fallback: readonly RawOutcome[],
  ) {}

  outcomes(arc: Arc): readonly RawOutcome[] {
    return this.ran.get(keyOf(arc))?.outcomes ?? [];
  }

  tear(arc: Arc): Tear | null {
    return this.ran.get(keyOf(arc))?.tear() ?? null;
  }

  judgement(arc: Arc): Judgement {
    return this.judgements.get(keyOf(arc)) ?? { status: 'undecided', refusal: null };
  }
}

export const keyOf = (arc: Arc): string => `${arc.from}>${arc.to}`;

/** The value of a function that is asked for it when somebody needs it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
