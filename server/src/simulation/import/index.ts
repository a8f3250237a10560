import type { ImpossibleStep, MachineDescription, Trace } from '../../wire';
import { traceSchema } from '../../wire';
import type { Recorder } from '../recorder';
import type { Work } from '../work';
import { finish, half } from '../work';
import type { ImportProblem } from './problem';
import { qemuActions } from './qemuActions';
import { readDebugfs } from './readDebugfs';
import { readJson, wrongAt } from './readJson';
import type { QemuLog } from './readQemuLog';
import { isQemuLog, readQemuLog } from './readQemuLog';
import { scenarioIn, scenarioSchema } from './readScenario';
import { mostDevices, traceIn } from './readTrace';
import { changesIn, replayDebugfs } from './replayDebugfs';
import type { Replayer } from './replayer';
import { replayQemuLog } from './replayQemuLog';
import { replayScenario } from './replayScenario';
import { replayTrace } from './replayTrace';

/** A file that was read and run. */
export interface Imported {
  readonly format: ImportFormat;
  readonly recorder: Recorder;
  /** Of a trace, when its machines still do what it says. */
  readonly scenario: Trace['scenario'];
  readonly verdict: Trace['verdict'];
  /** The first step that does not end as the file says; null when the machines can do all of it. */
  readonly impossible: ImpossibleStep | null;
  /** What of the file was passed over, a sentence each. */
  readonly notes: readonly string[];
}

export type ImportFormat = 'trace' | 'scenario' | 'qemu-log' | 'debugfs';

export interface ImportOptions {
  /** The file's name, for titles. */
  readonly name: string;
  /** Plays the devices of a file that has no machines, which only traces have. */
  readonly machine: MachineDescription;
  /** Plays the devices of a trace in place of its own machines. */
  readonly inPlace?: boolean;
}

/** Steps of a file that are run; a longer one is no record of a migration. */
export const mostImportedSteps = 100_000;
/** A change of state or a call takes no more: time, data, the request, a fault, the end of the fd before. */
const stepsOfAnAction = 5;
/** Characters of a file. */
const longestText = 64 * 1024 ** 2;

/**
 * A file that tells what devices did or are to do, run: a saved trace, a scenario of one's own, a log of QEMU's trace events,
 * or samples of debugfs' migration/state, whichever it is. Never throws; a file that can not be read is a problem with its line.
 */
export function importText(text: string, options: ImportOptions): Imported | ImportProblem {
  return finish(importing(text, options));
}

/** The same in small steps: reading is the first half, running the second. Only JSON.parse() can not be left in the middle. */
export function* importing(text: string, options: ImportOptions): Work<Imported | ImportProblem> {
  if (text.length > longestText) {
    return { problem: `it has more than ${longestText / 1024 ** 2} million characters`, line: null };
  }
  const content = text.replace(/^\uFEFF/, '');
  switch (formatOf(content)) {
    case 'json':
      return yield* importJson(content, options);
    case 'qemu-log':
      return yield* importQemuLog(content, options);
    case 'debugfs':
      return yield* importDebugfs(content, options);
  }
}

function formatOf(text: string): 'json' | 'qemu-log' | 'debugfs' {
  return /^\s*\{/.test(text) ? 'json' : isQemuLog(text) ? 'qemu-log' : 'debugfs';
}

function* importJson(text: string, options: ImportOptions): Work<Imported | ImportProblem> {
  const json = readJson(text);
  if ('problem' in json) {
    return json;
  }
  const { value } = json;
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  switch (schema) {
    case traceSchema:
      return yield* importTrace(text, value, options);
    case scenarioSchema:
      return yield* importScenario(text, value, options);
    default:
      return wrongAt(text, ['schema'], `expected "${traceSchema}" or "${scenarioSchema}"`);
  }
}

function* importScenario(
  text: string,
  value: unknown,
  { name, machine }: ImportOptions,
): Work<Imported | ImportProblem> {
  const scenario = yield* half(0, scenarioIn(text, value));
  if ('problem' in scenario) {
    return scenario;
  }
  if (scenario.events.length > mostImportedSteps) {
    return { problem: `it has more than ${mostImportedSteps} events`, line: null };
  }
  return done('scenario', yield* half(1, replayScenario(`${name}: ${machine.name}`, scenario, machine)));
}

function* importTrace(
  text: string,
  value: unknown,
  { machine, inPlace = false }: ImportOptions,
): Work<Imported | ImportProblem> {
  const trace = yield* half(0, traceIn(text, value));
  if ('problem' in trace) {
    return trace;
  }
  if (trace.steps.length > mostImportedSteps) {
    return { problem: `it has ${trace.steps.length} steps, more than ${mostImportedSteps}`, line: null };
  }
  const replayer = yield* half(1, replayTrace(trace, inPlace ? machine : null));
  const isSame = !inPlace && replayer.impossible === null;
  const { scenario, verdict } = isSame ? trace : { scenario: null, verdict: null };
  return { ...done('trace', replayer), scenario, verdict };
}

function* importQemuLog(text: string, { name, machine }: ImportOptions): Work<Imported | ImportProblem> {
  const log = yield* half(0, readQemuLog(text));
  if ('problem' in log) {
    return log;
  }
  const actions = qemuActions(log.entries);
  const tooMany = deviceTooMany(actions) ?? actions.at(Math.floor(mostImportedSteps / stepsOfAnAction)) ?? null;
  if (tooMany !== null) {
    const problem = `more than ${mostDevices} devices or ${mostImportedSteps / stepsOfAnAction} system calls`;
    return { problem, line: tooMany.line };
  }
  return done('qemu-log', yield* half(1, replayQemuLog(`QEMU's ${name}`, actions, machine)), notesOn(log));
}

/** What of a log was passed over. */
function notesOn({ unread, others }: QemuLog): readonly string[] {
  const [first] = unread;
  const strange =
    unread.length === 1
      ? `1 line about migration does not read as QEMU writes it: line ${first}`
      : `${unread.length} lines about migration do not read as QEMU writes them, the first is line ${first}`;
  const foreign = others === 1 ? '1 line tells of no call' : `${others} lines tell of no call`;
  return [...(first === undefined ? [] : [strange]), ...(others === 0 ? [] : [foreign])];
}

function* importDebugfs(text: string, { name, machine }: ImportOptions): Work<Imported | ImportProblem> {
  const samples = yield* half(0, readDebugfs(text));
  if ('problem' in samples) {
    return samples;
  }
  const tooMany =
    deviceTooMany(samples) ?? changesIn(samples).at(Math.floor(mostImportedSteps / stepsOfAnAction)) ?? null;
  if (tooMany !== null) {
    const problem = `more than ${mostDevices} devices or ${mostImportedSteps / stepsOfAnAction} changes of state`;
    return { problem, line: tooMany.line };
  }
  return done('debugfs', yield* half(1, replayDebugfs(`Samples of ${name}`, samples, machine)));
}

/** The first entry of a device that is one too many. */
function deviceTooMany<T extends { readonly device: string | null }>(told: readonly T[]): T | null {
  const seen = new Set<string | null>();
  return told.find(({ device }) => seen.add(device).size > mostDevices) ?? null;
}

function done(format: ImportFormat, { recorder, impossible }: Replayer, notes: readonly string[] = []): Imported {
  return { format, recorder, scenario: null, verdict: null, impossible, notes };
}
