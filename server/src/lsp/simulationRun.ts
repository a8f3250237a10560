import type { Scene, Work } from '../simulation';
import { fillParameters, Recorder, ScenarioError, ScenarioRun, scenarioNamed, scenarios, sceneOf } from '../simulation';
import type { MachineDescription, ScenarioRequest, Verdict } from '../wire';
import type { Waiting } from './longWork';
import { inTurns } from './longWork';
import { refused } from './refusal';
import type { Session } from './session';
import type { Run } from './simulations';

/** Scenarios on simulations, with other messages let in between. */

export interface Players {
  readonly source: MachineDescription;
  readonly target?: MachineDescription;
}

/** Who plays the roles of a scenario: the first device the sources, the first of another role the targets. */
export function machinesOf({ devices }: Scene): Players {
  const [source] = devices;
  if (source === undefined) throw refused('the simulation has no device');
  const target = devices.find(({ name }) => name.startsWith('target')) ?? devices[1];
  return target === undefined ? { source: source.machine } : { source: source.machine, target: target.machine };
}

/** Runs a scenario from its beginning to its end. */
export async function runScenario(
  session: Session,
  request: ScenarioRequest,
  players: Players,
  waiting: Waiting,
): Promise<Run> {
  const scenario = scenarioNamed(request.name);
  if (scenario === null) {
    const names = scenarios.map(({ description }) => description.name).join(', ');
    throw refused('no scenario "{0}"; there are {1}', request.name, names);
  }
  const parameters = parametersOf(scenario.description, request);
  const scene = sceneOf(scenario, parameters, players);
  const recorder = new Recorder({ ...scene, title: `${scenario.description.title}: ${players.source.name}` });
  arm(recorder, request);
  const run = new ScenarioRun(scenario, parameters, recorder);
  const verdict = await inTurns(session, running(run, recorder), waiting);
  return { recorder, scenario: { name: request.name, parameters, request }, verdict };
}

/** A scenario ends by itself when it takes too many steps. */
function* running(run: ScenarioRun, { steps }: Recorder): Work<Verdict> {
  for (;;) {
    const verdict = run.advance(1);
    if (verdict !== null) return verdict;
    yield { done: steps.length, of: null };
  }
}

function parametersOf(
  description: Parameters<typeof fillParameters>[0],
  { parameters }: ScenarioRequest,
): ReturnType<typeof fillParameters> {
  try {
    return fillParameters(description, parameters);
  } catch (error) {
    if (error instanceof ScenarioError) throw refused(...error.wording);
    throw error;
  }
}

/** Fault switches become events before the scenario begins. */
function arm(recorder: Recorder, { faults }: ScenarioRequest): void {
  for (const { id, device: name = recorder.scene.devices[0]?.name ?? '' } of faults) {
    const device = recorder.scene.devices.find((each) => each.name === name);
    const arc = device?.machine.arcs.find((each) => each.faults.some((fault) => fault.id === id));
    const fault = arc?.faults.find((each) => each.id === id);
    if (arc === undefined || fault === undefined) throw refused('{0} has no fault switch "{1}"', name, id);
    const { errno, leaves } = fault;
    recorder.send({ kind: 'fault', device: name, arc: { from: arc.from, to: arc.to }, errno, leaves, site: id });
  }
}
