import type { ParameterDescription, ParameterValues, ScenarioDescription } from '../../../../server/src/wire';
import { bytesText, parseBytes, parseRate, parseTime, rateText, timeText } from '../../../../server/src/wire';
import { t } from '../texts';

/** What the user has written into the form of a scenario, by parameter; what is not there has its value. */
export type Texts = Readonly<Record<string, string>>;

/** A parameter as the form shows it. */
export interface Field {
  readonly parameter: ParameterDescription;
  readonly text: string;
  /** What the text means; null when it means nothing. */
  readonly value: number | string | null;
  /** What is wrong with the text; null when nothing is. */
  readonly problem: string | null;
}

/** The fields of a scenario: the values it ran with, or its defaults, changed by what the user has written. */
export function fieldsOf(
  { parameters }: ScenarioDescription,
  values: ParameterValues | null,
  texts: Texts,
): readonly Field[] {
  return parameters.map((parameter) => {
    const text = texts[parameter.name] ?? textOf(parameter, values?.[parameter.name] ?? parameter.default);
    const value = meaningOf(parameter, text);
    return { parameter, text, value, problem: problemOf(parameter, value) };
  });
}

/** What to run with; null while a field means nothing. */
export function valuesOf(fields: readonly Field[]): ParameterValues | null {
  const values: Record<string, number | string> = {};
  for (const { parameter, value, problem } of fields) {
    if (value === null || problem !== null) return null;
    values[parameter.name] = value;
  }
  return values;
}

/** A value as one writes it: the first way that is read back as the very same. */
function textOf({ kind }: ParameterDescription, value: number | string): string {
  if (typeof value === 'string') return value;
  const parse = parsers[kind];
  return writings[kind](value).find((text) => parse?.(text) === value) ?? String(value);
}

const plain = (value: number): readonly string[] => [String(value)];
const writings: Readonly<Record<ParameterDescription['kind'], (value: number) => readonly string[]>> = {
  bytes: (value) => [bytesText(value)],
  // Links are sold in bits, memory is dirtied in bytes.
  rate: (value) => [`${value / 125_000_000} Gbit/s`, `${bytesText(value)}/s`, rateText(value)].filter(isShort),
  time: (value) => [timeText(value)],
  count: plain,
  choice: plain,
  flag: plain,
};

function isShort(text: string): boolean {
  return text.length <= 'nnn.n Gbit/s'.length;
}

const parsers: Partial<Record<ParameterDescription['kind'], (text: string) => number | null>> = {
  bytes: parseBytes,
  rate: parseRate,
  time: parseTime,
};

function meaningOf({ kind }: ParameterDescription, text: string): number | string | null {
  if (kind === 'choice') return text;
  const parse = parsers[kind];
  if (parse !== undefined) return parse(text);
  return /^\s*\d+\s*$/.test(text) ? Number(text) : null;
}

const examples: Partial<Record<ParameterDescription['kind'], string>> = {
  bytes: t('a size, as 64 MiB'),
  rate: t('a rate, as 10 Gbit/s or 20 MiB/s'),
  time: t('a time, as 300 ms'),
  count: t('a whole number'),
};

function problemOf(parameter: ParameterDescription, value: number | string | null): string | null {
  const { kind, min, max, choices } = parameter;
  if (value === null) return t('This is not {0}.', examples[kind] ?? t('a value'));
  if (typeof value === 'string') return choices?.includes(value) === false ? t('There is no such choice.') : null;
  if (min !== undefined && value < min) return t('At least {0}.', textOf(parameter, min));
  if (max !== undefined && value > max) return t('At most {0}.', textOf(parameter, max));
  return null;
}
