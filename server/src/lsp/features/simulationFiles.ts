import type { Connection } from 'vscode-languageserver';
import { compareTraces, exportName, traceCProgram, traceMermaid, tracePlantUml, traceText } from '../../simulation';
import type {
  SimulationCompareParams,
  SimulationCompareResult,
  SimulationExport,
  SimulationExportParams,
  Trace,
} from '../../wire';
import {
  isSimulationCompareParams,
  isSimulationExportParams,
  simulationCompareMethod,
  simulationExportMethod,
} from '../../wire';
import { answering } from '../gate';
import { refused } from '../machines';
import type { Session } from '../session';
import type { Simulations } from '../simulations';
import { savedTrace } from '../simulations';

/** Simulations as texts and beside each other: `vfio/simulation/export` and `vfio/simulation/compare`. */
export function answerSimulationFiles(session: Session, connection: Connection, simulations: Simulations): void {
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
