import { folderOf, isBelow, joinPath } from './paths';
import type { FileSystem, SourceFile } from './report';

/** More files than this are no driver; the bound keeps a hostile folder from being read without end. */
const maxFiles = 2000;

/** The root of the kernel tree that a folder is in: where `include/uapi/linux/vfio.h` is. null outside of any. */
export async function treeRootOf(fs: FileSystem, folder: string): Promise<string | null> {
  for (let at: string | null = folder; at !== null; at = folderOf(at)) {
    if ((await fs.readText(joinPath(at, 'include/uapi/linux/vfio.h'))) !== null) {
      return at;
    }
  }
  return null;
}

/**
 * Reads files and everything that they include by `#include "name"`, looked for beside the including file, and not
 * outside of `root`. Files that can not be read are left out; each file comes once, the given ones first and in order.
 */
export async function includeClosure(
  fs: FileSystem,
  paths: readonly string[],
  root: string,
): Promise<readonly SourceFile[]> {
  const seen = new Set(paths);
  const files: SourceFile[] = [];
  for (let wave = [...seen]; wave.length > 0; ) {
    const read = await Promise.all(wave.map(async (path) => ({ path, text: await fs.readText(path) })));
    const next: string[] = [];
    for (const { path, text } of read) {
      if (text === null) {
        continue;
      }
      files.push({ path, text });
      for (const name of quotedIncludes(text)) {
        const target = joinPath(folderOf(path) ?? '/', name);
        if (!seen.has(target) && isBelow(target, root) && seen.size < maxFiles) {
          seen.add(target);
          next.push(target);
        }
      }
    }
    wave = next;
  }
  return files;
}

/** The names in `#include "name"` directives. */
export function quotedIncludes(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"/gm)].map((match) => match[1] ?? '');
}
