/** Machines to simulate, runs of them written down, scenarios of a VMM. Pure; knows device, wire and what the analysis found. */

export { changesBetween } from './changes';
export { compareTraces } from './compare';
export type { DriverSource } from './describe';
export { describeDriver } from './describe';
export { traceCProgram } from './export/cProgram';
export { traceMermaid } from './export/mermaid';
export { exportName } from './export/name';
export { tracePlantUml } from './export/plantUml';
export type { Ink, TextOptions } from './export/text';
export { traceText } from './export/text';
export type { Told } from './export/told';
export type { Imported, ImportFormat, ImportOptions } from './import';
export { importing, importText } from './import';
export type { ImportProblem } from './import/problem';
export { machineOf } from './machine';
export type { Scenario } from './program';
export type { Scene } from './recorder';
export { defaultGeometry, defaultLink, Recorder, record, traceOf } from './recorder';
export { describeReference } from './reference';
export {
  fillParameters,
  mostEvents,
  runScenario,
  ScenarioError,
  ScenarioRun,
  scenarioNamed,
  sceneOf,
} from './run';
export { scenarios } from './scenarios';
export { viewOf } from './view';
export type { Progress, Work } from './work';
export { finish } from './work';
