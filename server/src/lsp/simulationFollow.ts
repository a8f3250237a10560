import type { Connection } from 'vscode-languageserver';
import type { Scene } from '../simulation';
import { changesBetween } from '../simulation';
import type { MachineDescription, SimulationChanged } from '../wire';
import { simulationChangedMethod } from '../wire';
import type { TextOf } from './convert';
import { pathOfUri } from './convert';
import { inBackground } from './gate';
import { inTurns, unwatched } from './longWork';
import { machineIn } from './machines';
import type { ModuleState } from './modules';
import { Refusal } from './refusal';
import type { Session } from './session';
import { machinesOf, runScenario } from './simulationRun';
import type { Run, Simulation, Simulations } from './simulations';
import { mostStepsInAnswer, recording, replaceRun, savedTrace, withMachines } from './simulations';

/** What a simulation knows of its drivers beyond the machines that it runs on. */
interface Follower {
  /** The newest machine of each device whose driver was edited; null: it can not be simulated as it stands. */
  readonly latest: Map<string, MachineDescription | null>;
  /** What the client was told to be wrong; null: nothing. */
  problem: string | null;
  running: boolean;
  /** True when something happened while it ran. */
  again: boolean;
}

/** Runs the simulations again whose drivers were edited, and tells the client. */
export function followDrivers(session: Session, connection: Connection, simulations: Simulations): void {
  const followers = new WeakMap<Simulation, Follower>();
  const followerOf = (simulation: Simulation): Follower => {
    const known = followers.get(simulation);
    const follower = known ?? { latest: new Map(), problem: null, running: false, again: false };
    followers.set(simulation, follower);
    return follower;
  };
  const onNews = (isNews: (simulation: Simulation, follower: Follower) => boolean) => {
    for (const simulation of simulations.all) {
      const follower = followerOf(simulation);
      if (!isNews(simulation, follower)) continue;
      inBackground(session, simulationChangedMethod, () =>
        follow(session, connection, simulations, simulation, follower),
      );
    }
  };
  session.listenToChecks((module, textOf) =>
    onNews((simulation, follower) => takeChecked(session, simulation, follower, module, textOf)),
  );
  session.listenToRetired((module) => {
    inBackground(session, simulationChangedMethod, async () => {
      const gone = new Set<string>();
      for (const path of module.paths) {
        // Other modules may have the file; one that nobody needs is forgotten although it is there.
        if (session.modules.of(path).length > 0) continue;
        if ((await session.texts.overlay.readText(path)) === null) gone.add(path);
      }
      onNews((simulation, follower) => takeGone(simulation, follower, gone));
    });
  });
}

/** Notes the machines that a check of a module gave; true when one is another than before. */
function takeChecked(
  session: Session,
  { recorder, traits }: Simulation,
  { latest }: Follower,
  module: ModuleState,
  textOf: TextOf,
): boolean {
  const { report } = module;
  let isNews = false;
  for (const { name, machine } of recorder.scene.devices) {
    const { ref } = machine;
    if (ref.kind !== 'driver' || report === null || !module.paths.includes(pathOfUri(ref.uri))) continue;
    const own = machineIn(session, module, report, textOf, ref);
    const now = own && { ...own, traits: { ...own.traits, ...traits.get(name) } };
    const before = latest.has(name) ? latest.get(name) : machine;
    if (JSON.stringify(now) === JSON.stringify(before)) continue;
    latest.set(name, now);
    isNews = true;
  }
  return isNews;
}

/** Notes the drivers whose files are not there any more; true when a device loses its driver. */
function takeGone({ recorder }: Simulation, { latest }: Follower, gone: ReadonlySet<string>): boolean {
  let isNews = false;
  for (const { name, machine } of recorder.scene.devices) {
    const { ref } = machine;
    if (ref.kind !== 'driver' || !gone.has(pathOfUri(ref.uri)) || latest.get(name) === null) continue;
    latest.set(name, null);
    isNews = true;
  }
  return isNews;
}

/** Brings a simulation to the newest machines. What happens while it runs is taken in when it is through. */
async function follow(
  session: Session,
  connection: Connection,
  simulations: Simulations,
  simulation: Simulation,
  follower: Follower,
): Promise<void> {
  follower.again = true;
  if (follower.running) return;
  follower.running = true;
  try {
    while (follower.again && simulations.all.includes(simulation)) {
      follower.again = false;
      await simulations.change(simulation, () => followOnce(session, connection, simulations, simulation, follower));
    }
  } finally {
    follower.running = false;
  }
}

async function followOnce(
  session: Session,
  connection: Connection,
  simulations: Simulations,
  simulation: Simulation,
  follower: Follower,
): Promise<void> {
  const { id, recorder: before } = simulation;
  const lost = before.scene.devices.filter(({ name }) => follower.latest.get(name) === null);
  if (lost.length > 0) {
    const whose = lost.map(({ name }) => name).join(', ');
    const problem = session.client.t(
      'the driver of {0} can not be simulated as it stands: its file, its ops or its flags are not found',
      whose,
    );
    if (problem !== follower.problem) await tellProblem(connection, follower, id, problem);
    return;
  }
  if (before.steps.length > mostStepsInAnswer) {
    const problem = session.client.t(
      'its driver was edited, and its {0} steps are too many to run again: more than {1}; open a new one',
      before.steps.length,
      mostStepsInAnswer,
    );
    if (problem !== follower.problem) await tellProblem(connection, follower, id, problem);
    return;
  }
  const machines = new Map<string, MachineDescription>();
  for (const { name, machine } of before.scene.devices) {
    const now = follower.latest.get(name) ?? machine;
    if (JSON.stringify(now) !== JSON.stringify(machine)) machines.set(name, now);
  }
  if (machines.size === 0 && follower.problem === null) return;
  if (machines.size > 0) {
    const trace = savedTrace(simulation);
    const { beforeEdit } = simulation;
    try {
      replaceRun(simulations, simulation, await runAgain(session, withMachines(before.scene, machines), simulation));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await tellProblem(connection, follower, id, error.textIn(session.client.t));
      return;
    }
    simulation.beforeEdit = beforeEdit ?? trace;
  }
  follower.problem = null;
  const { steps } = simulation.recorder;
  const { from } = changesBetween(before.steps, steps);
  const { changed } =
    simulation.beforeEdit === null ? { changed: [] } : changesBetween(simulation.beforeEdit.steps, steps);
  const advance = { from, steps: steps.slice(from), verdict: simulation.verdict };
  const told = [...machines].map(([device, machine]) => ({ device, machine }));
  await tellChanged(connection, { id, machines: told, advance, problem: null, changed });
}

/** The scenario again, else the events. */
async function runAgain(session: Session, scene: Scene, { recorder, scenario }: Simulation): Promise<Run> {
  const request = scenario?.request ?? null;
  if (request !== null) {
    const run = await runScenario(session, request, machinesOf(scene), unwatched);
    return { ...run, scenario };
  }
  const events = recorder.steps.map(({ event }) => event);
  return { recorder: await inTurns(session, recording(scene, events), unwatched), scenario: null, verdict: null };
}

async function tellProblem(connection: Connection, follower: Follower, id: string, problem: string): Promise<void> {
  follower.problem = problem;
  await tellChanged(connection, { id, machines: [], advance: null, problem, changed: [] });
}

function tellChanged(connection: Connection, params: SimulationChanged): Promise<void> {
  return connection.sendNotification(simulationChangedMethod, params);
}
