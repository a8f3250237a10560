import { SummaryCache } from '../analysis';
import type { FrontEnd } from '../c';
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
  /** Loads what check() needs; rejects when that can not be had, and tries again when asked again. */
  ready(): Promise<void>;
  /** The modules that the file or folder belongs to; `profile` null: from the kernel tree. Needs nothing loaded. */
  findModules(fs: FileSystem, path: string, profile: ProfileId | null): Promise<readonly ModuleSource[]>;
  /** Only once ready. Never fails for any C text; throws only for a fault of ours. */
  check(source: ModuleSource, config: CheckConfig): Checked;
  /** Drops what is kept of the file from earlier checks. */
  forget(path: string): void;
}

/** The real engine. It loads the parser when it is first asked to get ready. */
export async function createEngine(platform: Platform): Promise<Engine> {
  let loading: Promise<FrontEnd> | null = null;
  let frontEnd: FrontEnd | null = null;
  /** What earlier analyses found out, by the module's files. */
  const caches = new Map<string, SummaryCache>();
  return {
    async ready() {
      loading ??= platform.loadParser().then(createFrontEnd);
      try {
        frontEnd = await loading;
      } catch (error) {
        loading = null;
        throw error;
      }
    },
    findModules: (fs, path, profile) => findModules(fs, path, { profile }),
    check(source, config) {
      if (frontEnd === null) throw new Error('asked to check before the parser was loaded');
      const module = frontEnd.module(source.files);
      const includes = module.files.map((file) => `${file.path}:${file.localIncludes.join()}`).join('\n');
      const key = source.files.map((file) => file.path).join('\n');
      const cache = caches.get(key) ?? new SummaryCache();
      caches.set(key, cache);
      return { report: checkModule(module, source.profile, config, cache), module, includes };
    },
    forget(path) {
      frontEnd?.forget(path);
      for (const key of caches.keys()) if (key.split('\n').includes(path)) caches.delete(key);
    },
  };
}
