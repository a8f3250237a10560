import type { ProfileId } from '../uapi';
import type { FileSystem, ModuleSource } from './report';

export interface FindOptions {
  /** null: from the kernel tree that the files are in, else the newest. */
  readonly profile: ProfileId | null;
}

/**
 * The modules that a path names: for a file the ones that it is compiled into (or that read it, for a header), for a
 * folder those made of its own files, without its subfolders' (see scan.ts for whole trees).
 */
export async function findModules(fs: FileSystem, path: string, options: FindOptions): Promise<readonly ModuleSource[]> {
  void [fs, path, options];
  return [];
}
