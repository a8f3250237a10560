import { isBelow } from '../../check';
import type { Session } from '../session';

/** True for a file in a workspace folder. */
export function isInFolders(session: Session, path: string): boolean {
  return session.folders.some((folder) => isBelow(path, folder));
}
