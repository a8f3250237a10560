import type { CancellationToken, Connection, ProgressToken, WorkDoneProgressReporter } from 'vscode-languageserver';
import type { ModuleSource, ScanFileSystem } from '../../check';
import { isBelow, scanModules } from '../../check';
import type { ProfileId } from '../../uapi';
import { adopt, checked, checkModule, isActive, retire, touched } from '../checks';
import { messageOf } from '../gate';
import type { ModuleState } from '../modules';
import type { Session } from '../session';
import { maxFileLength } from '../texts';
import { isInFolders } from './folders';

/** What a scan saw. */
export interface ScanCounts {
  /** C files looked into. */
  readonly files: number;
  readonly cancelled: boolean;
}

/** Who asked for a scan. */
export interface ScanRequest {
  /** Ends it early. */
  readonly token: CancellationToken;
  /** Where its progress is told; without one, where the client shows that of the server's own work. */
  readonly workDoneToken?: ProgressToken | undefined;
}

const reportEveryMs = 100;
/** How many files are looked into before other messages have their turn. */
const looksPerTurn = 16;

/**
 * Looks for drivers in folders, in the background, with progress where the client shows it. Scans follow one another; the
 * answer comes when this one is through. The request's token ends it early, also while it waits for others, and so does the
 * user.
 */
export function scan(
  session: Session,
  connection: Connection,
  folders: readonly string[],
  request?: ScanRequest,
): Promise<ScanCounts> {
  session.scans++;
  session.tell([]);
  const others = session.scanQueue;
  // That of a request is told from the start, also while it waits for others.
  const progress =
    request?.workDoneToken === undefined
      ? null
      : begun(session, connection.window.attachWorkDoneProgress(request.workDoneToken));
  const done = (request === undefined ? others : Promise.race([others, cancelling(request.token)]))
    .then(() => scanNow(session, connection, folders, request?.token ?? null, progress))
    .finally(() => {
      session.scans--;
      session.tell([]);
    });
  session.scanQueue = Promise.allSettled([others, done]).then(() => undefined);
  return done;
}

function cancelling(token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    if (token.isCancellationRequested) resolve();
    else token.onCancellationRequested(() => resolve());
  });
}

function begun<P extends WorkDoneProgressReporter>({ client }: Session, progress: P): P {
  progress.begin(client.t('VFIO: looking for migration drivers'), undefined, undefined, true);
  return progress;
}

async function scanNow(
  session: Session,
  connection: Connection,
  folders: readonly string[],
  token: CancellationToken | null,
  requested: WorkDoneProgressReporter | null,
): Promise<ScanCounts> {
  const { t } = session.client;
  const started = session.platform.now();
  const own = requested === null && session.client.progress ? await connection.window.createWorkDoneProgress() : null;
  const progress = requested ?? (own === null ? null : begun(session, own));
  let reported = started;
  let files = 0;
  const cancelled = () =>
    session.phase !== 'running' ||
    token?.isCancellationRequested === true ||
    own?.token.isCancellationRequested === true;
  try {
    for (const root of outermost(folders)) {
      const before = files;
      const found = new Set<ModuleState>();
      const options = {
        profile: session.configOf(root).profile,
        cancelled: () => cancelled() || !isInFolders(session, root),
        onUnreadable: (folder: string) => session.log.warn(`${folder} could not be read and was left out`),
        onProgress: (done: number) => {
          files = before + done;
          if (session.platform.now() - reported < reportEveryMs) return;
          reported = session.platform.now();
          progress?.report(t('{0} files, {1} drivers', files, driversIn(session)));
        },
      };
      for await (const source of scanModules(scanned(session), root, options)) {
        const module = takeOver(session, source);
        found.add(module);
        await session.platform.pause();
        await ownProfile(session, module, options.profile);
        await checkModule(session, module).catch((error: unknown) => {
          session.log.error(`${module.name} could not be checked, which is a fault of the server: ${messageOf(error)}`);
        });
      }
      if (!options.cancelled()) await searchAgain(session, root, found);
    }
  } finally {
    progress?.done();
  }
  const seconds = ((session.platform.now() - started) / 1000).toFixed(1);
  session.log.info(
    `scan ${cancelled() ? 'cancelled' : 'done'}: ${files} files, ${driversIn(session)} drivers, ${seconds} s (${folders.join(', ')})`,
  );
  return { files, cancelled: cancelled() };
}

/** The folders that are in no other of them. */
function outermost(folders: readonly string[]): readonly string[] {
  return folders.filter((path) => !folders.some((other) => other !== path && isBelow(path, other)));
}

/** A folder in the scanned one may have another profile set: its modules are searched for again with that. */
async function ownProfile(session: Session, module: ModuleState, profile: ProfileId | null): Promise<void> {
  const [path] = module.paths;
  if (path === undefined || session.configOf(path).profile === profile) return;
  module.suspect = true;
  await checked(session, path);
}

/** Adopts a module; what is known of it is outdated where its files are not any more what was read for it then. */
function takeOver(session: Session, source: ModuleSource): ModuleState {
  for (const { path, text } of source.files) {
    if (session.texts.at(path)?.getText() === text) continue;
    session.texts.drop(path);
    touched(session, path);
  }
  return adopt(session, source);
}

/** Modules below a folder that a scan did not find are gone, unless somebody has them open. */
async function searchAgain(session: Session, root: string, found: ReadonlySet<ModuleState>): Promise<void> {
  const lost = session.modules.all.filter(
    (module) => !found.has(module) && module.paths.some((path) => isBelow(path, root)),
  );
  for (const module of lost) {
    module.stale = true;
    module.suspect = true;
    for (const path of module.paths) await checked(session, path);
  }
}

function driversIn(session: Session): number {
  return session.modules.all.reduce((sum, module) => sum + module.counts.drivers, 0);
}

/** The overlay, made to let other messages in between, whatever the file system below does. */
function scanned(session: Session): ScanFileSystem {
  const { overlay } = session.texts;
  const { fs } = session.platform;
  let looks = 0;
  let turn = Promise.resolve();
  return {
    // What was read of closed files before may be outdated.
    readText: async (path) => session.texts.document(path)?.text.getText() ?? (await fs.readText(path)),
    readFolder: async (path) => {
      await session.platform.pause();
      return overlay.readFolder(path);
    },
    contains: async (path, words) => {
      looks++;
      if (looks % looksPerTurn === 0) turn = turn.then(session.platform.pause);
      await turn;
      const open = session.texts.document(path)?.text.getText();
      if (open === undefined && fs.contains !== undefined) return fs.contains(path, words);
      const text = open ?? (await fs.readText(path));
      return text === null ? null : text.length <= maxFileLength && words.some((word) => text.includes(word));
    },
  };
}

/** Forgets the modules that nobody has open and that are in no folder that is scanned. */
export async function retireUnscanned(session: Session): Promise<void> {
  for (const module of session.modules.all) {
    const scannedStill = session.settings.workspaceScan && module.paths.some((path) => isInFolders(session, path));
    if (!scannedStill && !isActive(session, module)) retire(session, await session.engine(), module);
  }
}
