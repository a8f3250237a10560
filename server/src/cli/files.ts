import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { ScanFileSystem } from '../check';
import { joinPath } from '../check';

/** Files above this size are not read: no driver is that large, and a parser would only be kept busy. */
export const maxFileSize = 8 * 1024 * 1024;

/** Why a file was not read. */
export type Refusal = 'too large' | 'binary' | 'unreadable';

export interface FileOptions {
  /** Told of files that are there and are not read. */
  readonly onRefused?: (path: string, refusal: Refusal) => void;
}

type Entry = { readonly name: string; readonly kind: 'file' | 'folder' | 'other' };

/**
 * The disk. Reads UTF-8, byte order mark dropped; refuses what is too large or has a NUL byte. Links to files are files;
 * links to folders are "other", so that no walk can go in a circle or look at a folder twice.
 */
export function nodeFileSystem(options: FileOptions = {}): ScanFileSystem {
  const refuse = (path: string, refusal: Refusal): null => {
    options.onRefused?.(path, refusal);
    return null;
  };
  return {
    async readText(path) {
      try {
        const { size } = await stat(path);
        if (size > maxFileSize) {
          return refuse(path, 'too large');
        }
        const bytes = await readFile(path);
        return bytes.includes(0) ? refuse(path, 'binary') : new TextDecoder().decode(bytes);
      } catch (error) {
        return isAbsence(error) ? null : refuse(path, 'unreadable');
      }
    },
    async readFolder(path) {
      try {
        const entries = await readdir(path, { withFileTypes: true });
        return await Promise.all(
          entries.map(async (entry): Promise<Entry> => {
            const linked = entry.isSymbolicLink() && (await isFile(joinPath(path, entry.name)));
            const kind = linked || entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
            return { name: entry.name, kind };
          }),
        );
      } catch {
        return null;
      }
    },
    contains: (path, texts) => {
      const found = containsAny(path, texts);
      return typeof found === 'boolean' ? found : refuse(path, found);
    },
  };
}

let block = Buffer.alloc(256 * 1024);

/**
 * Looks for ASCII texts in a file's bytes without decoding it. Synchronous, because for the small files of a source tree the
 * way through the thread pool costs more than the reading. A Refusal when the file can not be read or is too large.
 */
function containsAny(path: string, texts: readonly string[]): boolean | Refusal {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return 'unreadable';
  }
  try {
    let length = 0;
    for (;;) {
      const count = readSync(file, block, length, block.length - length, null);
      length += count;
      if (count === 0) {
        break;
      }
      if (length === block.length) {
        if (length >= maxFileSize) {
          return 'too large';
        }
        block = Buffer.concat([block, Buffer.alloc(block.length)]);
      }
    }
    const content = block.subarray(0, length);
    return texts.some((text) => content.indexOf(text, 0, 'latin1') >= 0);
  } catch {
    return 'unreadable';
  } finally {
    closeSync(file);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ELOOP';
}
