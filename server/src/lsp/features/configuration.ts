import type { Connection, InitializeParams } from 'vscode-languageserver';
import { DidChangeConfigurationNotification, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { checked, isActive } from '../checks';
import { inBackground, messageOf, receiving } from '../gate';
import { isAnything } from '../params';
import type { Session } from '../session';
import { readSettings, settingsSection } from '../settings';

/** A client that does not answer within this time is served with the defaults until it does. */
const patienceMs = 2000;

/** Reads the settings now and whenever they change; `onChanged` is told when they differ from before. */
export function followConfiguration(
  session: Session,
  connection: Connection,
  params: InitializeParams,
  onChanged: () => void,
): { readonly start: () => void } {
  const take = (value: unknown) => {
    const { settings, problems } = readSettings(value);
    if (problems.length > 0) warn(connection, problems);
    if (JSON.stringify(settings) === JSON.stringify(session.settings)) return;
    const profileChanged = settings.config.profile !== session.settings.config.profile;
    session.settings = settings;
    session.log.info(`settings: ${JSON.stringify(settings)}`);
    for (const module of session.modules.all) {
      module.stale = true;
      if (profileChanged) module.suspect = true;
    }
    onChanged();
  };
  const ask = async () => {
    try {
      take(await connection.workspace.getConfiguration(settingsSection));
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
