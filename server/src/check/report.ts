import type { DriverModel, ProfileChoice } from '../analysis/model';
import type { Location } from '../c/ir';
import type { Finding, Severity } from '../rules/rule';
import type { ProfileId } from '../uapi';

/** What the user may set. Everything has a default; unknown rule ids are reported by whoever reads the setting. */
export interface CheckConfig {
  /** null: take the profile from the kernel tree, else the newest. */
  readonly profile: ProfileId | null;
  /** Rule id -> other severity, or `off`. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
}

/** Everything that is to say about one module (the files that are compiled into one driver). */
export interface Report {
  readonly drivers: readonly DriverReport[];
  /** Findings about the module's text itself: broken text where a driver needs it, unused suppressions. */
  readonly findings: readonly Finding[];
  /** Why a file that mentions migration gives no driver: protocol v1, set_state not defined in the module, ... */
  readonly notDrivers: readonly { readonly message: string; readonly location: Location }[];
  /** Findings that a comment allows, with its reason. */
  readonly suppressed: readonly { readonly finding: Finding; readonly reason: string }[];
}

export interface DriverReport {
  readonly driver: DriverModel;
  readonly findings: readonly Finding[];
}

/** One file's text as the module sees it: an editor's unsaved buffer or the disk's content. `path` is absolute, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A module found in a folder: which files belong together, and the profile of the tree they are in. */
export interface ModuleSource {
  /** The folder or the module's name in its Makefile. */
  readonly name: string;
  readonly files: readonly SourceFile[];
  readonly profile: ProfileChoice;
}

/** File access, injected: the server never touches a platform itself. Paths are absolute, with `/`. */
export interface FileSystem {
  /** null when there is no such file or it can not be read. Decodes UTF-8; malformed bytes become U+FFFD. */
  readText(path: string): Promise<string | null>;
  /** null when it is no folder or can not be read. */
  readFolder(
    path: string,
  ): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'other' }[] | null>;
}
