import { resolve } from 'node:path';
import { CommandLineError, parseCommandLine } from './args';
import { printable } from './display';
import type { Refusal } from './files';
import { nodeFileSystem } from './files';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { TraceError } from './replayJson';
import type { Difference, ReplayResult } from './replayRecord';
import { replayTrace } from './replayTrace';

/** Differences shown of one trace: the first ones explain the others. */
const mostShown = 10;

/** `replay TRACE.json...`: runs recorded system calls on the simulated device and compares the results. */
export async function runReplay(args: readonly string[], platform: Platform): Promise<number> {
  const { paths } = parseCommandLine(args, {}, { paths: true });
  if (paths.length === 0) {
    throw new CommandLineError('a trace is needed');
  }
  const codes: number[] = [];
  for (const path of paths) {
    codes.push(await replayFile(path, platform));
  }
  return Math.max(...codes);
}

async function replayFile(path: string, platform: Platform): Promise<number> {
  const complain = (message: string) => {
    platform.stderr.write(`vfio-arcs: ${printable(path)}: ${printable(message)}\n`);
    return exitCodes.trouble;
  };
  let refusal: Refusal | null = null;
  const files = nodeFileSystem({
    onRefused: (_path, why) => {
      refusal = why;
    },
  });
  const text = await files.readText(resolve(platform.cwd, path));
  if (text === null) {
    return complain(refusal === null ? 'no such file' : `not read: ${refusal}`);
  }
  try {
    const result = replayTrace(text);
    platform.stdout.write(`${resultLines(path, result).join('\n')}\n`);
    return result.differences.length === 0 ? exitCodes.clean : exitCodes.findings;
  } catch (error) {
    if (error instanceof TraceError) {
      return complain(error.message);
    }
    throw error;
  }
}

function resultLines(path: string, { steps, compared, differences, leftOut }: ReplayResult): readonly string[] {
  const verdict =
    differences.length === 0
      ? `${compared} results of ${steps} steps, all agree`
      : `${differences.length} of ${compared} results of ${steps} steps differ`;
  const more = differences.length - mostShown;
  return [
    `${printable(path)}: ${verdict}`,
    ...differences.slice(0, mostShown).map(differenceLine),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...[...leftOut].map(([what, count]) => `  left out: ${what} (${count})`),
  ];
}

function differenceLine({ where, field, recorded, simulated }: Difference): string {
  const shown = (value: unknown) => printable(JSON.stringify(value));
  return `  ${printable(where)}: ${field}: recorded ${shown(recorded)}, simulated ${shown(simulated)}`;
}
