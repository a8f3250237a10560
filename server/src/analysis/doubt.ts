import type { Location } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import { doubtOf } from './facts';
import type { Outcome } from './model';
import type { RawOutcome } from './outcomes';
import type { Undeclared } from './undeclared';

/** Text that is no C, between the definitions of a module or in a function. */
export interface Tear {
  readonly message: string;
  readonly location: Location;
}

/** The first place of a module's files where text between the definitions is no C, or brackets do not match. */
export function firstTear(module: CModule): Tear | null {
  for (const file of module.files) {
    const problem = file.problems.find(({ kind }) => kind === 'syntax');
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

/** A success in a run that came by text that is no C as one that is not known. */
export function torn(raw: RawOutcome, tear: () => Tear | null): RawOutcome {
  const reason = raw.outcome.kind === 'success' ? tear()?.message : undefined;
  return reason === undefined ? raw : { ...raw, outcome: unknownAs(raw.outcome, reason) };
}

/** The first place in functions that an execution came to whose text is no C, or was not looked at. */
export function tearIn(functions: readonly FunctionDecl[], undeclared: Undeclared): Tear | null {
  for (const decl of functions) {
    const ir = decl.ir();
    const problem = ir.problems.find(({ kind }) => kind !== 'unsupported');
    const name = problem ? null : undeclared.firstIn(ir);
    const found = name ? { message: `${name.name} is not declared`, span: name.span } : problem;
    if (!found) continue;
    const span = { start: ir.start + found.span.start, end: ir.start + found.span.end };
    return { message: found.message, location: { file: ir.file, span } };
  }
  return null;
}

/** A loop whose text is no C may end once it is. */
export function trusted(raw: RawOutcome, tear: () => Tear | null): RawOutcome {
  const { outcome } = raw;
  const open = outcome.kind === 'unknown' && outcome.endless && tear() !== null;
  return open ? { ...raw, outcome: unknownAs(outcome, outcome.reason) } : raw;
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
