import type { Event } from '../device';
import { fillParameters, type Scenario, ScenarioError, scenarioNamed, scenarios } from '../simulation';
import { arcText, parseArc, sameArc } from '../uapi';
import type {
  FaultSwitch,
  MachineArc,
  MachineDescription,
  ParameterDescription,
  ParameterValues,
  ScenarioDescription,
} from '../wire';
import { parseBytes, parseRate, parseTime } from '../wire';
import { CommandLineError } from './args';
import { didYouMean } from './suggest';

/** The scenario of that name. Throws CommandLineError with what may have been meant. */
export function scenarioOf(name: string): Scenario {
  const found = scenarioNamed(name);
  if (found === null) {
    const names = scenarios.map(({ description }) => description.name);
    throw new CommandLineError(`no scenario "${name}" (${names.join(', ')})${didYouMean(name, names)}`);
  }
  return found;
}

/** Values for all parameters of a scenario, from `name=value` texts. Throws CommandLineError for what can not be meant. */
export function parametersOf(description: ScenarioDescription, settings: readonly string[]): ParameterValues {
  const given = Object.fromEntries(
    settings.map((setting) => {
      const [name = '', ...value] = setting.split('=');
      const names = description.parameters.map((each) => each.name);
      const parameter = description.parameters.find((each) => each.name === name);
      if (parameter === undefined) {
        throw new CommandLineError(
          `${description.name} has no parameter "${name}" (${names.join(', ')})${didYouMean(name, names)}`,
        );
      }
      return [name, readValue(parameter, value.join('='))];
    }),
  );
  try {
    return fillParameters(description, given);
  } catch (error) {
    throw error instanceof ScenarioError ? new CommandLineError(error.message) : error;
  }
}

const examples: Readonly<Record<ParameterDescription['kind'], string>> = {
  bytes: 'a size such as 64MiB',
  rate: 'a rate such as 10Gbit/s or 20MiB/s',
  time: 'a time such as 300ms',
  count: 'a number',
  flag: '0 or 1',
  choice: 'a word',
};

function readValue({ name, kind, choices }: ParameterDescription, text: string): number | string {
  if (choices !== undefined) {
    const plain = (each: string) => each.replaceAll(/\s+/g, '').toLowerCase();
    const found = choices.find((each) => plain(each) === plain(text) || plain(each).replace('->', ':') === plain(text));
    if (found === undefined) {
      throw new CommandLineError(`${name} is one of ${choices.join(', ')}, not "${text}"${didYouMean(text, choices)}`);
    }
    return found;
  }
  const value = numberOf(kind, text);
  if (value === null) {
    throw new CommandLineError(`${name} is ${examples[kind]}, not "${text}"`);
  }
  return value;
}

function numberOf(kind: ParameterDescription['kind'], text: string): number | null {
  switch (kind) {
    case 'bytes':
      return parseBytes(text);
    case 'rate':
      return parseRate(text);
    case 'time':
      return parseTime(text);
    case 'flag':
      return /^(?:1|on|true|yes)$/i.test(text) ? 1 : /^(?:0|off|false|no)$/i.test(text) ? 0 : null;
    case 'count':
    case 'choice':
      return /^\d+$/.test(text) ? Number(text) : null;
  }
}

/**
 * The fault that `FROM:TO` or `FROM:TO@LINE` (`@FILE:LINE`) asks for, on a device: an error return of the driver at that
 * line, else the arc fails with -EIO. Throws CommandLineError for an arc or a line that has no such thing.
 */
export function faultOf(text: string, device: string, machine: MachineDescription): Event {
  const [pair = '', place] = text.split('@');
  const parsed = parseArc(pair);
  const arc = parsed && machine.arcs.find((each) => sameArc(each, parsed));
  if (arc === null || arc === undefined) {
    const flags = parsed === null ? 'two states such as RUNNING:PRE_COPY' : `an arc of ${machine.name}'s flags`;
    throw new CommandLineError(`"${pair}" is not ${flags}`);
  }
  const { from, to } = arc;
  if (place === undefined) {
    return { kind: 'fault', device, arc: { from, to }, errno: 'EIO', leaves: null };
  }
  const { errno, leaves, id: site } = switchAt(arc, place);
  return { kind: 'fault', device, arc: { from, to }, errno, leaves, site };
}

function switchAt(arc: MachineArc, place: string): FaultSwitch {
  const [, file, line] = /^(?:(.*):)?(\d+)$/.exec(place) ?? [];
  const found = arc.faults.find(
    ({ location }) =>
      location.range.start.line + 1 === Number(line) &&
      (file === undefined || decodeURIComponent(location.uri).endsWith(`/${file}`)),
  );
  if (found !== undefined) {
    return found;
  }
  const places = [...new Set(arc.faults.map(placeText))];
  const has = places.length === 0 ? 'it has no error return of its own' : `it can fail at ${places.join(', ')}`;
  throw new CommandLineError(`${arcText(arc)} has no error return at "${place}"; ${has}`);
}

function placeText({ location, text }: FaultSwitch): string {
  const file = decodeURIComponent(location.uri.slice(location.uri.lastIndexOf('/') + 1));
  return `${file}:${location.range.start.line + 1} (${text})`;
}
