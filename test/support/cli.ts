import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './repo';

/** What a run of the command line came to. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = join(root, 'out/server/src/entry/node/cli.js');

/** Milliseconds for a test that starts processes, on a machine that is busy with others. */
export const spawning = 30_000;

/** Runs the compiled command line as a shell would, with its output going to a pipe. */
export function vfioArcs(cwd: string, ...args: readonly string[]): Run {
  const { NO_COLOR: _, ...env } = process.env;
  const run = spawnSync(process.execPath, [program, ...args], { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** A temporary folder with files by relative path; `remove` when done. */
export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  remove(): void;
}

export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'vfio-arcs-')));
  const folder: Folder = {
    path,
    write(more) {
      for (const [name, content] of Object.entries(more)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}
