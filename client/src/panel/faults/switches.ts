import type { Arc, Event, FaultSwitch, TraceDevice } from '../../../../server/src/wire';
import { sameArc } from '../../../../server/src/wire';
import type { Run } from '../model';
import { scenarioOf } from '../model';

/** An error return of the driver as the panel shows it. */
export interface ShownFault extends FaultSwitch {
  /** Will happen when its arc is next carried out. */
  readonly armed: boolean;
  /** Has happened by the moment that is shown. */
  readonly happened: boolean;
}

export interface FaultsOfArc {
  readonly arc: Arc;
  readonly faults: readonly ShownFault[];
}

/** All error returns of a device's driver, by arc. */
export function faultsOf(run: Run, device: TraceDevice): readonly FaultsOfArc[] {
  const marks = marksOf(run, device.name);
  return device.machine.arcs.flatMap(({ from, to, faults }) => {
    if (faults.length === 0) return [];
    const shown = faults.map((fault) => ({
      ...fault,
      armed: marks.armed.has(fault.id),
      happened: marks.happened.has(fault.id),
    }));
    return [{ arc: { from, to }, faults: shown }];
  });
}

/** Which switches are on, and which have had their effect, at the moment that is shown. */
function marksOf({ session, cursor, origin }: Run, device: string): Record<'armed' | 'happened', ReadonlySet<string>> {
  const armed = new Map<string, Arc>();
  const happened = new Set<string>();
  for (const { event, effects } of session?.steps.slice(0, cursor) ?? []) {
    if (event.kind === 'fault' && event.device === device && event.site !== undefined) armed.set(event.site, event.arc);
    if (event.kind !== 'feature' || event.device !== device) continue;
    const failed = effects.flatMap((effect) => (effect.kind === 'feature' ? (effect.failedArc ?? []) : []));
    for (const [site, arc] of armed) {
      if (!failed.some((each) => sameArc(each, arc))) continue;
      armed.delete(site);
      happened.add(site);
      // An arc fails by one fault at a time, the first that was armed.
      break;
    }
  }
  const set = scenarioOf(origin)?.faults ?? [];
  const own = set.filter((fault) => fault.device === device).map(({ id }) => id);
  return { armed: new Set([...armed.keys(), ...own]), happened };
}

/** The event that arms an error return; null when the machine has no such. */
export function faultEvent({ name, machine }: TraceDevice, id: string): Event | null {
  for (const { from, to, faults } of machine.arcs) {
    const fault = faults.find((each) => each.id === id);
    if (fault === undefined) continue;
    const { errno, leaves } = fault;
    return { kind: 'fault', device: name, arc: { from, to }, errno, leaves, site: id };
  }
  return null;
}
