import { scenarios } from '../simulation';
import type { ParameterDescription, ScenarioDescription } from '../wire';
import { bytesText, rateText, timeText } from '../wire';
import { parseCommandLine } from './args';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { scenarioOf } from './simulateOptions';

/** `scenarios [NAME...]`: what can be simulated; with names, their parameters. */
export async function runScenarios(args: readonly string[], platform: Platform): Promise<number> {
  const { paths } = parseCommandLine(args, {}, { paths: true });
  const chosen = paths.map((name) => scenarioOf(name).description);
  const text = chosen.length === 0 ? listText() : chosen.map(scenarioText).join('\n');
  platform.stdout.write(text);
  return exitCodes.clean;
}

function listText(): string {
  const width = Math.max(...scenarios.map(({ description }) => description.name.length)) + 2;
  const lines = scenarios.map(({ description }) => `${description.name.padEnd(width)}${description.title}`);
  return `${lines.join('\n')}\n\nvfio-arcs scenarios NAME shows the parameters of one.\n`;
}

function scenarioText({ name, title, summary, parameters }: ScenarioDescription): string {
  const names = Math.max(...parameters.map((each) => each.name.length)) + 2;
  const values = Math.max(...parameters.map((each) => valueText(each).length)) + 2;
  const lines = parameters.map((each) => {
    const choices = each.choices === undefined ? '' : ` One of: ${each.choices.join(', ')}.`;
    return `  ${each.name.padEnd(names)}${valueText(each).padEnd(values)}${each.summary}${choices}`;
  });
  return [`${name}: ${title}`, '', summary, '', ...lines, ''].join('\n');
}

/** The default as one would write it. */
function valueText({ kind, default: value }: ParameterDescription): string {
  if (typeof value === 'string') {
    return value;
  }
  switch (kind) {
    case 'bytes':
      return bytesText(value);
    case 'rate':
      return rateText(value);
    case 'time':
      return timeText(value);
    case 'count':
    case 'choice':
    case 'flag':
      return String(value);
  }
}
