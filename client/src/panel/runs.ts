import type {
  DeviceRequest,
  Event,
  ScenarioRequest,
  SimulationAdvance,
  SimulationChanged,
  SimulationSession,
  TraceStep,
} from '../../../server/src/wire';
import type { RowPlace, Run, RunOrigin } from './model';

/** How runs change; each gives another run. */

/** As the cursor of a run that is not there yet: after the step that decided a failure, else after the last. */
export const atItsEnd = Number.MAX_SAFE_INTEGER;

export function newRun(key: number, label: string, origin: RunOrigin, cursor: number): Run {
  return {
    key,
    label,
    origin,
    session: null,
    cursor,
    changed: [],
    before: null,
    impossible: null,
    notes: [],
    problem: null,
    busy: true,
    waiting: [],
    undone: null,
  };
}

/** The server works on it. */
export function working(run: Run): Run {
  return { ...run, busy: true, undone: null };
}

/** The server has opened it, or run its scenario: then the moment that is shown is its end. */
export function withSession(run: Run, session: SimulationSession, origin: RunOrigin | null): Run {
  const { length } = session.steps;
  return {
    ...run,
    session,
    origin: origin ?? originByHand(session),
    cursor:
      run.cursor === atItsEnd || run.session !== null
        ? (session.verdict?.step ?? length - 1) + 1
        : Math.min(run.cursor, length),
    changed: [],
    before: null,
    impossible: null,
    notes: [],
    problem: null,
    busy: false,
  };
}

/** Events were sent: the moment that is shown is after them. */
export function withAdvance(run: Run, { from, steps, verdict }: SimulationAdvance): Run {
  if (run.session === null) return run;
  const session = { ...run.session, scenario: null, steps: [...run.session.steps.slice(0, from), ...steps], verdict };
  return {
    ...run,
    session,
    origin: originByHand(session),
    cursor: session.steps.length,
    changed: [],
    before: null,
    busy: false,
  };
}

/** The driver was edited: it ran again, or can not be simulated as it stands. */
export function withChange(run: Run, { machines, advance, problem, changed }: SimulationChanged): Run {
  if (run.session === null) return run;
  if (advance === null) return { ...run, problem };
  const { steps: before } = run.session;
  const atEnd = run.cursor === before.length;
  const fresh = new Map(machines.map(({ device, machine }) => [device, machine]));
  const steps: readonly TraceStep[] = [...before.slice(0, advance.from), ...advance.steps];
  const session = {
    ...run.session,
    devices: run.session.devices.map((device) => ({ ...device, machine: fresh.get(device.name) ?? device.machine })),
    steps,
    verdict: advance.verdict,
  };
  const cursor = atEnd ? steps.length : Math.min(run.cursor, steps.length);
  return { ...run, session, cursor, changed, before: run.before ?? before, problem: null, undone: null };
}

/** The row that decided a failure: what the driver failed, else the last of the step; null without a failure. */
export function decisiveRow({ session }: Run): RowPlace | null {
  const step = session?.verdict?.step ?? null;
  if (step === null) return null;
  const rows = session?.steps[step]?.rows ?? [];
  const failure = rows.findIndex(({ kind }) => kind === 'failure' || kind === 'violation');
  return { step, row: failure >= 0 ? failure : Math.max(0, rows.length - 1) };
}

/** The machines of a session, to open them again. */
export function devicesOf({ devices }: SimulationSession): readonly DeviceRequest[] {
  return devices.map(({ name, machine, geometry }) => ({ name, machine: machine.ref, geometry }));
}

/** What brings a session about again that a scenario made. */
export function originOfScenario(session: SimulationSession, scenario: ScenarioRequest): RunOrigin {
  return { from: 'machines', open: { devices: devicesOf(session), link: session.link, scenario }, events: [] };
}

/** What brings a session about again that was made by hand. */
function originByHand(session: SimulationSession): RunOrigin {
  const events: readonly Event[] = session.steps.map(({ event }) => event);
  return { from: 'machines', open: { devices: devicesOf(session), link: session.link }, events };
}
