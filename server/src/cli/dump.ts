import path from 'node:path';
import type { DriverModel } from '../analysis/model';
import { printCfg, printIR } from '../c';
import type { CModule, FunctionDecl } from '../c/module';
import type { StateName } from '../uapi';
import { parseState, profileIds } from '../uapi';
import type { OptionSpecs } from './args';
import { CommandLineError, parseCommandLine } from './args';
import type { Trouble } from './collect';
import { checkPaths } from './collect';
import type { Style } from './display';
import { styleFor } from './display';
import { traceText } from './dumpTrace';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { didYouMean } from './suggest';

const kinds = ['ir', 'cfg', 'trace'] as const;

const options: OptionSpecs = {
  function: { type: 'string' },
  arc: { type: 'string', count: 2 },
  all: { type: 'boolean' },
  profile: { type: 'string', oneOf: profileIds },
};

/** `dump ir|cfg|trace PATH`: what the analysis works on. */
export async function runDump(args: readonly string[], platform: Platform): Promise<number> {
  const line = parseCommandLine(args, options, { paths: true });
  const [word, ...paths] = line.paths;
  const kind = kinds.find((each) => each === word);
  if (kind === undefined) {
    throw new CommandLineError(
      word === undefined
        ? 'ir, cfg or trace is needed'
        : `"${word}" is none of ${kinds.join(', ')}${didYouMean(word, kinds)}`,
    );
  }
  if (paths.length === 0) {
    throw new CommandLineError('a file or folder is needed');
  }
  const arc = arcOption(line.texts('arc'));
  const name = line.text('function');
  const profile = profileIds.find((id) => id === line.text('profile')) ?? null;
  const trouble: Trouble = { happened: false };
  const style = styleFor(platform.stdout, platform.env);
  const named = paths.map((each) => path.resolve(platform.cwd, each).split(path.sep).join('/'));
  let functions = 0;
  for await (const { module, report } of checkPaths(paths, platform, { profile }, trouble)) {
    if (kind === 'trace') {
      for (const { driver } of report.drivers) {
        writeTrace(driver, module, arc, platform, style, line.has('all'));
      }
      continue;
    }
    for (const found of functionsIn(module, named, name)) {
      functions++;
      platform.stdout.write(`${kind === 'ir' ? printIR(found.ir()) : printCfg(found.ir())}\n`);
    }
  }
  if (kind !== 'trace' && name !== null && functions === 0) {
    platform.stderr.write(`vfio-arcs: there is no function "${name}" here\n`);
    return exitCodes.trouble;
  }
  return trouble.happened ? exitCodes.trouble : exitCodes.clean;
}

function writeTrace(
  driver: DriverModel,
  module: CModule,
  arc: StatePair | null,
  platform: Platform,
  style: Style,
  all: boolean,
): void {
  const arcs = driver.arcs.filter((each) => arc === null || (each.from === arc.from && each.to === arc.to));
  platform.stdout.write(
    `${arcs.map((each) => traceText(driver, each, module, platform.cwd, style, all)).join('\n')}\n`,
  );
}

/** The functions of the named files; of all files when a folder was named or a function is asked for by name. */
function functionsIn(module: CModule, named: readonly string[], name: string | null): readonly FunctionDecl[] {
  const all = module.files.flatMap((file) => file.functions);
  if (name !== null) {
    return all.filter((each) => each.name === name);
  }
  const own = all.filter((each) => named.includes(each.file));
  return own.length > 0 ? own : all;
}

interface StatePair {
  readonly from: StateName;
  readonly to: StateName;
}

function arcOption(words: readonly string[]): StatePair | null {
  if (words.length === 0) {
    return null;
  }
  const [from, to] = words.slice(-2).map((word) => {
    const state = parseState(word);
    if (state === null) {
      throw new CommandLineError(`"${word}" is no migration state`);
    }
    return state;
  });
  return from === undefined || to === undefined ? null : { from, to };
}
