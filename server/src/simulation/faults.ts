import type { ArcAnswer, ErrorOutcome, Evidence } from '../analysis';
import { functionAt, placeKey } from '../analysis/selection';
import type { Location } from '../c/ir';
import type { CModule, FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import type { FaultSwitch, WireLocation } from '../wire';
import { errnoOf, leavesOf, plainer, simulatedErrno } from './outcome';

/**
 * The error returns of an arc that the driver otherwise carries out, each as a switch: one for each call that can fail and each
 * refusal of the driver's own, in the order of their places.
 */
export function faultsOf(
  arc: Arc,
  answer: ArcAnswer,
  module: CModule,
  at: (location: Location) => WireLocation,
): readonly FaultSwitch[] {
  if (answer.status === 'rejected') {
    return [];
  }
  const sites = new Map<string, ErrorOutcome>();
  for (const error of answer.outcomes.filter((outcome) => outcome.kind === 'error')) {
    const key = `${placeKey(placeOf(error))} ${error.errno}`;
    const known = sites.get(key);
    sites.set(key, known === undefined ? error : plainer(known, error));
  }
  const seen = new Map<string, number>();
  return [...sites.values()].sort(byPlace).map((error): FaultSwitch => {
    const owner = functionAt(module, placeOf(error));
    const name = siteName(arc, error, owner);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return {
      id: number === 1 ? name : `${name}#${number}`,
      errno: simulatedErrno(error.errno),
      errnoKnown: errnoOf(error.errno) !== null,
      call: error.failedCall?.name ?? null,
      location: at(placeOf(error)),
      leaves: leavesOf(error.stateAfter),
      text: textOf(error, owner),
    };
  });
}

/** Where a failure shows: the call, else the return. */
function placeOf(error: ErrorOutcome): Location {
  return error.failedCall?.location ?? error.at;
}

function byPlace(a: ErrorOutcome, b: ErrorOutcome): number {
  const [first, second] = [placeOf(a), placeOf(b)];
  return first.file === second.file ? first.span.start - second.span.start : first.file < second.file ? -1 : 1;
}

/** "STOP->STOP_COPY@demo_save/kzalloc": names only, so that it stays when lines move. */
function siteName({ from, to }: Arc, error: ErrorOutcome, owner: FunctionDecl | undefined): string {
  return `${from}->${to}@${owner?.name ?? 'set_state'}/${error.failedCall?.name ?? `-${error.errno ?? 'error'}`}`;
}

function textOf(error: ErrorOutcome, owner: FunctionDecl | undefined): string {
  if (error.failedCall !== null) {
    return `${error.failedCall.name}() fails`;
  }
  const who = owner === undefined ? 'the driver' : `${owner.name}()`;
  const condition = owner === undefined ? undefined : conditionFor(error, owner);
  return condition === undefined ? `${who} refuses` : `${who} ${condition.what.replace(/^assumes/, 'finds')}`;
}

/** The condition that is nearest above the error in its function. */
function conditionFor({ at, trail }: ErrorOutcome, owner: FunctionDecl): Evidence | undefined {
  return trail.findLast(
    ({ kind, location: { file, span } }) =>
      (kind === 'assumption' || kind === 'condition') &&
      file === at.file &&
      owner.span.start <= span.start &&
      span.end <= at.span.start,
  );
}
