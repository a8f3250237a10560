import type { CancellationToken, Connection } from 'vscode-languageserver';
import {
  compareTraces,
  describeReference,
  exportName,
  importText,
  traceCProgram,
  traceMermaid,
  tracePlantUml,
  traceText,
} from '../../simulation';
import { newestProfile } from '../../uapi';
import type {
  SimulationCompareParams,
  SimulationCompareResult,
  SimulationExport,
  SimulationExportParams,
  SimulationImportParams,
  SimulationImportResult,
  Trace,
} from '../../wire';
import {
  isSimulationCompareParams,
  isSimulationExportParams,
  isSimulationImportParams,
  simulationCompareMethod,
  simulationExportMethod,
  simulationImportMethod,
} from '../../wire';
import { answering } from '../gate';
import { machineFor, refused } from '../machines';
import type { Session } from '../session';
import type { Simulations } from '../simulations';
import { savedTrace, sessionOf } from '../simulations';

/** Simulations from and to texts, and beside each other: `vfio/simulation/import`, `export` and `compare`. */
export function answerSimulationFiles(session: Session, connection: Connection, simulations: Simulations): void {
  connection.onRequest<SimulationImportResult, void>(
    simulationImportMethod,
    answering(session, simulationImportMethod, isSimulationImportParams, (params: SimulationImportParams, token) =>
      open(session, simulations, params, token),
    ),
  );
  connection.onRequest<SimulationExport, void>(
    simulationExportMethod,
    answering(session, simulationExportMethod, isSimulationExportParams, ({ id, format }: SimulationExportParams) => {
      const trace = savedTrace(simulations.get(id));
      return { name: exportName(trace, format), text: textAs(trace, format) };
    }),
  );
  connection.onRequest<SimulationCompareResult, void>(
    simulationCompareMethod,
    answering(session, simulationCompareMethod, isSimulationCompareParams, ({ a, b }: SimulationCompareParams) => {
      const first = simulations.get(a);
      const { beforeEdit } = first;
      if (b !== 'before-edit') return compareTraces(savedTrace(first), savedTrace(simulations.get(b)));
      if (beforeEdit === null) throw refused('its driver was not edited since the simulation began');
      return compareTraces(beforeEdit, savedTrace(first));
    }),
  );
}

/** A session of what a file tells; a file that can not be read is answered with its line, not with an error. */
async function open(
  session: Session,
  simulations: Simulations,
  { name, text, machine }: SimulationImportParams,
  token: CancellationToken,
): Promise<SimulationImportResult> {
  const played =
    machine === undefined
      ? describeReference(newestProfile.flags, newestProfile.id)
      : await machineFor(session, machine, token);
  const imported = importText(text, { name, machine: played });
  if ('problem' in imported) return imported;
  const { recorder, scenario, verdict, impossible, notes } = imported;
  if (recorder.steps.length > simulations.room()) throw refused('too many steps are kept; close a simulation first');
  const simulation = simulations.add(recorder.scene);
  simulation.recorder = recorder;
  simulation.scenario = scenario && { ...scenario, request: null };
  simulation.verdict = verdict;
  return { session: sessionOf(simulation), impossible, notes };
}

function textAs(trace: Trace, format: SimulationExportParams['format']): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(trace, null, 2)}\n`;
    case 'text':
      return traceText(trace);
    case 'mermaid':
      return traceMermaid(trace);
    case 'plantuml':
      return tracePlantUml(trace);
    case 'c':
      return traceCProgram(trace);
  }
}
