import type { Event, Traits } from '../device';
import type { Scene, Work } from '../simulation';
import { Recorder, traceOf } from '../simulation';
import type {
  MachineDescription,
  ParameterValues,
  ScenarioRequest,
  SimulationAdvance,
  SimulationSession,
  Trace,
  Verdict,
} from '../wire';
import { isEvent } from '../wire';
import { refused } from './refusal';

/** One simulation that a client has open. */
export interface Simulation {
  readonly id: string;
  /** Traits that the client chose in place of the drivers' own, by device. */
  readonly traits: ReadonlyMap<string, Partial<Traits>>;
  recorder: Recorder;
  /** The scenario that sent the events; null for events by hand. */
  scenario: ScenarioMade | null;
  verdict: Verdict | null;
  /** As it was before its driver was edited; null since it was opened, run or sent events, as long as nobody edits. */
  beforeEdit: Trace | null;
}

/** What was sent to a simulation and came of it. */
export type Run = Readonly<Pick<Simulation, 'recorder' | 'scenario' | 'verdict'>>;

interface ScenarioMade {
  readonly name: string;
  readonly parameters: ParameterValues;
  /** To run it again; null when it was run elsewhere. */
  readonly request: ScenarioRequest | null;
}

/** A client has no use for more, and a faulty one must not fill the memory. */
const mostSimulations = 64;
const mostStepsInAll = 300_000;
/** Steps of one answer, which are about 50 MB. */
export const mostStepsInAnswer = 100_000;

/** Events to send after the first `at` steps. There may be many, so what they are is looked at when it is their turn. */
export interface EventsToSend {
  readonly at: number;
  readonly events: readonly unknown[];
}

/** The simulations of a client. */
export class Simulations {
  private readonly open = new Map<string, Simulation>();
  private serial = 0;
  private readonly changes = new WeakMap<Simulation, Promise<void>>();

  get all(): readonly Simulation[] {
    return [...this.open.values()];
  }

  /** Throws `refused` for one that is not open. */
  get(id: string): Simulation {
    const found = this.open.get(id);
    if (found === undefined) throw refused('no simulation "{0}" is open', id);
    return found;
  }

  /** Throws `refused` when too many are open. */
  add(scene: Scene, traits: Simulation['traits'] = new Map()): Simulation {
    if (this.open.size >= mostSimulations) throw refused('{0} simulations are open; close one first', mostSimulations);
    this.serial++;
    const id = `s${this.serial}`;
    const simulation = { id, traits, recorder: new Recorder(scene), scenario: null, verdict: null, beforeEdit: null };
    this.open.set(id, simulation);
    return simulation;
  }

  close(id: string): void {
    this.open.delete(id);
  }

  /** Throws `refused` when so many more steps are too many. */
  needRoom(steps: number): void {
    const kept = this.all.reduce((sum, { recorder }) => sum + recorder.steps.length, 0);
    if (kept + steps <= mostStepsInAll) return;
    throw refused(
      '{0} more steps are too many: of {1} steps that are kept at most, the open simulations have {2}; close one first',
      steps,
      mostStepsInAll,
      kept,
    );
  }

  /**
   * Changes a simulation when the changes before are through, so that each begins with what the one before left. What only looks
   * at it waits for `settled`.
   */
  async change<R>(simulation: Simulation, work: () => Promise<R>): Promise<R> {
    const before = this.settled(simulation);
    const result = before.then(work);
    this.changes.set(
      simulation,
      result.then(
        () => undefined,
        () => undefined,
      ),
    );
    return result;
  }

  /** Resolves when the changes that were asked for until now are through, however they ended. */
  settled(simulation: Simulation): Promise<void> {
    return this.changes.get(simulation) ?? Promise.resolve();
  }
}

/** The simulation as its client gets it. */
export function sessionOf({ id, recorder, scenario, verdict }: Simulation): SimulationSession {
  const { title, devices, link } = recorder.scene;
  return { id, title, devices, link, scenario: namedScenario(scenario), steps: recorder.steps, verdict };
}

/** The simulation as it is saved. */
export function savedTrace({ recorder, scenario, verdict }: Simulation): Trace {
  return traceOf(recorder, namedScenario(scenario), verdict);
}

function namedScenario(scenario: Simulation['scenario']): Trace['scenario'] {
  return scenario && { name: scenario.name, parameters: scenario.parameters };
}

/**
 * Sends events after the first `at` steps; later ones are dropped. The simulation changes when the last was sent. Throws `refused`
 * when there are not so many steps, for what is no event, and when there would be too many.
 */
export function* dispatch(
  simulations: Simulations,
  simulation: Simulation,
  { at, events }: EventsToSend,
): Work<SimulationAdvance> {
  const { steps } = simulation.recorder;
  if (at > steps.length) throw refused('there are only {0} steps, not {1}', steps.length, at);
  if (events.length > mostStepsInAnswer) {
    throw refused(
      '{0} events are too many for one request, which takes {1}: send them in parts, each after the steps of the one before',
      events.length,
      mostStepsInAnswer,
    );
  }
  simulations.needRoom(at + events.length - steps.length);
  const recorder = simulation.recorder.upTo(at);
  for (const [index, event] of events.entries()) {
    if (!isEvent(event)) throw refused('events[{0}] is no event of the simulated device with all its fields', index);
    recorder.send(event);
    yield { done: index + 1, of: events.length };
  }
  replaceRun(simulations, simulation, { recorder, scenario: null, verdict: null });
  return { from: at, steps: recorder.steps.slice(at), verdict: null };
}

/** The events again, on these devices. */
export function* recording(scene: Scene, events: readonly Event[]): Work<Recorder> {
  const recorder = new Recorder(scene);
  for (const [index, event] of events.entries()) {
    recorder.send(event);
    yield { done: index + 1, of: events.length };
  }
  return recorder;
}

/** The simulation gets another run. Throws `refused` when it was closed meanwhile, or there is no room any more. */
export function replaceRun(
  simulations: Simulations,
  simulation: Simulation,
  { recorder, scenario, verdict }: Run,
): void {
  simulations.get(simulation.id);
  simulations.needRoom(recorder.steps.length - simulation.recorder.steps.length);
  simulation.recorder = recorder;
  simulation.scenario = scenario;
  simulation.verdict = verdict;
  simulation.beforeEdit = null;
}

/** Devices with the machines that play them now. */
export function withMachines(scene: Scene, machines: ReadonlyMap<string, MachineDescription>): Scene {
  return {
    ...scene,
    devices: scene.devices.map((device) => ({ ...device, machine: machines.get(device.name) ?? device.machine })),
  };
}
