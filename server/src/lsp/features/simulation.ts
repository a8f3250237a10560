import type { CancellationToken, Connection } from 'vscode-languageserver';
import {
  defaultGeometry,
  defaultLink,
  fillParameters,
  Recorder,
  record,
  ScenarioError,
  ScenarioRun,
  scenarioNamed,
  scenarios,
  sceneOf,
} from '../../simulation';
import { flagSetText, profiles, validFlagSets } from '../../uapi';
import type {
  DeviceRequest,
  MachineDescription,
  ScenarioRequest,
  SimulationAdvance,
  SimulationBranchParams,
  SimulationCatalogue,
  SimulationChanged,
  SimulationCloseParams,
  SimulationDispatchParams,
  SimulationMachineParams,
  SimulationOpenParams,
  SimulationRunParams,
  SimulationSession,
  TraceDevice,
} from '../../wire';
import {
  isSimulationBranchParams,
  isSimulationCloseParams,
  isSimulationDispatchParams,
  isSimulationMachineParams,
  isSimulationOpenParams,
  isSimulationRunParams,
  simulationBranchMethod,
  simulationCatalogueMethod,
  simulationChangedMethod,
  simulationCloseMethod,
  simulationDispatchMethod,
  simulationMachineMethod,
  simulationOpenMethod,
  simulationRunMethod,
} from '../../wire';
import type { TextOf } from '../convert';
import { pathOfUri } from '../convert';
import { answering, inBackground, stopIfCancelled } from '../gate';
import { machineFor, machineIn, refused } from '../machines';
import type { ModuleState } from '../modules';
import { isAnything } from '../params';
import type { Session } from '../session';
import type { Simulation } from '../simulations';
import { changesBetween, dispatch, Simulations, savedTrace, sessionOf, withMachines } from '../simulations';
import { withoutParams } from './requests';
import { answerSimulationFiles } from './simulationFiles';

/** A scene has no more devices than a group of sources with their targets. */
const mostDevices = 32;
/** Events between two looks at other messages. */
const eventsPerTurn = 500;

/** Answers the `vfio/simulation/*` requests (wire/simulation.ts). */
export function answerSimulation(session: Session, connection: Connection): void {
  const simulations = new Simulations();
  const on = <P>(
    method: string,
    isParams: (value: unknown) => boolean,
    answer: (params: P, token: CancellationToken) => object | null | Promise<object | null>,
  ) => connection.onRequest<object | null, void>(method, answering(session, method, isParams, answer));

  connection.onRequest<SimulationCatalogue, void>(
    simulationCatalogueMethod,
    withoutParams(answering(session, simulationCatalogueMethod, isAnything, () => catalogueOf(session))),
  );
  on(simulationMachineMethod, isSimulationMachineParams, ({ machine }: SimulationMachineParams, token) =>
    machineFor(session, machine, token),
  );
  on(simulationOpenMethod, isSimulationOpenParams, (params: SimulationOpenParams, token) =>
    open(session, simulations, params, token),
  );
  on(simulationDispatchMethod, isSimulationDispatchParams, ({ id, at, events }: SimulationDispatchParams) =>
    dispatch(simulations, simulations.get(id), at, events),
  );
  on(simulationRunMethod, isSimulationRunParams, async ({ id, scenario }: SimulationRunParams, token) => {
    const simulation = simulations.get(id);
    await runScenario(session, simulations, simulation, scenario, machinesOf(simulation), token);
    return sessionOf(simulation);
  });
  on(simulationBranchMethod, isSimulationBranchParams, ({ id, at }: SimulationBranchParams): SimulationSession => {
    const { recorder } = simulations.get(id);
    if (at > simulations.room()) throw refused('too many steps are kept; close a simulation first');
    const branch = simulations.add(recorder.scene);
    const events = recorder.steps.slice(0, at).map(({ event }) => event);
    branch.recorder = record(recorder.scene, events);
    return sessionOf(branch);
  });
  on(simulationCloseMethod, isSimulationCloseParams, ({ id }: SimulationCloseParams): null => {
    simulations.close(id);
    return null;
  });
  answerSimulationFiles(session, connection, simulations);
  session.listenToChecks((module, textOf) => {
    for (const simulation of simulations.all) {
      const fresh = freshMachines(session, simulation, module, textOf);
      if (fresh === null) continue;
      inBackground(session, simulationChangedMethod, () => follow(session, connection, simulations, simulation, fresh));
    }
  });
}

function catalogueOf(session: Session): SimulationCatalogue {
  return {
    drivers: session.modules.all.flatMap((module) =>
      module.drivers.flatMap(({ name, ops, location, flagSets }) =>
        flagSets.map(({ flags, when }, flagSet) => ({
          name,
          ref: { kind: 'driver' as const, uri: location.uri, ops, flagSet },
          flags: flagSetText(flags) + (when === null ? '' : ` when ${when}`),
        })),
      ),
    ),
    references: profiles.toReversed().flatMap(({ id: profile, title }) =>
      validFlagSets(profile)
        .toReversed()
        .map((flags) => ({
          name: title,
          ref: { kind: 'reference' as const, flags, profile },
          flags: flagSetText(flags),
        })),
    ),
    scenarios: scenarios.map(({ description }) => description),
  };
}

async function open(
  session: Session,
  simulations: Simulations,
  { devices, link = defaultLink, scenario, title }: SimulationOpenParams,
  token: CancellationToken,
): Promise<SimulationSession> {
  if (devices.length === 0 || devices.length > mostDevices)
    throw refused(`1 to ${mostDevices} devices can be simulated`);
  if (new Set(devices.map(({ name }) => name)).size < devices.length) throw refused('two devices have the same name');
  const described: TraceDevice[] = [];
  for (const device of devices) described.push(await deviceOf(session, device, token));
  const first = described[0]?.machine.name ?? '';
  const simulation = simulations.add({ title: title ?? first, devices: described, link });
  if (scenario === undefined) return sessionOf(simulation);
  try {
    await runScenario(session, simulations, simulation, scenario, machinesOf(simulation), token);
    return sessionOf(simulation);
  } catch (error) {
    simulations.close(simulation.id);
    throw error;
  }
}

async function deviceOf(
  session: Session,
  { name, machine, geometry = defaultGeometry, traits }: DeviceRequest,
  token: CancellationToken,
): Promise<TraceDevice> {
  const description = await machineFor(session, machine, token);
  const changed = traits === undefined ? description : { ...description, traits: { ...description.traits, ...traits } };
  return { name, machine: changed, geometry, layout: description.name };
}

interface Players {
  readonly source: MachineDescription;
  readonly target?: MachineDescription;
}

/** Who plays the roles of a scenario: the first device the sources, the first of another role the targets. */
function machinesOf({ recorder }: Simulation): Players {
  const { devices } = recorder.scene;
  const [source] = devices;
  if (source === undefined) throw refused('the simulation has no device');
  const target = devices.find(({ name }) => name.startsWith('target')) ?? devices[1];
  return target === undefined ? { source: source.machine } : { source: source.machine, target: target.machine };
}

/** Runs a scenario from its beginning; the simulation changes only when it came to its end. */
async function runScenario(
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

/**
 * The machines of a simulation that a check of a module has changed; null when it changed none. A driver that is not there
 * any more is null itself.
 */
function freshMachines(
  session: Session,
  { recorder }: Simulation,
  module: ModuleState,
  textOf: TextOf,
): ReadonlyMap<string, MachineDescription | null> | null {
  const { report } = module;
  const fresh = new Map<string, MachineDescription | null>();
  for (const { name, machine } of recorder.scene.devices) {
    const { ref } = machine;
    if (ref.kind !== 'driver' || report === null || !module.paths.includes(pathOfUri(ref.uri))) continue;
    const now = machineIn(session, module, report, textOf, ref);
    if (JSON.stringify(now) !== JSON.stringify(machine)) fresh.set(name, now);
  }
  return fresh.size === 0 ? null : fresh;
}

/** Runs a simulation again with the driver as it is now, and tells its client. */
async function follow(
  session: Session,
  connection: Connection,
  simulations: Simulations,
  simulation: Simulation,
  fresh: ReadonlyMap<string, MachineDescription | null>,
): Promise<void> {
  const { id, recorder: before } = simulation;
  const machines = new Map<string, MachineDescription>();
  for (const [name, machine] of fresh) {
    if (machine === null) {
      const problem = 'the driver can not be simulated as it stands: its ops or its flags are not found';
      await tellChanged(connection, { id, machines: [], advance: null, problem, changed: [] });
      return;
    }
    machines.set(name, machine);
  }
  const trace = savedTrace(simulation);
  const scene = withMachines(before.scene, machines);
  const request = simulation.scenario?.request ?? null;
  if (request === null) {
    const events = before.steps.map(({ event }) => event);
    simulation.recorder = record(scene, events);
    simulation.scenario = null;
    simulation.verdict = null;
  } else {
    const again: Simulation = { ...simulation, recorder: new Recorder(scene) };
    await runScenario(session, simulations, again, request, machinesOf(again), null);
    Object.assign(simulation, { recorder: again.recorder, verdict: again.verdict });
  }
  simulation.beforeEdit ??= trace;
  const { steps } = simulation.recorder;
  const { from } = changesBetween(before.steps, steps);
  const { changed } = changesBetween(simulation.beforeEdit.steps, steps);
  const advance: SimulationAdvance = {
    from,
    steps: steps.slice(from),
    verdict: simulation.verdict,
  };
  const told = [...machines].map(([device, machine]) => ({ device, machine }));
  await tellChanged(connection, { id, machines: told, advance, problem: null, changed });
}

function tellChanged(connection: Connection, params: SimulationChanged): Promise<void> {
  return connection.sendNotification(simulationChangedMethod, params);
}
