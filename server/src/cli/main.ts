import { runArcs } from './arcs';
import { CommandLineError } from './args';
import { runCheck } from './check';
import { runDump } from './dump';
import { runExplain } from './explain';
import { commandHelp, helpTopics, overview } from './help';
import { runLsp } from './lsp';
import type { Platform } from './platform';
import { exitCodes } from './platform';
import { runReplay } from './replay';
import { runScenarios } from './scenarios';
import { runSimulate } from './simulate';
import { runSkeleton } from './skeleton';
import { didYouMean } from './suggest';

type Command = (args: readonly string[], platform: Platform) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  check: runCheck,
  arcs: runArcs,
  explain: runExplain,
  dump: runDump,
  skeleton: runSkeleton,
  simulate: runSimulate,
  scenarios: runScenarios,
  replay: runReplay,
  lsp: runLsp,
};

/**
 * The command line. `args` are those after the program's name. Resolves to the exit code; the caller sets it and lets the
 * process end by itself, so that output to a pipe is not cut off. Rejects only for a fault of ours.
 */
export async function main(args: readonly string[], platform: Platform): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = name === 'help' ? rest[0] : undefined;
    return topic === undefined ? say(platform, overview()) : helpOn(topic, platform);
  }
  if (name === '--version' || name === '-V') {
    return say(platform, `vfio-arcs ${platform.version}\n`);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    return complain(
      platform,
      `unknown ${name.startsWith('-') ? 'option' : 'command'} "${name}"${didYouMean(name, Object.keys(commands))}`,
      '',
    );
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    return helpOn(name, platform);
  }
  try {
    return await command(rest, platform);
  } catch (error) {
    if (error instanceof CommandLineError) {
      return complain(platform, error.message, ` ${name}`);
    }
    throw error;
  }
}

function helpOn(topic: string, platform: Platform): number {
  const text = commandHelp(topic);
  return text === null
    ? complain(platform, `no help on "${topic}"${didYouMean(topic, helpTopics)}`, '')
    : say(platform, text);
}

function say(platform: Platform, text: string): number {
  platform.stdout.write(text);
  return exitCodes.clean;
}

function complain(platform: Platform, message: string, command: string): number {
  platform.stderr.write(`vfio-arcs: ${message}\nTry "vfio-arcs${command} --help".\n`);
  return exitCodes.trouble;
}
