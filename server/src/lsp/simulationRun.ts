import type { CancellationToken } from 'vscode-languageserver';
import { fillParameters, Recorder, ScenarioError, ScenarioRun, scenarioNamed, scenarios, sceneOf } from '../simulation';
import type { MachineDescription, ScenarioRequest } from '../wire';
import { stopIfCancelled } from './gate';
import { refused } from './machines';
import type { Session } from './session';
import type { Simulation, Simulations } from './simulations';

/** Scenarios on simulations, with other messages let in between. */

/** Events between two looks at other messages. */
const eventsPerTurn = 500;

export interface Players {
  readonly source: MachineDescription;
  readonly target?: MachineDescription;
}

/** Who plays the roles of a scenario: the first device the sources, the first of another role the targets. */
export function machinesOf({ recorder }: Simulation): Players {
  const { devices } = recorder.scene;
  const [source] = devices;
  if (source === undefined) throw refused('the simulation has no device');
  const target = devices.find(({ name }) => name.startsWith('target')) ?? devices[1];
  return target === undefined ? { source: source.machine } : { source: source.machine, target: target.machine };
}

/** Runs a scenario from its beginning; the simulation changes only when it came to its end. */
export async function runScenario(
  session: Session,
  simulations: Simulations,
  simulation: Simulation,
  request: ScenarioRequest,
  players: Players,
  token: CancellationToken | null,
): Promise<void> {
  const scenario = scenarioNamed(request.name);
  if (scenario === null) {
    throw refused(
      `no scenario "${request.name}"; there are ${scenarios.map(({ description }) => description.name).join(', ')}`,
    );
  }
  const parameters = parametersOf(scenario.description, request);
  const scene = sceneOf(scenario, parameters, players);
  const recorder = new Recorder({ ...scene, title: `${scenario.description.title}: ${players.source.name}` });
  arm(recorder, request);
  const run = new ScenarioRun(scenario, parameters, recorder);
  let verdict = run.advance(eventsPerTurn);
  while (verdict === null) {
    if (recorder.steps.length > simulations.room()) throw refused('too many steps are kept; close a simulation first');
    await session.platform.pause();
    if (token !== null) stopIfCancelled(token);
    verdict = run.advance(eventsPerTurn);
  }
  simulation.recorder = recorder;
  simulation.scenario = { name: request.name, parameters, request };
  simulation.verdict = verdict;
  simulation.beforeEdit = null;
}

function parametersOf(
  description: Parameters<typeof fillParameters>[0],
  { parameters }: ScenarioRequest,
): ReturnType<typeof fillParameters> {
  try {
    return fillParameters(description, parameters);
  } catch (error) {
    if (error instanceof ScenarioError) throw refused(error.message);
    throw error;
  }
}

/** Fault switches become events before the scenario begins. */
function arm(recorder: Recorder, { faults }: ScenarioRequest): void {
  for (const { id, device: name = recorder.scene.devices[0]?.name ?? '' } of faults) {
    const device = recorder.scene.devices.find((each) => each.name === name);
    const arc = device?.machine.arcs.find((each) => each.faults.some((fault) => fault.id === id));
    const fault = arc?.faults.find((each) => each.id === id);
    if (arc === undefined || fault === undefined) throw refused(`${name} has no fault switch "${id}"`);
    const { errno, leaves } = fault;
    recorder.send({ kind: 'fault', device: name, arc: { from: arc.from, to: arc.to }, errno, leaves, site: id });
  }
}
