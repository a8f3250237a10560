import { folderOf, joinPath, treeRootOf } from '../check';
import type { Doc } from '../uapi';
import { uriOfPath } from './convert';
import type { Session } from './session';

/** Where anybody can read the kernel's sources. */
const publicTree = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree';

/** The place in the kernel's sources that a documentation's facts come from. */
export interface SourceLink {
  /** "include/uapi/linux/vfio.h, enum vfio_device_mig_state" */
  readonly text: string;
  readonly uri: string;
}

/** In the kernel tree that the file `near` is in, with its line; else in the kernel's public repository. */
export async function sourceLink(session: Session, near: string, { source }: Pick<Doc, 'source'>): Promise<SourceLink> {
  const [file = source, declaration = ''] = source.split(', ');
  const { overlay } = session.texts;
  const root = await treeRootOf(overlay, folderOf(near) ?? '/');
  const path = root === null ? null : joinPath(root, file);
  const text = path === null ? null : await overlay.readText(path);
  if (path === null || text === null) return { text: source, uri: `${publicTree}/${file}` };
  const line = lineOf(text, declaration);
  return { text: source, uri: `${uriOfPath(path)}${line === null ? '' : `#L${line}`}` };
}

/** The line, from 1, that defines "enum x", "struct x" or "x()"; of several mentions the one before a brace. */
function lineOf(text: string, declaration: string): number | null {
  const name = /\w+(?=\(?\)?$)/.exec(declaration)?.[0];
  if (name === undefined) return null;
  const definition = new RegExp(`^[^\\n;]*\\b${name}\\b(?:\\([^;{}]*\\))?\\s*\\{`, 'm').exec(text);
  const at = definition?.index ?? text.indexOf(name);
  return at < 0 ? null : text.slice(0, at).split('\n').length;
}
