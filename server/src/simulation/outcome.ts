import type { ArcAnswer, ErrorOutcome, Outcome, StateAfter, SuccessOutcome } from '../analysis';
import { refusalAmong } from '../analysis';
import type { ArcOutcome, HandedFile, Leaves } from '../device';
import type { Contract, Errno } from '../uapi';
import { isErrno } from '../uapi';

/** What stands for an error that only running the driver could tell. */
const anyErrno: Errno = 'EIO';

/** The simulated outcome of an arc, and which of the driver's outcomes it is; null when the analysis found none that tells. */
export interface ChosenOutcome {
  readonly outcome: ArcOutcome;
  readonly basis: Outcome | null;
}

/** What the simulated device does with an arc as long as no fault is armed: the best that can come out of the driver. */
export function chooseOutcome(answer: ArcAnswer, contract: Contract): ChosenOutcome {
  const { status, outcomes } = answer;
  if (status === 'rejected') {
    return refused(refusalAmong(outcomes));
  }
  const successes = outcomes.filter((outcome) => outcome.kind === 'success');
  const least = Math.min(...successes.map((success) => demerits(success, contract)));
  const [first, ...others] = successes.filter((success) => demerits(success, contract) === least);
  if (first === undefined) {
    return {
      outcome: { kind: 'success', file: 'as-due' },
      basis: outcomes.find(({ kind }) => kind === 'unknown') ?? null,
    };
  }
  const best = others.reduce(plainer, first);
  const leaves = leavesOf(best.stateAfter);
  const file = handedOut(best, contract);
  const outcome: ArcOutcome = { kind: 'success', file };
  return { outcome: leaves === null || leaves === 'next' ? outcome : { ...outcome, leaves }, basis: best };
}

function refused(refusal: ErrorOutcome | null): ChosenOutcome {
  const errno = refusal === null ? 'EINVAL' : simulatedErrno(refusal.errno);
  const leaves = refusal === null ? null : leavesOf(refusal.stateAfter);
  const outcome: ArcOutcome = { kind: 'missing', errno };
  return { outcome: leaves === null || leaves === 'state' ? outcome : { ...outcome, leaves }, basis: refusal };
}

/** How far a success is from what the contract asks for. */
function demerits(success: SuccessOutcome, contract: Contract): number {
  return (
    (success.hiddenError === null ? 0 : 4) +
    (success.stateAfter === 'new' || success.stateAfter === 'unknown' ? 0 : 2) +
    (handedOut(success, contract) === 'as-due' ? 0 : 1)
  );
}

function handedOut({ file }: SuccessOutcome, contract: Contract): HandedFile {
  const isDue = contract !== 'none';
  switch (file) {
    case 'null':
      return isDue ? 'null' : 'as-due';
    case 'new-file':
      return isDue ? 'as-due' : 'new-file';
    case 'session-file':
      return isDue ? 'as-due' : 'session-file';
    case 'unknown-file':
      return 'as-due';
  }
}

/**
 * The outcome with the shorter way to it: the other carries out besides what another call left to do, such as a reset that came
 * while set_state held the lock.
 */
export function plainer<T extends Outcome>(a: T, b: T): T {
  return b.trail.length < a.trail.length ? b : a;
}

/** Null where the analysis does not know, or knows of no state that the simulated device can be left in. */
export function leavesOf(after: StateAfter): Leaves | null {
  switch (after) {
    case 'new':
      return 'next';
    case 'old':
      return 'state';
    case 'ERROR':
      return 'ERROR';
    case 'other':
    case 'unknown':
      return null;
  }
}

/** The errno by its name in the model; null when the model has no name for it. */
export function errnoOf(name: string | null): Errno | null {
  return name !== null && isErrno(name) ? name : null;
}

/** The errno of a failure: what is known, else one that stands for any. */
export function simulatedErrno(name: string | null): Errno {
  return errnoOf(name) ?? anyErrno;
}
