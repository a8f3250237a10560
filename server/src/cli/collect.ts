import { open, opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SummaryCache } from '../analysis';
import type { FrontEnd } from '../c';
import { createFrontEnd } from '../c';
import type { CModule } from '../c/module';
import type { CheckConfig, ModuleSource, Recheck, Report, ScanFileSystem } from '../check';
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
  /** Checks other texts of the module's files; to be called before the next module is asked for. */
  readonly recheck: Recheck;
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
  const finder = new Finder(platform, options, trouble);
  // Loaded with the first module: a path without any C must not wait for a parser.
  let frontEnd: FrontEnd | null = null;
  const config: CheckConfig = { ...defaultConfig, profile: options.profile };
  const given = new Set<string>();
  try {
    for (const path of paths) {
      let said = false;
      for await (const source of finder.modulesOf(path)) {
        const key = source.files.map((each) => each.path).join('\n');
        if (given.has(key)) {
          said = true;
          continue;
        }
        given.add(key);
        frontEnd ??= await createFrontEnd(await platform.loadParser());
        const checked = checkOne(frontEnd, source, config);
        if (checked instanceof Error) {
          said = true;
          finder.fault(source, checked);
          continue;
        }
        const { module, report } = checked;
        finder.drivers += report.drivers.length;
        said ||= report.drivers.length + report.notDrivers.length > 0;
        for (const { message, location } of report.notDrivers) {
          finder.say(`${shownPath(platform.cwd, location.file)}: ${message}`);
        }
        finder.clear();
        yield { source, module, report, recheck: recheckOf(frontEnd, source, config) };
        for (const each of source.files) {
          frontEnd.forget(each.path);
        }
      }
      if (!said && !finder.failed) {
        finder.say(`${path}: no migration driver here`);
      }
    }
  } finally {
    finder.clear();
    frontEnd?.dispose();
  }
}

function recheckOf(frontEnd: FrontEnd, source: ModuleSource, config: CheckConfig): Recheck {
  const cache = new SummaryCache();
  return (files) => {
    const module = frontEnd.module(files);
    return { files, module, report: checkModule(module, source.profile, config, cache) };
  };
}

/** A fault of ours in one module must not keep the others from being checked. */
function checkOne(
  frontEnd: FrontEnd,
  source: ModuleSource,
  config: CheckConfig,
): Omit<CheckedModule, 'source' | 'recheck'> | Error {
  try {
    const module = frontEnd.module(source.files);
    return { module, report: checkModule(module, source.profile, config) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Finds the modules of one path after the other, and says what could not be read. */
class Finder {
  /** Shown as progress. */
  drivers = 0;
  /** True when the last path itself could not be read. */
  failed = false;
  private readonly progress: Progress;
  private readonly fs: ScanFileSystem;
  private readonly refused = new Set<string>();
  private named = '';

  constructor(
    private readonly platform: Platform,
    private readonly options: CollectOptions,
    private readonly trouble: Trouble,
  ) {
    this.progress = new Progress(platform.stderr);
    this.fs = nodeFileSystem({
      onRefused: (file, refusal) => {
        if (this.refused.has(file)) {
          return;
        }
        this.refused.add(file);
        this.say(`${shownPath(platform.cwd, file)}: ${refusalText(refusal)}`);
        this.failed ||= file === this.named;
        this.trouble.happened ||= file === this.named || refusal === 'unreadable';
      },
    });
  }

  async *modulesOf(argument: string): AsyncGenerator<ModuleSource> {
    this.named = path.resolve(this.platform.cwd, argument).split(path.sep).join('/');
    // An unset variable of a shell script must not stand for the current folder.
    const { isFolder, problem } = argument === '' ? { isFolder: false, problem: absent } : await kindOf(this.named);
    this.failed = problem !== null;
    if (problem !== null) {
      this.say(`${argument || '""'}: ${problem}`);
      this.trouble.happened = true;
    } else if (isFolder) {
      yield* this.scan();
    } else {
      yield* await findModules(this.fs, this.named, this.options);
    }
  }

  /** Writes one line on standard error. */
  say(message: string): void {
    this.clear();
    this.platform.stderr.write(`vfio-arcs: ${printable(message)}\n`);
  }

  /** Says that we failed, with what a report of it needs. */
  fault(source: ModuleSource, error: Error): void {
    this.say(`${source.name}: internal error, please report it; the module was not checked`);
    this.platform.stderr.write(`${error.stack ?? error.message}\n`);
    this.trouble.happened = true;
  }

  /** Takes the progress away, so that something else can be written. */
  clear(): void {
    this.progress.clear();
  }

  private scan(): AsyncGenerator<ModuleSource> {
    return scanModules(this.fs, this.named, {
      ...this.options,
      onProgress: (done, known) => this.progress.show(`${done} of ${known} files, ${this.drivers} drivers`),
      onUnreadable: (folder) => {
        this.say(`${shownPath(this.platform.cwd, folder)}: folder can not be read`);
        this.trouble.happened = true;
      },
    });
  }
}

const absent = 'no such file or folder';

async function kindOf(file: string): Promise<{ readonly isFolder: boolean; readonly problem: string | null }> {
  try {
    const found = await stat(file);
    if (!found.isFile() && !found.isDirectory()) {
      return { isFolder: false, problem: 'neither a file nor a folder' };
    }
    // Asking for the permission is not enough: access() goes by the user who called sudo, not by the one who reads.
    await (found.isDirectory() ? opendir(file) : open(file)).then((handle) => handle.close());
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
      return absent;
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
