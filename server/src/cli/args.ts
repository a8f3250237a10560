import { parseArgs } from 'node:util';
import { didYouMean } from './suggest';

/** The command line is wrong; the message says how, without a full stop. */
export class CommandLineError extends Error {}

interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** How many values follow the option; 1 when not said. Only for strings. */
  readonly count?: number;
  readonly oneOf?: readonly string[];
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The options and paths of one command. */
export class CommandLine {
  readonly paths: readonly string[];
  private readonly values: ReadonlyMap<string, readonly string[]>;

  constructor(paths: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.paths = paths;
    this.values = values;
  }

  has(option: string): boolean {
    return this.values.has(option);
  }

  /** The last value given. */
  text(option: string): string | null {
    return this.values.get(option)?.at(-1) ?? null;
  }

  /** Every value given, in order. */
  texts(option: string): readonly string[] {
    return this.values.get(option) ?? [];
  }

  /** A value that `oneOf` restricts. */
  choice<T extends string>(option: string, choices: readonly T[], otherwise: T): T {
    const text = this.text(option);
    return choices.find((choice) => choice === text) ?? otherwise;
  }
}

/**
 * Parses a command's arguments: `--name value`, `--name=value`, paths in any place, all after `--` as paths.
 * Throws CommandLineError for what the command does not have, with the name that may have been meant.
 */
export function parseCommandLine(
  args: readonly string[],
  specs: OptionSpecs,
  { paths }: { readonly paths: boolean },
): CommandLine {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [name, { type, multiple: true as const }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, readonly string[]>();
  const positionals: string[] = [];
  let wanted: { readonly name: string; more: number } | null = null;
  for (const token of tokens) {
    if (token.kind === 'positional' && wanted !== null && wanted.more > 0) {
      values.set(wanted.name, [...(values.get(wanted.name) ?? []), token.value]);
      wanted.more--;
    } else if (token.kind === 'positional') {
      positionals.push(token.value);
    } else if (token.kind === 'option') {
      const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
      if (spec === undefined) {
        throw new CommandLineError(
          `unknown option "${token.rawName}"${didYouMean(
            token.rawName,
            Object.keys(specs).map((name) => `--${name}`),
          )}`,
        );
      }
      values.set(token.name, [...(values.get(token.name) ?? []), ...givenValue(token.name, spec, token.value)]);
      wanted = { name: token.name, more: (spec.count ?? 1) - 1 };
    }
  }
  if (wanted !== null && wanted.more > 0) {
    throw new CommandLineError(
      `option "--${wanted.name}" needs ${wanted.more} more value${wanted.more > 1 ? 's' : ''}`,
    );
  }
  if (!paths && positionals.length > 0) {
    throw new CommandLineError(`unexpected argument "${positionals[0]}"`);
  }
  return new CommandLine(positionals, values);
}

function givenValue(name: string, spec: OptionSpec, value: string | undefined): readonly string[] {
  if (spec.type === 'boolean') {
    if (value !== undefined) {
      throw new CommandLineError(`option "--${name}" takes no value`);
    }
    return ['true'];
  }
  if (value === undefined || value === '') {
    throw new CommandLineError(`option "--${name}" needs a value${choices(spec)}`);
  }
  if (spec.oneOf !== undefined && !spec.oneOf.includes(value)) {
    throw new CommandLineError(`"${value}" is no value of "--${name}"${choices(spec)}${didYouMean(value, spec.oneOf)}`);
  }
  return [value];
}

function choices(spec: OptionSpec): string {
  return spec.oneOf === undefined ? '' : ` (${spec.oneOf.join(', ')})`;
}
