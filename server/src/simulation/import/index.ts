import type { ImpossibleStep, MachineDescription, Trace } from '../../wire';
import type { Recorder } from '../recorder';
import type { ImportProblem } from './problem';
import type { StateSample } from './readDebugfs';
import { readDebugfs } from './readDebugfs';
import { mostDevices, readTrace } from './readTrace';
import { changesIn, replayDebugfs } from './replayDebugfs';
import type { Replayer } from './replayer';
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
}

export type ImportFormat = 'trace' | 'debugfs';

export interface ImportOptions {
  /** The file's name, for titles. */
  readonly name: string;
  /** Plays the devices of a file that names no machine. */
  readonly machine: MachineDescription;
  /** Plays the devices of a trace in place of its own machines. */
  readonly inPlace?: boolean;
}

/** Steps of a file that are run; a longer one is no record of a migration. */
export const mostImportedSteps = 100_000;
/** A change of state takes no more: time, data, the request, the end of the fd before. */
const stepsOfAChange = 5;
/** Characters of a file. */
const longestText = 64 * 1024 ** 2;

/**
 * A file that tells what devices did, run again: a saved trace or samples of debugfs' migration/state, whichever it is. Never
 * throws; a file that can not be read is a problem with its line.
 */
export function importText(text: string, options: ImportOptions): Imported | ImportProblem {
  if (text.length > longestText) {
    return { problem: `it has more than ${longestText / 1024 ** 2} million characters`, line: null };
  }
  const content = text.replace(/^\uFEFF/, '');
  switch (formatOf(content)) {
    case 'trace':
      return importTrace(content, options);
    case 'debugfs':
      return importDebugfs(content, options);
  }
}

function formatOf(text: string): ImportFormat {
  return /^\s*\{/.test(text) ? 'trace' : 'debugfs';
}

function importTrace(text: string, { machine, inPlace = false }: ImportOptions): Imported | ImportProblem {
  const trace = readTrace(text);
  if ('problem' in trace) {
    return trace;
  }
  if (trace.steps.length > mostImportedSteps) {
    return { problem: `it has ${trace.steps.length} steps, more than ${mostImportedSteps}`, line: null };
  }
  const replayer = replayTrace(trace, inPlace ? machine : null);
  const isSame = !inPlace && replayer.impossible === null;
  const { scenario, verdict } = isSame ? trace : { scenario: null, verdict: null };
  return { ...done('trace', replayer), scenario, verdict };
}

function importDebugfs(text: string, { name, machine }: ImportOptions): Imported | ImportProblem {
  const samples = readDebugfs(text);
  if ('problem' in samples) {
    return samples;
  }
  const tooMany =
    deviceTooMany(samples) ?? changesIn(samples).at(Math.floor(mostImportedSteps / stepsOfAChange)) ?? null;
  if (tooMany !== null) {
    const problem = `more than ${mostDevices} devices or ${mostImportedSteps / stepsOfAChange} changes of state`;
    return { problem, line: tooMany.line };
  }
  return done('debugfs', replayDebugfs(`Samples of ${name}`, samples, machine));
}

/** The first sample of a device that is one too many. */
function deviceTooMany(samples: readonly StateSample[]): StateSample | null {
  const seen = new Set<string | null>();
  return samples.find(({ device }) => seen.add(device).size > mostDevices) ?? null;
}

function done(format: ImportFormat, { recorder, impossible }: Replayer): Imported {
  return { format, recorder, scenario: null, verdict: null, impossible };
}
