/** Paths are absolute, with `/`; a drive letter may come before the first one. */

/** The folder that a path is in; null for a root. */
export function folderOf(path: string): string | null {
  const at = path.lastIndexOf('/');
  if (at < 0 || at === path.length - 1) {
    return null;
  }
  return path.slice(0, at) || '/';
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `folder` followed by a relative path, with `.` and `..` resolved as far as there are folders to leave. */
export function joinPath(folder: string, relative: string): string {
  const parts = folder.split('/').filter((part) => part !== '');
  for (const part of relative.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return (folder.startsWith('/') ? '/' : '') + parts.join('/');
}

/** True when `path` is `folder` or something below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
