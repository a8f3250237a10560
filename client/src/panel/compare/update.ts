import type { MachineRef, TraceComparison } from '../../../../server/src/wire';
import type { CompareWith, Updated } from '../message';
import type { Model, Run, RunOrigin } from '../model';
import { currentRun } from '../model';
import { devicesOf } from '../runs';
import { count, t } from '../texts';
import { added, only, then } from '../updating';

/** Starts to compare the run that is shown with another, or ends it. */
export function comparing(model: Model, other: CompareWith): Updated<Model> {
  const run = currentRun(model);
  if (other === null || run === null) return only({ ...model, comparison: null });
  if (other !== 'reference') return asked({ ...model, comparison: { with: other, result: null } });
  const origin = onReference(run);
  if (origin === null) return only(model);
  const { model: next, effects } = added(model, origin, { label: t('the protocol'), cursor: run.cursor, show: false });
  return { model: { ...next, comparison: { with: model.nextKey, result: null } }, effects };
}

/** The server has compared; forgotten when something else is shown by now. */
export function compared(model: Model, key: number, result: TraceComparison): Model {
  const { comparison } = model;
  if (comparison === null || model.current !== key) return model;
  const { differences } = result;
  const announcement =
    differences === 0
      ? t('The runs do not differ.')
      : count(differences, t('{0} step differs.'), t('{0} steps differ.'));
  return { ...model, comparison: { ...comparison, result }, announcement };
}

/** A run has changed: if it is one of the two that are compared, they are compared again. */
export function comparedAgain(model: Model, key: number): Updated<Model> {
  const { comparison, current } = model;
  const concerned = comparison !== null && (key === current || key === comparison.with);
  return concerned ? asked(model) : only(model);
}

function asked(model: Model): Updated<Model> {
  const run = currentRun(model);
  const { comparison } = model;
  if (run?.session == null || comparison === null) return only(model);
  const { key, session } = run;
  if (comparison.with === 'before-edit') {
    return run.before === null
      ? only({ ...model, comparison: null })
      : then(model, { kind: 'compare', key, a: session.id, b: 'before-edit' });
  }
  const other = model.runs.find((each) => each.key === comparison.with);
  if (other === undefined) return only({ ...model, comparison: null });
  // It is still opened; this is asked again when it is there.
  if (other.session === null) return only(model);
  return then(model, { kind: 'compare', key, a: other.session.id, b: session.id });
}

/** The same scenario, or the same events, on what the protocol asks for with the same flags. */
function onReference({ session, origin }: Run): RunOrigin | null {
  if (session === null) return null;
  const references = new Map(
    session.devices.map(({ name, machine }): readonly [string, MachineRef] => [
      name,
      { kind: 'reference', flags: machine.flags, profile: machine.profile },
    ]),
  );
  const devices = devicesOf(session).map((device) => ({
    ...device,
    machine: references.get(device.name) ?? device.machine,
  }));
  const scenario = origin.from === 'machines' ? origin.open.scenario : undefined;
  if (scenario === undefined) {
    const events = session.steps.map(({ event }) => event);
    return { from: 'machines', open: { devices, link: session.link }, events };
  }
  // The switches are error returns of the driver: the protocol has none.
  return { from: 'machines', open: { devices, link: session.link, scenario: { ...scenario, faults: [] } }, events: [] };
}

/** The moment of the next difference after the one that is shown, or of the last before it. */
export function atDifference(model: Model, direction: 1 | -1): Model {
  const run = currentRun(model);
  const pairs = model.comparison?.result?.pairs ?? [];
  if (run === null) return model;
  const steps: number[] = [];
  let own = 0;
  for (const { b, differences } of pairs) {
    own = b ?? own;
    if (differences.length > 0 && steps.at(-1) !== own) steps.push(own);
  }
  const here = model.selectedRow?.step ?? run.cursor - 1;
  const found = direction === 1 ? steps.find((step) => step > here) : steps.findLast((step) => step < here);
  if (found === undefined) return model;
  const runs = model.runs.map((each) => (each === run ? { ...each, cursor: found + 1 } : each));
  return { ...model, runs, selectedRow: { step: found, row: 0 } };
}
