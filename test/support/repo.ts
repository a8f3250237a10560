import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** The repository's root; tests run as out/test/<layer>/*.test.js. */
export const root = resolve(__dirname, '..', '..', '..');

/** The text of a file of the repository. `path` is relative to the root, with `/`. */
export function readRepo(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every file under the folders whose name ends as asked, as paths relative to the root with `/`, sorted. */
export function filesUnder(folders: readonly string[], ending: string): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((path) => path.endsWith(ending))
    .map((path) => path.split(sep).join('/'))
    .sort();
}
