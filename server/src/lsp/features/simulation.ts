import type { CancellationToken, Connection, WorkDoneProgressParams } from 'vscode-languageserver';
import { defaultGeometry, defaultLink, scenarios } from '../../simulation';
import { flagSetText, profiles, validFlagSets } from '../../uapi';
import type {
  DeviceRequest,
  ScenarioDescription,
  ScenarioRequest,
  SimulationBranchParams,
  SimulationCatalogue,
  SimulationCloseParams,
  SimulationMachineParams,
  SimulationOpenParams,
  SimulationRunParams,
  SimulationSession,
  TraceDevice,
  Translate,
} from '../../wire';
import {
  isSimulationBranchParams,
  isSimulationCloseParams,
  isSimulationMachineParams,
  isSimulationOpenParams,
  isSimulationRunParams,
  simulationBranchMethod,
  simulationCatalogueMethod,
  simulationCloseMethod,
  simulationDispatchMethod,
  simulationMachineMethod,
  simulationOpenMethod,
  simulationRunMethod,
} from '../../wire';
import { answering } from '../gate';
import type { Waiting } from '../longWork';
import { inTurns, tellingProgress } from '../longWork';
import { machineFor } from '../machines';
import { hasWorkDoneToken, isAnything, isEventsToSend } from '../params';
import { refused } from '../refusal';
import type { Session } from '../session';
import { followDrivers } from '../simulationFollow';
import { machinesOf, runScenario } from '../simulationRun';
import type { EventsToSend, Simulation } from '../simulations';
import { dispatch, mostStepsInAnswer, replaceRun, Simulations, sessionOf } from '../simulations';
import { withoutParams } from './requests';
import { answerSimulationFiles } from './simulationFiles';

/** A scene has no more devices than a group of sources with their targets. */
const mostDevices = 32;

/** Answers the `vfio/simulation/*` requests (wire/simulation.ts). */
export function answerSimulation(session: Session, connection: Connection): void {
  const simulations = new Simulations();
  const on = <P>(
    method: string,
    isParams: (value: unknown) => boolean,
    answer: (params: P, token: CancellationToken) => object | null | Promise<object | null>,
  ) => connection.onRequest<object | null, void>(method, answering(session, method, isParams, answer));
  const onLong = <P extends object>(
    method: string,
    isParams: (value: unknown) => boolean,
    answer: (params: P, waiting: Waiting) => Promise<object | null>,
  ) =>
    on(
      method,
      (value) => isParams(value) && hasWorkDoneToken(value),
      (params: P & WorkDoneProgressParams, token) =>
        tellingProgress(session, connection, params, session.client.t('VFIO: simulating'), token, (waiting) =>
          answer(params, waiting),
        ),
    );

  connection.onRequest<SimulationCatalogue, void>(
    simulationCatalogueMethod,
    withoutParams(answering(session, simulationCatalogueMethod, isAnything, () => catalogueOf(session))),
  );
  on(simulationMachineMethod, isSimulationMachineParams, ({ machine }: SimulationMachineParams, token) =>
    machineFor(session, machine, token),
  );
  onLong(simulationOpenMethod, isSimulationOpenParams, (params: SimulationOpenParams, waiting) =>
    open(session, simulations, params, waiting),
  );
  onLong(simulationDispatchMethod, isEventsToSend, (params: { readonly id: string } & EventsToSend, waiting) => {
    const simulation = simulations.get(params.id);
    return simulations.change(simulation, () => inTurns(session, dispatch(simulations, simulation, params), waiting));
  });
  onLong(simulationRunMethod, isSimulationRunParams, ({ id, scenario }: SimulationRunParams, waiting) =>
    run(session, simulations, simulations.get(id), scenario, waiting),
  );
  on(simulationBranchMethod, isSimulationBranchParams, ({ id, at }: SimulationBranchParams) =>
    branch(simulations, simulations.get(id), at),
  );
  on(simulationCloseMethod, isSimulationCloseParams, ({ id }: SimulationCloseParams): null => {
    simulations.close(id);
    return null;
  });
  answerSimulationFiles(session, connection, simulations);
  followDrivers(session, connection, simulations);
}

/** The scenario in place of what was run before. */
function run(
  session: Session,
  simulations: Simulations,
  simulation: Simulation,
  scenario: ScenarioRequest,
  waiting: Waiting,
): Promise<SimulationSession> {
  return simulations.change(simulation, async () => {
    const players = machinesOf(simulation.recorder.scene);
    replaceRun(simulations, simulation, await runScenario(session, scenario, players, waiting));
    return sessionOf(simulation);
  });
}

async function branch(simulations: Simulations, simulation: Simulation, at: number): Promise<SimulationSession> {
  await simulations.settled(simulation);
  const recorder = simulation.recorder.upTo(at);
  const { length } = recorder.steps;
  if (length > mostStepsInAnswer) {
    throw refused(
      '{0} steps are too many for one answer, which has {1}: branch at an earlier one',
      length,
      mostStepsInAnswer,
    );
  }
  simulations.needRoom(length);
  const branched = simulations.add(recorder.scene, simulation.traits);
  branched.recorder = recorder;
  return sessionOf(branched);
}

function catalogueOf(session: Session): SimulationCatalogue {
  const { t } = session.client;
  return {
    drivers: session.modules.all.flatMap((module) =>
      module.drivers.flatMap(({ name, ops, location, flagSets }) =>
        flagSets.map(({ flags, when }, flagSet) => ({
          name,
          ref: { kind: 'driver' as const, uri: location.uri, ops, flagSet },
          flags: when === null ? flagSetText(flags) : t('{0} when {1}', flagSetText(flags), when),
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
    scenarios: scenarios.map(({ description }) => shownScenario(description, t)),
  };
}

/** A scenario as its menu and its form show it; these texts are data of the scenario. */
function shownScenario(description: ScenarioDescription, lookUp: Translate): ScenarioDescription {
  const inLanguage = <T extends { readonly title: string; readonly summary: string }>(told: T): T => ({
    ...told,
    title: lookUp(told.title),
    summary: lookUp(told.summary),
  });
  return { ...inLanguage(description), parameters: description.parameters.map(inLanguage) };
}

async function open(
  session: Session,
  simulations: Simulations,
  { devices, link = defaultLink, scenario, title }: SimulationOpenParams,
  waiting: Waiting,
): Promise<SimulationSession> {
  if (devices.length === 0 || devices.length > mostDevices)
    throw refused('1 to {0} devices can be simulated', mostDevices);
  if (new Set(devices.map(({ name }) => name)).size < devices.length) throw refused('two devices have the same name');
  const described: TraceDevice[] = [];
  for (const device of devices) described.push(await deviceOf(session, device, waiting.token));
  const first = described[0]?.machine.name ?? '';
  const simulation = simulations.add(
    { title: title ?? first, devices: described, link },
    new Map(devices.map(({ name, traits = {} }) => [name, traits])),
  );
  if (scenario === undefined) return sessionOf(simulation);
  try {
    return await run(session, simulations, simulation, scenario, waiting);
  } catch (error) {
    simulations.close(simulation.id);
    throw error;
  }
}

async function deviceOf(
  session: Session,
  { name, machine, geometry = defaultGeometry, traits }: DeviceRequest,
  token: CancellationToken | null,
): Promise<TraceDevice> {
  const description = await machineFor(session, machine, token ?? undefined);
  const changed = traits === undefined ? description : { ...description, traits: { ...description.traits, ...traits } };
  return { name, machine: changed, geometry, layout: description.name };
}
