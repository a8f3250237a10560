import type {
  Event,
  ScenarioRequest,
  SimulationAdvance,
  SimulationChanged,
  SimulationSession,
} from '../../../server/src/wire';
import type { Run, RunOrigin } from './model';

/** How runs change; each gives another run. */

/** As the cursor of a run that is not there yet: after the step that decided a failure, else after the last. */
export const atItsEnd = Number.MAX_SAFE_INTEGER;

export function newRun(key: number, label: string, origin: RunOrigin, cursor: number): Run {
  return { key, label, origin, session: null, cursor, changed: [], problem: null, busy: true, waiting: [] };
}

/** The server has opened it, or run its scenario. */
export function withSession(run: Run, session: SimulationSession, scenario: ScenarioRequest | null): Run {
  const { length } = session.steps;
  return {
    ...run,
    session,
    origin: scenario === null ? originOf(session, run.origin) : { open: { ...run.origin.open, scenario }, events: [] },
    cursor: run.cursor === atItsEnd ? (session.verdict?.step ?? length - 1) + 1 : Math.min(run.cursor, length),
    changed: [],
    problem: null,
    busy: false,
  };
}

/** Events were sent: the moment that is shown is after them. */
export function withAdvance(run: Run, { from, steps, verdict }: SimulationAdvance): Run {
  if (run.session === null) return run;
  const session = {
    ...run.session,
    scenario: null,
    steps: [...run.session.steps.slice(0, from), ...steps],
    verdict,
  };
  return {
    ...run,
    session,
    origin: originOf(session, run.origin),
    cursor: session.steps.length,
    changed: run.changed.filter((step) => step < from),
    busy: false,
  };
}

/** The driver was edited: it ran again, or can not be simulated as it stands. */
export function withChange(run: Run, { machines, advance, problem, changed }: SimulationChanged): Run {
  if (run.session === null) return run;
  if (advance === null) return { ...run, problem };
  const atEnd = run.cursor === run.session.steps.length;
  const fresh = new Map(machines.map(({ device, machine }) => [device, machine]));
  const steps = [...run.session.steps.slice(0, advance.from), ...advance.steps];
  const session = {
    ...run.session,
    devices: run.session.devices.map((device) => ({ ...device, machine: fresh.get(device.name) ?? device.machine })),
    steps,
    verdict: advance.verdict,
  };
  return { ...run, session, cursor: atEnd ? steps.length : Math.min(run.cursor, steps.length), changed, problem: null };
}

/** What brings a session about again. */
function originOf({ devices, link, scenario, steps }: SimulationSession, before: RunOrigin): RunOrigin {
  if (scenario !== null) return before;
  const events: readonly Event[] = steps.map(({ event }) => event);
  return {
    open: { link, devices: devices.map(({ name, machine, geometry }) => ({ name, machine: machine.ref, geometry })) },
    events,
  };
}
