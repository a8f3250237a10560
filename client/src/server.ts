import * as vscode from 'vscode';
import type { CloseHandlerResult, ErrorHandler } from 'vscode-languageclient/node';
import { CloseAction, ErrorAction, LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import { driverFiles } from './driverText';

const name = 'VFIO language server';
const stopTimeoutMs = 2_000;
const crashesForgiven = 4;
const crashWindowMs = 3 * 60_000;

export type ServerState = 'starting' | 'running' | 'stopped' | 'failed';

/** The language server's process as the rest of the client sees it. */
export interface Server extends vscode.Disposable {
  readonly client: LanguageClient;
  readonly log: vscode.LogOutputChannel;
  readonly state: ServerState;
  readonly onDidChangeState: vscode.Event<ServerState>;
  /** Resolves when the server answers; rejects when it can not be started (the user has been told). */
  start(): Promise<void>;
  /** Ends the process, however it is, and starts another. Rejects as `start` does. */
  restart(): Promise<void>;
}

/** Makes the client for dist/server.js; starts nothing yet. */
export function createServer(context: vscode.ExtensionContext): Server {
  const log = vscode.window.createOutputChannel('VFIO Arcs', { log: true });
  const stateChanged = new vscode.EventEmitter<ServerState>();
  let state: ServerState = 'stopped';
  const enter = (next: ServerState): void => {
    if (next === state) return;
    state = next;
    stateChanged.fire(next);
  };

  const module = context.asAbsolutePath('dist/server.js');
  const client = new LanguageClient(
    'vfioArcs',
    name,
    { module, transport: TransportKind.ipc },
    {
      documentSelector: driverFiles,
      diagnosticCollectionName: 'vfio-arcs',
      outputChannel: log,
      traceOutputChannel: log,
      errorHandler: crashHandler(
        log,
        () => client.state === State.Starting,
        () => enter('failed'),
      ),
      initializationFailedHandler: () => false,
      markdown: { supportThemeIcons: true },
    },
  );
  const following = client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) enter('running');
    else if (newState === State.Starting) enter('starting');
    else if (newState === State.StartFailed) enter('failed');
    else if (state !== 'failed') enter('stopped');
  });

  let starting: Promise<void> | undefined;
  let restarting = false;
  const startOnce = async (): Promise<void> => {
    try {
      await client.start();
    } catch (error) {
      log.error(`${name}: could not be started`, error);
      enter('failed');
      if (!restarting) {
        offerRestart(`The ${name} could not be started, so VFIO drivers are not checked: ${messageOf(error)}`);
      }
      throw error;
    }
  };
  const start = (): Promise<void> => {
    starting ??= startOnce().finally(() => {
      starting = undefined;
    });
    return starting;
  };
  const restart = async (): Promise<void> => {
    restarting = true;
    try {
      // A server that hangs does not answer the request to stop; its process is ended all the same.
      await client
        .stop(stopTimeoutMs)
        .catch((error: unknown) => log.warn(`${name}: ended by force: ${messageOf(error)}`));
      await starting?.catch(() => undefined);
    } finally {
      restarting = false;
    }
    await start();
  };

  return {
    client,
    log,
    get state() {
      return state;
    },
    onDidChangeState: stateChanged.event,
    start,
    restart,
    dispose: () => {
      following.dispose();
      stateChanged.dispose();
      client
        .dispose(stopTimeoutMs)
        .catch(() => undefined)
        .finally(() => log.dispose());
    },
  };
}

/** Restarts a server that died: always told, at most four times in three minutes. The editor holds all state, so nothing is lost. */
function crashHandler(log: vscode.LogOutputChannel, isStarting: () => boolean, gaveUp: () => void): ErrorHandler {
  let crashes: number[] = [];
  return {
    error: () => ({ action: ErrorAction.Continue }),
    closed: (): CloseHandlerResult => {
      // One that died before it ever answered would do so again; `start` tells of it.
      if (isStarting()) return { action: CloseAction.DoNotRestart, handled: true };
      const now = Date.now();
      crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
      if (crashes.length <= crashesForgiven) {
        const message = `The ${name} stopped unexpectedly and was started again. Your files and settings are untouched.`;
        void vscode.window.showWarningMessage(message, 'Show Log').then((chosen) => chosen && log.show());
        return { action: CloseAction.Restart, message, handled: true };
      }
      const message = `The ${name} stopped ${crashes.length} times in three minutes and was not started again: VFIO drivers are not checked.`;
      crashes = [];
      gaveUp();
      offerRestart(message);
      return { action: CloseAction.DoNotRestart, message, handled: true };
    },
  };
}

function offerRestart(message: string): void {
  const commands = new Map([
    ['Restart', 'vfioArcs.restartServer'],
    ['Show Log', 'vfioArcs.showLog'],
  ]);
  void vscode.window.showErrorMessage(message, ...commands.keys()).then((chosen) => {
    const command = chosen === undefined ? undefined : commands.get(chosen);
    if (command !== undefined) void vscode.commands.executeCommand(command);
  });
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
