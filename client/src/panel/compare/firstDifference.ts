import type { Arc, TraceStep } from '../../../../server/src/wire';
import type { Spot } from '../diagram/focus';
import type { Model, Run } from '../model';
import { stateAt } from '../words';
import { againstOf } from './against';

/** Where in the machine two runs part: the arc that the first differing step is about, else the state in which it happens. */
export function firstDifference(model: Model, run: Run): Spot | null {
  const against = againstOf(model, run);
  const first = model.comparison?.result?.first ?? null;
  if (against === null || first === null || run.session === null) return null;
  const { a, b } = against.pairs[first] ?? { a: null, b: null };
  const own = b === null ? undefined : run.session.steps[b];
  const other = a === null ? undefined : against.steps[a];
  const arc = partingArc(own, other);
  if (arc !== null) return { arc };
  const device = (own ?? other)?.rows[0]?.device ?? null;
  return device === null || b === null ? null : { state: stateAt({ ...run, cursor: b }, device) };
}

/** The arc that one of them was refused, else the first that only one of them took. */
function partingArc(own: TraceStep | undefined, other: TraceStep | undefined): Arc | null {
  const arcsOf = (step: TraceStep | undefined) => (step?.rows ?? []).filter(({ arc }) => arc !== null);
  const failed = [...arcsOf(own), ...arcsOf(other)].find(({ kind }) => kind === 'failure');
  if (failed !== undefined) return failed.arc;
  const theirs = arcsOf(other).map(({ text }) => text);
  return arcsOf(own).find(({ text }) => !theirs.includes(text))?.arc ?? null;
}
