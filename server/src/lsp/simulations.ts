import type { Event, Traits } from '../device';
import type { Scene } from '../simulation';
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
import { refused } from './machines';

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

interface ScenarioMade {
  readonly name: string;
  readonly parameters: ParameterValues;
  /** To run it again; null when it was run elsewhere. */
  readonly request: ScenarioRequest | null;
}

/** A client has no use for more, and a faulty one must not fill the memory. */
const mostSimulations = 64;
const mostStepsInAll = 300_000;

/** The simulations of a client. */
export class Simulations {
  private readonly open = new Map<string, Simulation>();
  private serial = 0;

  get all(): readonly Simulation[] {
    return [...this.open.values()];
  }

  /** Throws `refused` for one that is not open. */
  get(id: string): Simulation {
    const found = this.open.get(id);
    if (found === undefined) throw refused(`no simulation "${id}" is open`);
    return found;
  }

  /** Throws `refused` when too many are open. */
  add(scene: Scene, traits: Simulation['traits'] = new Map()): Simulation {
    if (this.open.size >= mostSimulations) throw refused(`${mostSimulations} simulations are open; close one first`);
    this.serial++;
    const id = `s${this.serial}`;
    const simulation = { id, traits, recorder: new Recorder(scene), scenario: null, verdict: null, beforeEdit: null };
    this.open.set(id, simulation);
    return simulation;
  }

  close(id: string): void {
    this.open.delete(id);
  }

  /** How many more steps may be written down. */
  room(): number {
    return mostStepsInAll - this.all.reduce((sum, { recorder }) => sum + recorder.steps.length, 0);
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

/** Sends events after the first `at` steps; later ones are dropped. Throws `refused` when there are not so many, or no room. */
export function dispatch(
  simulations: Simulations,
  simulation: Simulation,
  at: number,
  events: readonly Event[],
): SimulationAdvance {
  const { recorder } = simulation;
  if (at > recorder.steps.length) throw refused(`there are only ${recorder.steps.length} steps, not ${at}`);
  if (events.length > simulations.room()) throw refused('too many steps are kept; close a simulation first');
  recorder.back(at);
  for (const event of events) recorder.send(event);
  simulation.scenario = null;
  simulation.verdict = null;
  simulation.beforeEdit = null;
  return { from: at, steps: recorder.steps.slice(at), verdict: null };
}

/** Devices with the machines that play them now. */
export function withMachines(scene: Scene, machines: ReadonlyMap<string, MachineDescription>): Scene {
  return {
    ...scene,
    devices: scene.devices.map((device) => ({ ...device, machine: machines.get(device.name) ?? device.machine })),
  };
}
