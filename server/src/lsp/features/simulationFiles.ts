import type { Connection, WorkDoneProgressParams } from 'vscode-languageserver';
import { printable } from '../../analysis/printable';
import {
  compareTraces,
  describeReference,
  exportName,
  importing,
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
import type { Waiting } from '../longWork';
import { inTurns, tellingProgress } from '../longWork';
import { machineFor } from '../machines';
import { hasWorkDoneToken } from '../params';
import { refused } from '../refusal';
import type { Session } from '../session';
import type { Simulations } from '../simulations';
import { mostStepsInAnswer, savedTrace, sessionOf } from '../simulations';

/** Simulations from and to texts, and beside each other: `vfio/simulation/import`, `export` and `compare`. */
export function answerSimulationFiles(session: Session, connection: Connection, simulations: Simulations): void {
  connection.onRequest<SimulationImportResult, void>(
    simulationImportMethod,
    answering(
      session,
      simulationImportMethod,
      (value) => isSimulationImportParams(value) && hasWorkDoneToken(value),
      (params: SimulationImportParams & WorkDoneProgressParams, token) =>
        tellingProgress(
          session,
          connection,
          params,
          session.client.t('VFIO: running {0}', printable(params.name)),
          token,
          (waiting) => open(session, simulations, params, waiting),
        ),
    ),
  );
  connection.onRequest<SimulationExport, void>(
    simulationExportMethod,
    answering(
      session,
      simulationExportMethod,
      isSimulationExportParams,
      async ({ id, format }: SimulationExportParams) => {
        const simulation = simulations.get(id);
        await simulations.settled(simulation);
        const { length } = simulation.recorder.steps;
        if (length > mostStepsInAnswer) {
          throw refused(
            '{0} steps are too many for one text, which has {1}: branch at an earlier one, export that',
            length,
            mostStepsInAnswer,
          );
        }
        const trace = savedTrace(simulation);
        return { name: exportName(trace, format), text: textAs(trace, format) };
      },
    ),
  );
  connection.onRequest<SimulationCompareResult, void>(
    simulationCompareMethod,
    answering(
      session,
      simulationCompareMethod,
      isSimulationCompareParams,
      async ({ a, b }: SimulationCompareParams) => {
        const first = simulations.get(a);
        const second = b === 'before-edit' ? null : simulations.get(b);
        await simulations.settled(first);
        if (second !== null) await simulations.settled(second);
        const { beforeEdit } = first;
        if (second !== null) return compareTraces(savedTrace(first), savedTrace(second));
        if (beforeEdit === null) throw refused('its driver was not edited since the simulation began');
        return compareTraces(beforeEdit, savedTrace(first));
      },
    ),
  );
}

/** A session of what a file tells; a file that can not be read is answered with its line, not with an error. */
async function open(
  session: Session,
  simulations: Simulations,
  { name, text, machine }: SimulationImportParams,
  waiting: Waiting,
): Promise<SimulationImportResult> {
  const played =
    machine === undefined
      ? describeReference(newestProfile.flags, newestProfile.id)
      : await machineFor(session, machine, waiting.token ?? undefined);
  const imported = await inTurns(session, importing(text, { name, machine: played }), waiting);
  if ('problem' in imported) return imported;
  const { recorder, scenario, verdict, impossible, notes } = imported;
  simulations.needRoom(recorder.steps.length);
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
