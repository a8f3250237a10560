import type { FileSystem } from '../../server/src/check';

/** A file system made of path -> text. Folders are there because files are in them; `null` marks an unreadable file. */
export function memoryFiles(texts: Readonly<Record<string, string | null>>): FileSystem {
  const paths = Object.keys(texts);
  return {
    readText: async (path) => texts[path] ?? null,
    async readFolder(folder) {
      const prefix = folder.endsWith('/') ? folder : `${folder}/`;
      const inside = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      const names = [...new Set(inside.map((path) => path.split('/')[0] ?? ''))];
      if (names.length === 0) {
        return null;
      }
      return names.map((name) => ({ name, kind: inside.includes(name) ? 'file' : 'folder' }) as const);
    },
  };
}
