import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Folder } from '../support/cli';
import { fieldOf } from '../support/lspClient';
import { readRepo, root } from '../support/repo';

/** The text of the README's only block in a language: what a user pastes. */
export function recipe(language: string): string {
  const blocks = [...readRepo('README.md').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(
    ([, name]) => name === language,
  );
  const [block, ...others] = blocks;
  if (block?.[2] === undefined || others.length > 0)
    throw new Error(`README.md has ${blocks.length} blocks of ${language}`);
  return block[2];
}

/** The editor's version, or null when it is not there; that is an error in CI. */
export function versionOf(command: string): string | null {
  const { error, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  if (error === undefined) return stdout.split('\n')[0] ?? '';
  if (process.env['CI']) throw new Error(`In CI ${command} may not be missing.`);
  console.log(`      SKIPPED: there is no ${command} here`);
  return null;
}

/** What came of a run of an editor. */
export interface Outcome {
  /** What its script reported, by name. */
  readonly told: ReadonlyMap<string, unknown>;
  /** The exit code of the server that it started, as a shell says it. */
  readonly serverCode: number;
  readonly serverStderr: string;
  /** Everything that the editor itself printed. */
  readonly output: string;
}

/**
 * Runs an editor in the folder, with `vfio-arcs` on the PATH: this repository's build, whose end is noted. Throws when the
 * editor fails, or ends without having run a server.
 */
export async function runEditor(
  folder: Folder,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const noted = join(folder.path, 'server');
  // In a session of its own: Emacs kills the group of a server that it has just told to exit.
  const server = `"${process.execPath}" "${join(root, 'dist/cli.js')}" "$@" 2>"${noted}.stderr"; echo $? >"${noted}.code"`;
  folder.write({ 'bin/vfio-arcs': `#!/bin/sh\nexec setsid --wait sh -c '${server}' server "$@"\n` });
  chmodSync(join(folder.path, 'bin/vfio-arcs'), 0o755);
  const report = join(folder.path, 'report');
  const run = spawnSync(command, args, {
    cwd: folder.path,
    encoding: 'utf8',
    timeout: 300_000,
    env: {
      ...process.env,
      PATH: `${join(folder.path, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder.path,
      XDG_CONFIG_HOME: join(folder.path, 'config'),
      REPORT: report,
      ...env,
    },
  });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 || !existsSync(report)) throw new Error(`${command} ended with ${run.status}:\n${output}`);
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  const told = lines.map((line): [string, unknown] => {
    const entry: unknown = JSON.parse(line);
    return [String(fieldOf(entry, 'what')), fieldOf(entry, 'value')];
  });
  const late = told.find(([what]) => what.startsWith('waited too long'));
  if (late !== undefined) throw new Error(`${late.join(' ')}:\n${lines.join('\n')}\n${output}`);
  return {
    told: new Map(told),
    serverCode: await codeIn(`${noted}.code`),
    serverStderr: readFileSync(`${noted}.stderr`, 'utf8'),
    output,
  };
}

/** The exit code that is written to a file when a server ends, which may be a moment after its editor. */
async function codeIn(file: string): Promise<number> {
  for (let tries = 0; tries < 300; tries++) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server outlives its editor');
}
