import type { Ink, Scenario } from '../simulation';
import {
  compareTraces,
  describeReference,
  Recorder,
  runScenario,
  sceneOf,
  traceCProgram,
  traceMermaid,
  traceOf,
  tracePlantUml,
  traceText,
} from '../simulation';
import type { MachineDescription, ParameterValues, Trace } from '../wire';
import type { CommandLine, OptionSpecs } from './args';
import { CommandLineError, parseCommandLine } from './args';
import { styleFor } from './display';
import { machineAt, machineOn, machineOptions } from './machines';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { comparisonText } from './simulateAgainst';
import { importedFrom, importRemarks, isFileName, traceOfImported } from './simulateFile';
import { faultOf, parametersOf, scenarioOf } from './simulateOptions';

export const traceFormats = ['text', 'json', 'mermaid', 'plantuml', 'c'] as const;

const options: OptionSpecs = {
  ...machineOptions,
  scenario: { type: 'string' },
  import: { type: 'string' },
  set: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  seed: { type: 'string' },
  against: { type: 'string' },
  format: { type: 'string', oneOf: traceFormats },
};

/**
 * `simulate [PATH]`: a scenario on a driver's machine, or on the one that the protocol asks for. The exit code tells the
 * verdict: 1 when the scenario failed or did not come to an end.
 */
export async function runSimulate(args: readonly string[], platform: Platform): Promise<number> {
  const line = parseCommandLine(args, options, { paths: true });
  const chosen = line.text('scenario') ?? 'precopy';
  const file = line.text('import') ?? (isFileName(chosen) ? chosen : null);
  if (file !== null) {
    return runFile(file, line, platform);
  }
  const scenario = scenarioOf(chosen);
  const values = parametersOf(scenario.description, settingsOf(line));
  const machine = await machineOn(line, platform);
  if (machine === null) {
    return exitCodes.trouble;
  }
  const trace = run(scenario, values, machine, line.texts('fault'));
  const against = line.text('against');
  if (against !== null) {
    const second = await otherRun(against, machine, line, platform, async (other) => run(scenario, values, other, []));
    return second === null ? exitCodes.trouble : compared(trace, second, platform);
  }
  platform.stdout.write(traceAs(trace, line.choice('format', traceFormats, 'text'), platform));
  const outcome = trace.verdict?.outcome;
  return outcome === 'failed' || outcome === 'never-converges' ? exitCodes.findings : exitCodes.clean;
}

/**
 * What a file tells, on the machine that the command line names, else on its own, else on the protocol's. The exit code is 1
 * when a step does not end as the file says.
 */
async function runFile(file: string, line: CommandLine, platform: Platform): Promise<number> {
  if (line.text('import') !== null && line.text('scenario') !== null) {
    throw new CommandLineError('either --scenario or --import, not both');
  }
  const misplaced = ['set', 'seed', 'fault'].find((option) => line.has(option));
  if (misplaced !== undefined) {
    throw new CommandLineError(`--${misplaced} is for scenarios that have a name, not for a file`);
  }
  const inPlace = line.paths.length > 0 || line.text('reference') !== null;
  const machine = await machineOn(line, platform);
  const imported = machine && (await importedFrom(file, { machine, inPlace }, platform));
  if (machine === null || imported === null) {
    return exitCodes.trouble;
  }
  const trace = traceOfImported(imported);
  const against = line.text('against');
  if (against !== null) {
    const played = trace.devices[0]?.machine ?? machine;
    const second = await otherRun(against, played, line, platform, async (other) => {
      const again = await importedFrom(file, { machine: other, inPlace: true }, platform);
      return again && traceOfImported(again);
    });
    return second === null ? exitCodes.trouble : compared(trace, second, platform);
  }
  const format = line.choice('format', traceFormats, 'text');
  platform.stdout.write(traceAs(trace, format, platform));
  const out = format === 'text' ? platform.stdout : platform.stderr;
  const remarks = importRemarks(imported, styleFor(out, platform.env));
  out.write(`${['', ...remarks].join('\n')}\n`);
  return imported.impossible === null ? exitCodes.clean : exitCodes.findings;
}

function compared(a: Trace, b: Trace, platform: Platform): number {
  platform.stdout.write(comparisonText(a, b, styleFor(platform.stdout, platform.env)));
  return compareTraces(a, b).differences === 0 ? exitCodes.clean : exitCodes.findings;
}

/** The scenario from its beginning to its end. Faults are armed on the first device before it begins. */
function run(
  scenario: Scenario,
  values: ParameterValues,
  machine: MachineDescription,
  faults: readonly string[],
): Trace {
  const recorder = new Recorder(sceneOf(scenario, values, { source: machine }));
  const source = recorder.scene.devices[0]?.name ?? '';
  for (const fault of faults) {
    recorder.send(faultOf(fault, source, machine));
  }
  const verdict = runScenario(scenario, values, recorder);
  return traceOf(recorder, { name: scenario.description.name, parameters: values }, verdict);
}

/**
 * The other side of `--against`: a saved trace as it is, or the same again with the protocol's machine of the same flags or
 * with another driver's. Null when there is no such thing, which has been said on standard error.
 */
async function otherRun(
  against: string,
  machine: MachineDescription,
  line: CommandLine,
  platform: Platform,
  again: (other: MachineDescription) => Promise<Trace | null>,
): Promise<Trace | null> {
  if (isFileName(against)) {
    const imported = await importedFrom(against, { machine }, platform);
    return imported && traceOfImported(imported);
  }
  const { flags, profile } = machine;
  const other = against === 'reference' ? describeReference(flags, profile) : await machineAt(against, line, platform);
  return other && again(other);
}

/** `--set` and, for scenarios that leave something to chance, `--seed`. */
function settingsOf(line: CommandLine): readonly string[] {
  const seed = line.text('seed');
  const wrong = line.texts('set').find((setting) => !setting.includes('='));
  if (wrong !== undefined) {
    throw new CommandLineError(`--set takes name=value, not "${wrong}"`);
  }
  return seed === null ? line.texts('set') : [...line.texts('set'), `seed=${seed}`];
}

function traceAs(trace: Trace, format: (typeof traceFormats)[number], platform: Platform): string {
  switch (format) {
    case 'text':
      return traceText(trace, { paint: painter(platform), width: widthOf(platform) });
    case 'json':
      return `${JSON.stringify(trace, null, 2)}\n`;
    case 'mermaid':
      return traceMermaid(trace);
    case 'plantuml':
      return tracePlantUml(trace);
    case 'c':
      return traceCProgram(trace);
  }
}

/** A log that is written to a file is as wide as one that is put into a mail. */
const mailWidth = 100;

function widthOf({ stdout }: Platform): number {
  return stdout.isTerminal ? Math.min(stdout.columns, 160) : mailWidth;
}

function painter({ stdout, env }: Platform): (ink: Ink, text: string) => string {
  const style = styleFor(stdout, env);
  const inks: Readonly<Record<Ink, (text: string) => string>> = {
    title: style.bold,
    name: style.bold,
    faint: style.dim,
    failure: style.red,
    success: style.green,
    place: style.cyan,
  };
  return (ink, text) => inks[ink](text);
}
