import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import { doubtOf } from './facts';
import type { Machine } from './machine';
import type { Outcome } from './model';
import type { RawOutcome } from './outcomes';

/** Text between the definitions of a module that is no C. */
export interface Tear {
  readonly message: string;
  readonly location: Location;
}

/** The first place of a module's files where text between the definitions is no C, or brackets do not match. */
export function firstTear(module: CModule): Tear | null {
  for (const file of module.files) {
    const [problem] = file.problems;
    if (problem) return { message: problem.message, location: { file: file.path, span: problem.span } };
  }
  return null;
}

/** A success that hangs on text that is no C, or on a function that such text may hold, as one that is not known. */
export function surely(raw: RawOutcome, tear: Tear | null): RawOutcome {
  const { outcome, facts, foreign } = raw;
  if (outcome.kind !== 'success') return raw;
  const doubt = facts.map(doubtOf).find((reason) => reason !== null);
  const reason = doubt ?? (foreign === null ? null : (tear?.message ?? null));
  return reason === null ? raw : { ...raw, outcome: unknownAs(outcome, reason) };
}

/** In a function whose brackets do not match nobody knows which conditions a refusal is under. */
export function trusted(raw: RawOutcome, { damaged, metBroken }: Machine): RawOutcome {
  const { outcome } = raw;
  // A loop whose text is no C may end once it is.
  if (outcome.kind === 'unknown' && outcome.endless && metBroken) {
    return { ...raw, outcome: unknownAs(outcome, outcome.reason) };
  }
  if (damaged.size === 0 || outcome.kind !== 'error' || outcome.failedCall) return raw;
  const { file, span } = outcome.at;
  const broken = [...damaged].find((d) => d.file === file && d.span.start <= span.start && span.end <= d.span.end);
  return broken ? { ...raw, outcome: unknownAs(outcome, `the brackets of ${broken.name}() do not match`) } : raw;
}

/** Not known, with the story of another outcome. */
function unknownAs(outcome: Outcome, reason: string): Outcome {
  return {
    kind: 'unknown',
    reason,
    endless: false,
    at: outcome.at,
    get conditions() {
      return outcome.conditions;
    },
    get trail() {
      return outcome.trail;
    },
  };
}
