import type { Connection, FileEvent } from 'vscode-languageserver';
import {
  DidChangeWatchedFilesNotification,
  DidDeleteFilesNotification,
  DidRenameFilesNotification,
  FileChangeType,
  WatchKind,
} from 'vscode-languageserver';
import { folderOf, isBelow, migrationMarks, nameOf } from '../../check';
import { checked, touched } from '../checks';
import { folderPath } from '../client';
import { inBackground, receiving } from '../gate';
import { isFilesDeleted, isFilesRenamed, isWatchedFiles } from '../params';
import type { Session } from '../session';
import { isInFolders } from './folders';
import { scan } from './scan';

const watched = ['**/*.{c,h}', '**/{Makefile,Kbuild}'];
/**
 * Of a folder that comes or goes some watchers tell nothing but that: not of the files in it. A pattern for folders alone there
 * is not, so that everything that comes and goes is told of, and what can be none is dropped.
 */
const everything = { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete };
const watchedName = /\.[ch]$|^[^.]*$/;

function concerns(path: string): boolean {
  return watchedName.test(nameOf(path)) && !path.includes('/.git/');
}
/** The headers from which the profile of a whole kernel tree is read. */
const profileHeader = /\/include\/(?:uapi\/)?linux\/vfio\.h$/;

/** Follows what happens to files on the disk, whether the client watches them or did it itself. */
export function followFiles(session: Session, connection: Connection): { readonly start: () => void } {
  connection.onNotification(
    DidChangeWatchedFilesNotification.type,
    receiving(session, 'workspace/didChangeWatchedFiles', isWatchedFiles, async ({ changes }) => {
      const concerning = changes.filter(({ uri }) => concerns(folderPath(uri)));
      await takeIn(session, concerning);
      const created = concerning.filter(({ type }) => type === FileChangeType.Created);
      await scanFolders(
        session,
        connection,
        created.map(({ uri }) => folderPath(uri)),
      );
    }),
  );
  connection.onNotification(
    DidRenameFilesNotification.type,
    receiving(session, 'workspace/didRenameFiles', isFilesRenamed, async ({ files }) => {
      await takeIn(
        session,
        files.flatMap(({ oldUri, newUri }) => [
          { uri: oldUri, type: FileChangeType.Deleted },
          { uri: newUri, type: FileChangeType.Created },
        ]),
      );
      await scanFolders(
        session,
        connection,
        files.map(({ newUri }) => folderPath(newUri)),
      );
    }),
  );
  connection.onNotification(
    DidDeleteFilesNotification.type,
    receiving(session, 'workspace/didDeleteFiles', isFilesDeleted, ({ files }) =>
      takeIn(
        session,
        files.map(({ uri }) => ({ uri, type: FileChangeType.Deleted })),
      ),
    ),
  );
  return {
    start() {
      if (!session.client.registersWatchers) return;
      inBackground(session, 'client/registerCapability', async () => {
        const watchers = [...watched.map((globPattern) => ({ globPattern })), everything];
        await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
      });
    },
  };
}

/** Looks for drivers in those of the paths that are folders: nobody tells of the files in them. */
async function scanFolders(session: Session, connection: Connection, paths: readonly string[]): Promise<void> {
  if (!session.settings.workspaceScan) return;
  const folders: string[] = [];
  for (const path of paths) {
    if (/\.[ch]$/.test(path) || !isInFolders(session, path)) continue;
    if ((await session.platform.fs.readFolder(path)) !== null) folders.push(path);
  }
  if (folders.length > 0) await scan(session, connection, folders);
}

/** Marks what the changes outdate, then checks it again, one module after the other. */
export async function takeIn(session: Session, changes: readonly FileEvent[]): Promise<void> {
  const again = new Set<string>();
  const gone = new Set<string>();
  session.searchAgain();
  for (const { uri, type } of changes) {
    const path = folderPath(uri);
    session.texts.drop(path);
    const stays = type === FileChangeType.Changed && !shapesModules(path);
    if (stays && session.texts.document(path) !== undefined) continue;
    touched(session, path);
    for (const module of session.modules.all) {
      if (!stays && isShapedBy(module.paths, path)) {
        module.stale = true;
        module.suspect = true;
      }
      if (module.stale) for (const each of module.paths) if (each.endsWith('.c')) again.add(each);
    }
    if (type === FileChangeType.Deleted) gone.add(path);
    else if (await isNewDriverFile(session, path)) again.add(path);
  }
  const first = [...again].filter((path) => !gone.has(path));
  for (const path of [...first, ...[...again].filter((each) => gone.has(each))]) {
    await session.platform.pause();
    await checked(session, path);
  }
}

/** True for files whose text says which files belong together, or which kernel they are for. */
function shapesModules(path: string): boolean {
  return /^(?:Makefile|Kbuild)$/.test(nameOf(path)) || profileHeader.test(path);
}

/** True when a module may have other files, or another profile, since the file or folder came, went or changed. */
function isShapedBy(paths: readonly string[], path: string): boolean {
  if (profileHeader.test(path)) return true;
  const folder = folderOf(path);
  const wide = shapesModules(path);
  return paths.some(
    (each) => isBelow(each, path) || folderOf(each) === folder || (wide && folder !== null && isBelow(each, folder)),
  );
}

async function isNewDriverFile(session: Session, path: string): Promise<boolean> {
  if (!session.settings.workspaceScan || !path.endsWith('.c') || !isInFolders(session, path)) return false;
  if (session.modules.of(path).length > 0) return false;
  const { fs } = session.platform;
  if (fs.contains !== undefined) return (await fs.contains(path, migrationMarks)) === true;
  const text = await fs.readText(path);
  return text !== null && migrationMarks.some((mark) => text.includes(mark));
}
