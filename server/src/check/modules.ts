import type { ProfileId } from '../uapi';
import { includeClosure, treeRootOf } from './includes';
import type { BuildTarget } from './makefile';
import { parseMakefile } from './makefile';
import { folderOf, joinPath, nameOf } from './paths';
import { profileFor } from './profile';
import type { FileSystem, ModuleSource } from './report';

export interface FindOptions {
  /** null: from the kernel tree that the files are in, else the newest. */
  readonly profile: ProfileId | null;
}

/** Which source files are one module; paths only. */
export interface ModuleFiles {
  /** The target's name in its Makefile, else the folder's. */
  readonly name: string;
  readonly folder: string;
  /** The files that are compiled: mostly `.c`. */
  readonly sources: readonly string[];
}

/** How far up a Makefile may be that names an object in a subfolder (`lib/x.o`). */
const maxLevelsUp = 3;

/**
 * The modules that a path names. For a source file: those that it is compiled into; for a header: those of its folder
 * that read it; for a folder: those made of its own files, without its subfolders' (scan.ts does whole trees). Any other
 * file is a module of its own. Empty when the path can not be read or the folder has no C.
 */
export async function findModules(
  fs: FileSystem,
  path: string,
  options: FindOptions,
): Promise<readonly ModuleSource[]> {
  if ((await fs.readFolder(path)) !== null) {
    return Promise.all((await modulesOfFolder(fs, path)).map((files) => readModule(fs, files, options)));
  }
  const folder = folderOf(path);
  if (folder === null || (await fs.readText(path)) === null) {
    return [];
  }
  const candidates = isSource(path) || isHeader(path) ? await modulesOfFolder(fs, folder) : [];
  const own = candidates.filter((files) => files.sources.includes(path));
  const found = await Promise.all((own.length > 0 ? own : candidates).map((files) => readModule(fs, files, options)));
  const reading = found.filter((module) => module.files.some((file) => file.path === path));
  if (reading.length > 0) {
    return reading;
  }
  return [await readModule(fs, { name: nameOf(path), folder, sources: [path] }, options)];
}

/** The modules that a folder's own source files belong to, by its Makefile or one above; what none names is one more. */
export async function modulesOfFolder(fs: FileSystem, folder: string): Promise<readonly ModuleFiles[]> {
  const entries = (await fs.readFolder(folder)) ?? [];
  const sources = entries
    .filter((entry) => entry.kind === 'file' && isSource(entry.name))
    .map((entry) => joinPath(folder, entry.name));
  const modules: ModuleFiles[] = [];
  const named = new Set<string>();
  let at: string | null = folder;
  for (let level = 0; at !== null && level <= maxLevelsUp && sources.some((path) => !named.has(path)); level++) {
    const listing = at === folder ? entries : ((await fs.readFolder(at)) ?? []);
    const targets = await targetsIn(
      fs,
      at,
      listing.map((entry) => entry.name),
    );
    const unnamed = sources.filter((path) => !named.has(path));
    for (const module of await existing(fs, at, targets, unnamed)) {
      modules.push(module);
      for (const path of module.sources) {
        named.add(path);
      }
    }
    at = folderOf(at);
  }
  const rest = sources.filter((path) => !named.has(path));
  return rest.length === 0 ? modules : [...modules, { name: nameOf(folder) || folder, folder, sources: rest }];
}

async function targetsIn(fs: FileSystem, folder: string, names: readonly string[]): Promise<readonly BuildTarget[]> {
  // The kernel's build prefers Kbuild where both are there.
  const file = ['Kbuild', 'Makefile'].find((name) => names.includes(name));
  const text = file === undefined ? null : await fs.readText(joinPath(folder, file));
  return text === null ? [] : parseMakefile(text);
}

/** The targets that one of the wanted sources is a part of, with the sources that are there. */
async function existing(
  fs: FileSystem,
  folder: string,
  targets: readonly BuildTarget[],
  wanted: readonly string[],
): Promise<readonly ModuleFiles[]> {
  const found: ModuleFiles[] = [];
  const listings = new Map<string, ReadonlySet<string>>();
  for (const target of targets) {
    const paths = target.objects.map((object) => joinPath(folder, object.replace(/\.o$/, '.c')));
    if (!paths.some((path) => wanted.includes(path))) {
      continue;
    }
    const sources: string[] = [];
    for (const path of paths) {
      const parent = folderOf(path) ?? folder;
      const names = listings.get(parent) ?? new Set((await fs.readFolder(parent))?.map((entry) => entry.name));
      listings.set(parent, names);
      if (names.has(nameOf(path))) {
        sources.push(path);
      }
    }
    found.push({ name: target.name, folder, sources });
  }
  return found;
}

/** Reads a module's sources, all headers of their folders and what they include by quoted, relative names. */
export async function readModule(fs: FileSystem, module: ModuleFiles, options: FindOptions): Promise<ModuleSource> {
  const folders = [...new Set(module.sources.map((path) => folderOf(path) ?? module.folder))];
  const listings = await Promise.all(
    folders.map(async (folder) => ({ folder, entries: (await fs.readFolder(folder)) ?? [] })),
  );
  const headers = listings.flatMap(({ folder, entries }) =>
    entries
      .filter((entry) => entry.kind === 'file' && isHeader(entry.name))
      .map((entry) => joinPath(folder, entry.name)),
  );
  const root = (await treeRootOf(fs, module.folder)) ?? folderOf(module.folder) ?? module.folder;
  const files = await includeClosure(fs, [...module.sources, ...headers], root);
  return { name: module.name, files, profile: await profileFor(fs, module.folder, options.profile) };
}

function isSource(path: string): boolean {
  return path.endsWith('.c');
}

function isHeader(path: string): boolean {
  return path.endsWith('.h');
}
