import type { Diagnostic, WorkspaceSymbol } from 'vscode-languageserver';
import type { ProfileChoice } from '../analysis/model';
import type { CModule } from '../c/module';
import type { Coverage, ModuleSource, Report } from '../check';
import type { FlagSetRow, WireLocation } from '../wire';

/** A driver that the server knows, for lists. */
export interface KnownDriver {
  readonly name: string;
  /** The migration ops' definition. */
  readonly location: WireLocation;
  readonly ops: string;
  /** The richest first. */
  readonly flagSets: readonly FlagSetRow[];
  /** null when the flags are not known. */
  readonly coverage: Coverage | null;
}

/** A module that the server knows: which files it has, and what its last check said. */
export interface ModuleState {
  readonly name: string;
  readonly profile: ProfileChoice;
  readonly paths: readonly string[];
  /** True when a file or a setting changed since the last check. */
  stale: boolean;
  /** True when other files may belong to the module by now: it is searched again before it is used. */
  suspect: boolean;
  /** The local includes at the last check; another value means that other files may belong to the module. */
  includes: string | null;
  /** The last check's report; null before it, and again when nobody has a file of the module open. */
  report: Report | null;
  /** The code that the report speaks of; kept as long as the report. */
  code: CModule | null;
  /** The last check after which every arc was decided: what is known while a statement is typed that is no C yet. */
  sound: { readonly report: Report; readonly code: CModule } | null;
  /** The last check's findings, by the path of the file in which the mend belongs. */
  diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Why the last check found no driver in places that speak of migration. */
  notDrivers: readonly string[];
  /** The drivers found by the last check. */
  drivers: readonly KnownDriver[];
  /** The drivers' symbols, once the module rests; null while they can be made from the report. */
  symbols: readonly WorkspaceSymbol[] | null;
  counts: { readonly drivers: number; readonly missing: number; readonly findings: number };
}

/** Two sources with the same key are the same module. */
function keyOf(source: {
  readonly name: string;
  readonly profile: ProfileChoice;
  readonly paths: readonly string[];
}): string {
  return JSON.stringify([source.name, source.profile.id, source.profile.reason, ...source.paths]);
}

function newModule(source: ModuleSource): ModuleState {
  return {
    name: source.name,
    profile: source.profile,
    paths: source.files.map((file) => file.path),
    stale: true,
    suspect: false,
    includes: null,
    report: null,
    code: null,
    sound: null,
    diagnostics: new Map(),
    notDrivers: [],
    drivers: [],
    symbols: null,
    counts: { drivers: 0, missing: 0, findings: 0 },
  };
}

/** The modules that the server knows, by file. A file, mostly a header, may belong to several. */
export class Modules {
  private readonly byKey = new Map<string, ModuleState>();
  private readonly byPath = new Map<string, Set<ModuleState>>();

  get all(): readonly ModuleState[] {
    return [...this.byKey.values()];
  }

  of(path: string): readonly ModuleState[] {
    return [...(this.byPath.get(path) ?? [])];
  }

  has(module: ModuleState): boolean {
    return this.byKey.get(keyOf(module)) === module;
  }

  /** Adds a module; one that is known already is kept with what it knows. */
  add(source: ModuleSource): ModuleState {
    const module = newModule(source);
    const known = this.byKey.get(keyOf(module));
    if (known !== undefined) return known;
    this.byKey.set(keyOf(module), module);
    for (const path of module.paths) this.byPath.set(path, (this.byPath.get(path) ?? new Set()).add(module));
    return module;
  }

  remove(module: ModuleState): void {
    this.byKey.delete(keyOf(module));
    for (const path of module.paths) {
      const owners = this.byPath.get(path);
      owners?.delete(module);
      if (owners?.size === 0) this.byPath.delete(path);
    }
  }
}
