import type { FindOptions } from './modules';
import { modulesOfFolder, readModule } from './modules';
import { folderOf, joinPath } from './paths';
import type { FileSystem, ModuleSource } from './report';

/** A file system that can look into a file without decoding it. */
export interface ScanFileSystem extends FileSystem {
  /** Whether the file has one of the ASCII texts; null when it can not be read or is no text. */
  contains?(path: string, texts: readonly string[]): Promise<boolean | null> | boolean | null;
}

/** What a source file has that is worth an analysis: the v2 op, or the struct of protocol v1, which is then named as such. */
export const migrationMarks: readonly string[] = ['migration_set_state', 'vfio_device_migration_info'];

export interface ScanOptions extends FindOptions {
  /** Told now and then: how many files are through, how many are known to come. */
  readonly onProgress?: (done: number, known: number) => void;
  /** Told of each folder that can not be read. */
  readonly onUnreadable?: (folder: string) => void;
  /** Asked between two steps; true ends the scan. */
  readonly cancelled?: () => boolean;
}

/** Files are asked for in batches of this size, so that a slow disk is waited for once a batch. */
const batch = 64;

/**
 * The modules below a folder, however deep, that have a migration driver's marks; paths with "vfio" in them come first.
 * Links are followed as the file system tells them ("file" or "other"), ignore files are not read, `.git` is left out.
 * Each module comes once.
 */
export async function* scanModules(
  fs: ScanFileSystem,
  root: string,
  options: ScanOptions,
): AsyncGenerator<ModuleSource> {
  const given = new Set<string>();
  for await (const path of findMarkedFiles(fs, root, options)) {
    for (const files of await modulesOfFolder(fs, folderOf(path) ?? root)) {
      const key = files.sources.join('\n');
      if (files.sources.includes(path) && !given.has(key)) {
        given.add(key);
        yield await readModule(fs, files, options);
      }
    }
  }
}

/** The source files below a folder that have a migration driver's marks. */
export async function* findMarkedFiles(fs: ScanFileSystem, root: string, options: ScanOptions): AsyncGenerator<string> {
  const work = new Worklist(root);
  work.addFolder(root);
  let done = 0;
  let known = 0;
  for (;;) {
    if (options.cancelled?.() === true) {
      return;
    }
    const folders = work.takeFolders(batch);
    const listings = await Promise.all(folders.map((folder) => fs.readFolder(folder)));
    listings.forEach((entries, index) => {
      const folder = folders[index] ?? root;
      if (entries === null) {
        options.onUnreadable?.(folder);
      }
      for (const entry of entries ?? []) {
        if (entry.kind === 'folder' && entry.name !== '.git') {
          work.addFolder(joinPath(folder, entry.name));
        } else if (entry.kind === 'file' && entry.name.endsWith('.c')) {
          known++;
          work.addFile(joinPath(folder, entry.name));
        }
      }
    });
    const files = work.takeFiles(batch);
    if (files.length === 0 && work.empty) {
      return;
    }
    const marked = await Promise.all(files.map((path) => hasMark(fs, path)));
    const found = files.filter((_, index) => marked[index] === true);
    done += files.length - found.length;
    options.onProgress?.(done, known);
    for (const path of found) {
      if (options.cancelled?.() === true) {
        return;
      }
      yield path;
      done++;
      options.onProgress?.(done, known);
    }
  }
}

async function hasMark(fs: ScanFileSystem, path: string): Promise<boolean> {
  if (fs.contains !== undefined) {
    return (await fs.contains(path, migrationMarks)) === true;
  }
  const text = await fs.readText(path);
  return text !== null && migrationMarks.some((mark) => text.includes(mark));
}

/** Folders and files still to look at. Those with "vfio" in their path go first; other files wait for all folders. */
class Worklist {
  private readonly folders = { first: [] as string[], later: [] as string[] };
  private readonly files = { first: [] as string[], later: [] as string[] };
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get empty(): boolean {
    return [this.folders, this.files].every(({ first, later }) => first.length + later.length === 0);
  }

  addFolder(path: string): void {
    (this.isLikely(path) ? this.folders.first : this.folders.later).push(path);
  }

  addFile(path: string): void {
    (this.isLikely(path) ? this.files.first : this.files.later).push(path);
  }

  takeFolders(count: number): readonly string[] {
    const { first, later } = this.folders;
    return (first.length > 0 ? first : later).splice(0, count);
  }

  takeFiles(count: number): readonly string[] {
    const { first, later } = this.files;
    if (first.length > 0) {
      return first.splice(0, count);
    }
    return this.folders.first.length + this.folders.later.length > 0 ? [] : later.splice(-count);
  }

  private isLikely(path: string): boolean {
    return path.includes('vfio', this.root.length);
  }
}
