import { createFrontEnd } from '../c';
import type { CModule } from '../c/module';
import type { CheckConfig, FileSystem, ModuleSource, Report } from '../check';
import { checkModule, findModules } from '../check';
import type { ProfileId } from '../uapi';
import type { Platform } from './platform';

/** One check's yield. */
export interface Checked {
  readonly report: Report;
  readonly module: CModule;
  /** Changes when a file of the module includes other local headers than before, which may change what belongs to it. */
  readonly includes: string;
}

/** The language service behind the server: everything from text to report. */
export interface Engine {
  /** The modules that the file or folder belongs to; `profile` null: from the kernel tree. */
  findModules(fs: FileSystem, path: string, profile: ProfileId | null): Promise<readonly ModuleSource[]>;
  /** Never fails for any C text; throws only for a fault of ours. */
  check(source: ModuleSource, config: CheckConfig): Checked;
  /** Drops what is kept of the file from earlier checks. */
  forget(path: string): void;
}

/** The real engine; loads the parser, so call it only when there is something to parse. */
export async function createEngine(platform: Platform): Promise<Engine> {
  const frontEnd = await createFrontEnd(await platform.loadParser());
  return {
    findModules: (fs, path, profile) => findModules(fs, path, { profile }),
    check(source, config) {
      const module = frontEnd.module(source.files);
      const includes = module.files.map((file) => `${file.path}:${file.localIncludes.join()}`).join('\n');
      return { report: checkModule(module, source.profile, config), module, includes };
    },
    forget: (path) => frontEnd.forget(path),
  };
}
