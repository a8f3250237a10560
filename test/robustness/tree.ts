import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Text } from './survey';

/** Text that one module may have, in bytes; a folder with more is taken in parts. */
const mostPerModule = 8_000_000;

/** The .c and .h files under a folder, sorted; symbolic links are not followed. */
export function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[ch]$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files in the modules that they are surveyed in: those of one folder, as the product reads them. */
export interface Module {
  readonly paths: readonly string[];
  readonly bytes: number;
}

export function modulesOf(paths: readonly string[]): Module[] {
  const modules: { paths: string[]; bytes: number }[] = [];
  let folder: string | null = null;
  for (const path of paths) {
    const bytes = statSync(path).size;
    const last = modules.at(-1);
    if (last && dirname(path) === folder && last.bytes + bytes <= mostPerModule) {
      last.paths.push(path);
      last.bytes += bytes;
    } else {
      modules.push({ paths: [path], bytes });
      folder = dirname(path);
    }
  }
  return modules;
}

export function read(paths: readonly string[]): Text[] {
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
