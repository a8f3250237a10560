import type { CancellationToken, Connection } from 'vscode-languageserver';
import { defaultGeometry, defaultLink, record, scenarios } from '../../simulation';
import { flagSetText, profiles, validFlagSets } from '../../uapi';
import type {
  DeviceRequest,
  SimulationBranchParams,
  SimulationCatalogue,
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
  simulationCloseMethod,
  simulationDispatchMethod,
  simulationMachineMethod,
  simulationOpenMethod,
  simulationRunMethod,
} from '../../wire';
import { answering } from '../gate';
import { machineFor, refused } from '../machines';
import { isAnything } from '../params';
import type { Session } from '../session';
import { followDrivers } from '../simulationFollow';
import { machinesOf, runScenario } from '../simulationRun';
import { dispatch, Simulations, sessionOf } from '../simulations';
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
    const { recorder, traits } = simulations.get(id);
    if (at > simulations.room()) throw refused('too many steps are kept; close a simulation first');
    const branch = simulations.add(recorder.scene, traits);
    const events = recorder.steps.slice(0, at).map(({ event }) => event);
    branch.recorder = record(recorder.scene, events);
    return sessionOf(branch);
  });
  on(simulationCloseMethod, isSimulationCloseParams, ({ id }: SimulationCloseParams): null => {
    simulations.close(id);
    return null;
  });
  answerSimulationFiles(session, connection, simulations);
  followDrivers(session, connection, simulations);
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
  const simulation = simulations.add(
    { title: title ?? first, devices: described, link },
    new Map(devices.map(({ name, traits = {} }) => [name, traits])),
  );
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
