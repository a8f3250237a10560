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
import { faultOf, parametersOf, scenarioOf } from './simulateOptions';

export const traceFormats = ['text', 'json', 'mermaid', 'plantuml', 'c'] as const;

const options: OptionSpecs = {
  ...machineOptions,
  scenario: { type: 'string' },
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
  const scenario = scenarioOf(line.text('scenario') ?? 'precopy');
  const values = parametersOf(scenario.description, settingsOf(line));
  const machine = await machineOn(line, platform);
  if (machine === null) {
    return exitCodes.trouble;
  }
  const trace = run(scenario, values, machine, line.texts('fault'));
  const against = line.text('against');
  if (against !== null) {
    const other = await otherMachine(against, machine, line, platform);
    if (other === null) {
      return exitCodes.trouble;
    }
    const second = run(scenario, values, other, []);
    platform.stdout.write(comparisonText(trace, second, styleFor(platform.stdout, platform.env)));
    return compareTraces(trace, second).differences === 0 ? exitCodes.clean : exitCodes.findings;
  }
  platform.stdout.write(traceAs(trace, line.choice('format', traceFormats, 'text'), platform));
  const outcome = trace.verdict?.outcome;
  return outcome === 'failed' || outcome === 'never-converges' ? exitCodes.findings : exitCodes.clean;
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

/** The machine that `--against` names: the protocol with the same flags, or another driver's; null when it has none. */
async function otherMachine(
  against: string,
  { flags, profile }: MachineDescription,
  line: CommandLine,
  platform: Platform,
): Promise<MachineDescription | null> {
  return against === 'reference' ? describeReference(flags, profile) : machineAt(against, line, platform);
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
