import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { createFrontEnd } from '../c';
import type { CModule } from '../c/module';
import type { CheckConfig, ModuleSource, Report } from '../check';
import { checkModule, defaultConfig, findModules, scanModules } from '../check';
import type { ProfileId } from '../uapi';
import { printable, shownPath } from './display';
import type { Refusal } from './files';
import { maxFileSize, nodeFileSystem } from './files';
import type { Platform } from './platform';
import { Progress } from './progress';

/** One module with everything that is to say about it. `module` is valid until the next one is asked for. */
export interface CheckedModule {
  readonly source: ModuleSource;
  readonly module: CModule;
  readonly report: Report;
}

/** What went wrong with the paths of the command line; said on standard error as it happened. */
export interface Trouble {
  /** True when something that was named, or a folder below it, could not be read: the answer is not complete. */
  happened: boolean;
}

export interface CollectOptions {
  readonly profile: ProfileId | null;
}

/**
 * Checks the modules that the paths name, one after the other: for a file the module it is compiled into, for a folder all
 * modules at and below it that have a migration driver. Each module comes once. Says on standard error what could not be
 * read, and which path has no driver and why.
 */
export async function* checkPaths(
  paths: readonly string[],
  platform: Platform,
  options: CollectOptions,
  trouble: Trouble,
): AsyncGenerator<CheckedModule> {
  const say = (message: string) => platform.stderr.write(`vfio-arcs: ${printable(message)}\n`);
  const show = (file: string) => shownPath(platform.cwd, file);
  const progress = new Progress(platform.stderr);
  let named: string | null = null;
  const fs = nodeFileSystem({
    onRefused(file, refusal) {
      progress.clear();
      say(`${show(file)}: ${refusalText(refusal)}`);
      trouble.happened ||= file === named || refusal === 'unreadable';
    },
  });
  const frontEnd = await createFrontEnd(await platform.loadParser());
  const config: CheckConfig = { ...defaultConfig, profile: options.profile };
  const given = new Set<string>();
  try {
    for (const argument of paths) {
      const file = path.resolve(platform.cwd, argument).split(path.sep).join('/');
      const kind = await kindOf(file);
      if (kind.problem !== null) {
        say(`${argument}: ${kind.problem}`);
        trouble.happened = true;
        continue;
      }
      named = file;
      let drivers = 0;
      let reasons = 0;
      const sources = kind.isFolder
        ? scanModules(fs, file, {
            profile: options.profile,
            onProgress: (done, known) => progress.show(`${done} of ${known} files, ${drivers} drivers`),
            onUnreadable(folder) {
              progress.clear();
              say(`${show(folder)}: folder can not be read`);
              trouble.happened = true;
            },
          })
        : await findModules(fs, file, { profile: options.profile });
      for await (const source of sources) {
        const key = source.files.map((each) => each.path).join('\n');
        const module = frontEnd.module(source.files);
        const report = checkModule(module, source.profile, config);
        drivers += report.drivers.length;
        reasons += report.notDrivers.length;
        if (!given.has(key)) {
          given.add(key);
          progress.clear();
          for (const { message, location } of report.notDrivers) {
            say(`${show(location.file)}: ${message}`);
          }
          yield { source, module, report };
        }
        source.files.forEach((each) => frontEnd.forget(each.path));
      }
      progress.clear();
      if (drivers === 0 && reasons === 0) {
        say(`${argument}: no migration driver here`);
      }
    }
  } finally {
    progress.clear();
    frontEnd.dispose();
  }
}

async function kindOf(file: string): Promise<{ readonly isFolder: boolean; readonly problem: string | null }> {
  try {
    const found = await stat(file);
    if (!found.isFile() && !found.isDirectory()) {
      return { isFolder: false, problem: 'neither a file nor a folder' };
    }
    await access(file, constants.R_OK);
    return { isFolder: found.isDirectory(), problem: null };
  } catch (error) {
    return { isFolder: false, problem: problemText(error) };
  }
}

function problemText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'ELOOP':
      return 'a link that leads to itself';
    default:
      return `can not be read${code === '' ? '' : ` (${code})`}`;
  }
}

function refusalText(refusal: Refusal): string {
  switch (refusal) {
    case 'too large':
      return `larger than ${maxFileSize / 1024 / 1024} MB, not read`;
    case 'binary':
      return 'not a text file, not read';
    case 'unreadable':
      return 'can not be read';
  }
}
