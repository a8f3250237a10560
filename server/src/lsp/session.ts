import type { CheckConfig } from '../check';
import { isBelow } from '../check';
import type { ClientAbilities } from './client';
import { noAbilities } from './client';
import type { TextOf } from './convert';
import type { Engine } from './engine';
import type { ModuleState } from './modules';
import { Modules } from './modules';
import type { Platform } from './platform';
import { Results } from './results';
import type { Settings } from './settings';
import { defaultSettings } from './settings';
import { Texts } from './texts';

/** Where messages for the log go. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  /** Only written while the client traces; `details` only when it traces verbosely. */
  trace(message: string, details?: string): void;
}

/** Makes the language service; called when there is first something to parse. */
export type EngineFactory = (platform: Platform) => Promise<Engine>;

/** Everything that changes while a server runs. One per connection; nothing else in the server holds state between messages. */
export class Session {
  readonly platform: Platform;
  readonly log: Log;
  readonly texts: Texts;
  readonly modules = new Modules();
  readonly results: Results;
  client: ClientAbilities = noAbilities;
  /** The workspace folders' paths. */
  folders: readonly string[] = [];
  settings: Settings = defaultSettings;
  /** What is set for workspace folders, by their path; empty while there is at most one, whose settings are the window's. */
  folderConfigs: ReadonlyMap<string, CheckConfig> = new Map();
  /** Resolves when the settings were read for the first time, or the client took too long. */
  settingsRead: Promise<void> = Promise.resolve();
  phase: 'new' | 'running' | 'shut down' = 'new';
  /** How many scans of the workspace are running. */
  scans = 0;
  /** Files around which no driver was found, since the last change that could bring one. */
  without = new Set<string>();
  /** Searches for the modules of a file that are under way, and for which `without` each began. */
  readonly searches = new Map<string, { readonly without: ReadonlySet<string>; readonly done: Promise<void> }>();
  /** The result that the client was last given for an open document. */
  readonly served = new Map<string, string>();
  /** What decided on the lenses, hints and tokens that the client was last given. */
  readonly shown = new Map<string, string>();
  /** Scans run one after the other. */
  scanQueue: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<(paths: readonly string[]) => void>();
  private readonly checkListeners = new Set<(module: ModuleState, textOf: TextOf) => void>();
  private readonly retireListeners = new Set<(module: ModuleState) => void>();
  private readonly engineFactory: EngineFactory;
  private loading: Promise<Engine> | null = null;

  constructor(platform: Platform, engineFactory: EngineFactory, log: Log) {
    this.platform = platform;
    this.engineFactory = engineFactory;
    this.log = log;
    this.texts = new Texts(platform.fs);
    this.results = new Results(platform.now().toString(36));
  }

  /**
   * Something changed that could make a driver of what was none: of one file, or of any. A search that is still running adds
   * to the set with which it began, which counts no more.
   */
  searchAgain(path?: string): void {
    this.without = new Set(path === undefined ? [] : [...this.without].filter((each) => each !== path));
  }

  /** What is set for a file: by the innermost workspace folder that it is in, else by the window. */
  configOf(path: string): CheckConfig {
    const around = [...this.folderConfigs].filter(([folder]) => isBelow(path, folder));
    const innermost = around.sort(([a], [b]) => b.length - a.length)[0];
    return innermost?.[1] ?? this.settings.config;
  }

  /** Calls `listener` with the paths whose diagnostics changed; returns what ends that. */
  listen(listener: (paths: readonly string[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells that the diagnostics of files changed, or other things that the client is shown (then no paths). */
  tell(paths: readonly string[]): void {
    for (const listener of [...this.listeners]) listener(paths);
  }

  /** Calls `listener` with each module that was checked anew, while its report is at hand. */
  listenToChecks(listener: (module: ModuleState, textOf: TextOf) => void): void {
    this.checkListeners.add(listener);
  }

  /** Tells that a module was checked. */
  tellChecked(module: ModuleState, textOf: TextOf): void {
    for (const listener of this.checkListeners) listener(module, textOf);
  }

  /** Calls `listener` with each module that is forgotten. */
  listenToRetired(listener: (module: ModuleState) => void): void {
    this.retireListeners.add(listener);
  }

  /** Tells that a module was forgotten. */
  tellRetired(module: ModuleState): void {
    for (const listener of this.retireListeners) listener(module);
  }

  /** The language service; loads it once. A failure is told to every caller and tried again by the next. */
  engine(): Promise<Engine> {
    this.loading ??= this.engineFactory(this.platform).catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }
}
