import type { Connection, InitializeParams } from 'vscode-languageserver';
import { DidChangeConfigurationNotification, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { checked, isActive } from '../checks';
import { inBackground, messageOf, receiving } from '../gate';
import { isAnything } from '../params';
import type { Session } from '../session';
import { readSettings, settingsSection } from '../settings';

/** A client that does not answer within this time is served with the defaults until it does. */
const patienceMs = 2000;

/** What the server's start and changes of the workspace's folders need of this. */
interface Configuration {
  readonly start: () => void;
  /** Resolves when the settings of the present folders are known. */
  readonly foldersChanged: () => Promise<void>;
}

/** Reads the settings now and whenever they change; `onChanged` is told when they differ from before. */
export function followConfiguration(
  session: Session,
  connection: Connection,
  params: InitializeParams,
  onChanged: () => void,
): Configuration {
  const take = (value: unknown, ofFolders: readonly (readonly [string, unknown])[] = []) => {
    const { settings, problems } = readSettings(value, session.client.t);
    const folders = ofFolders.map(([folder, section]) => [folder, readSettings(section, session.client.t)] as const);
    const all = new Set([...problems, ...folders.flatMap(([, reading]) => reading.problems)]);
    if (all.size > 0) warn(connection, [...all]);
    const folderConfigs = new Map(folders.map(([folder, reading]) => [folder, reading.settings.config]));
    const before = [session.settings, [...session.folderConfigs]];
    if (JSON.stringify([settings, [...folderConfigs]]) === JSON.stringify(before)) return;
    const profiles = () => session.modules.all.map(({ paths: [path] }) => session.configOf(path ?? '').profile);
    const profilesBefore = profiles();
    session.settings = settings;
    session.folderConfigs = folderConfigs;
    session.log.info(`settings: ${JSON.stringify(settings)}`);
    for (const [folder, config] of folderConfigs) session.log.info(`settings in ${folder}: ${JSON.stringify(config)}`);
    const profilesNow = profiles();
    session.modules.all.forEach((module, index) => {
      module.stale = true;
      if (profilesNow[index] !== profilesBefore[index]) module.suspect = true;
    });
    onChanged();
  };
  const ask = async () => {
    const folders = session.folders.length > 1 ? session.folders : [];
    const items = [undefined, ...folders.map(session.texts.uriOf)].map((scopeUri) => ({
      section: settingsSection,
      ...(scopeUri !== undefined && { scopeUri }),
    }));
    try {
      const [window, ...ofFolders] = await connection.workspace.getConfiguration(items);
      take(
        window,
        folders.map((folder, index) => [folder, ofFolders[index] ?? window]),
      );
    } catch (error) {
      session.log.warn(`the settings could not be read from the client: ${messageOf(error)}`);
    }
  };
  const initial = sectionOf(params.initializationOptions);
  connection.onNotification(
    DidChangeConfigurationNotification.type,
    receiving(session, 'workspace/didChangeConfiguration', isAnything, async ({ settings }) => {
      if (session.client.configuration) await ask();
      else take(sectionOf(settings));
    }),
  );
  return {
    foldersChanged: async () => {
      if (session.client.configuration) await ask();
    },
    start() {
      if (session.client.registersConfiguration) {
        inBackground(session, 'client/registerCapability', async () => {
          await connection.client.register(DidChangeConfigurationNotification.type, { section: settingsSection });
        });
      }
      if (session.client.configuration) {
        session.settingsRead = Promise.race([ask(), session.platform.delay(patienceMs)]);
      } else {
        take(initial);
      }
    },
  };
}

/** Checks everything again that a changed setting may have changed: what is open first. */
export async function checkAllAgain(session: Session): Promise<void> {
  const modules = [...session.modules.all].sort((a, b) => Number(isActive(session, b)) - Number(isActive(session, a)));
  for (const module of modules) {
    await session.platform.pause();
    const first = module.paths[0];
    if (first !== undefined && session.modules.has(module)) await checked(session, first);
  }
}

function sectionOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === settingsSection)?.[1];
}

function warn(connection: Connection, problems: readonly string[]): void {
  const message = `VFIO Arcs: ${problems.join(' ')}`;
  void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
}
