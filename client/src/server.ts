import * as vscode from 'vscode';
import type { CloseHandlerResult, ErrorHandler } from 'vscode-languageclient/node';
import { CloseAction, ErrorAction, LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import {
  type ClientOptions,
  isServerStatus,
  type ServerStatus,
  statusCapability,
  statusMethod,
} from '../../server/src/wire';
import { ClosedFiles } from './closedFiles';
import { driverFiles } from './driverText';

const name = 'VFIO language server';
const stopTimeoutMs = 2_000;
const crashesForgiven = 4;
const crashWindowMs = 3 * 60_000;

export type ServerState = 'starting' | 'running' | 'stopped' | 'failed';

/** The language server's process as the rest of the client sees it. */
export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('VFIO Arcs', { log: true });
  private readonly stateChanged = new vscode.EventEmitter<ServerState>();
  private readonly statusChanged = new vscode.EventEmitter<ServerStatus>();
  readonly onDidChangeState = this.stateChanged.event;
  /** What the server says of itself while it runs. */
  readonly onDidChangeStatus = this.statusChanged.event;
  private readonly module: string;
  private readonly options: ClientOptions;
  private current: LanguageClient;
  private now: ServerState = 'stopped';
  private readonly listeners = new Map<string, (params: unknown) => void>();

  /** Starts nothing yet. */
  constructor(context: vscode.ExtensionContext) {
    this.module = context.asAbsolutePath('dist/server.js');
    this.options = { commands: commandsOf(context.extension.packageJSON), texts: vscode.l10n.bundle ?? {} };
    this.current = this.connect();
  }

  get state(): ServerState {
    return this.now;
  }

  /** For requests. Another one after each restart, so not to be kept. */
  get client(): LanguageClient {
    return this.current;
  }

  /** Hears a notification of our own, from this server and those after it. */
  onNotification(method: string, take: (params: unknown) => void): vscode.Disposable {
    this.listeners.set(method, take);
    this.listen(this.current, method, take);
    return new vscode.Disposable(() => this.listeners.delete(method));
  }

  /** Resolves when the server answers; rejects when it can not be started, which the user has then been told. */
  start(): Promise<void> {
    return this.startClient(this.current);
  }

  /** Ends the process, however it is, and starts another. Rejects as `start` does. */
  async restart(): Promise<void> {
    const old = this.current;
    this.current = this.connect();
    this.enter('starting');
    await this.end(old);
    await this.start();
  }

  dispose(): void {
    this.stateChanged.dispose();
    this.statusChanged.dispose();
    void this.end(this.current).finally(() => this.log.dispose());
  }

  private connect(): LanguageClient {
    const closedFiles = new ClosedFiles();
    const client: LanguageClient = new LanguageClient(
      'vfioArcs',
      name,
      { module: this.module, transport: TransportKind.ipc },
      {
        documentSelector: driverFiles,
        initializationOptions: this.options,
        diagnosticCollectionName: 'vfio-arcs',
        diagnosticCollectionProvider: closedFiles,
        outputChannel: this.log,
        traceOutputChannel: this.log,
        errorHandler: this.crashHandler(() => client === this.current),
        initializationFailedHandler: () => false,
        markdown: { supportThemeIcons: true },
        middleware: {
          provideWorkspaceDiagnostics: (known, token, report, next) => next(known, token, closedFiles.ahead(report)),
          // The server's selector takes in every document, see there.
          provideDocumentSemanticTokens: (document, token, next) =>
            isDriverFile(document) ? next(document, token) : undefined,
          provideDocumentRangeSemanticTokens: (document, range, token, next) =>
            isDriverFile(document) ? next(document, range, token) : undefined,
        },
      },
    );
    client.registerFeature({
      fillClientCapabilities: (capabilities) => {
        capabilities.experimental = { ...capabilities.experimental, [statusCapability]: true };
      },
      initialize: () => undefined,
      getState: () => ({ kind: 'static' }),
      clear: () => undefined,
    });
    const ifCurrent = <T>(take: (value: T) => void): ((value: T) => void) => this.ifCurrent(client, take);
    client.onDidChangeState(ifCurrent(({ newState }) => this.follow(newState)));
    client.onNotification(
      statusMethod,
      ifCurrent((status: unknown) => {
        if (isServerStatus(status)) this.statusChanged.fire(status);
      }),
    );
    for (const [method, take] of this.listeners) this.listen(client, method, take);
    return client;
  }

  /** What a client says that was replaced meanwhile is of no interest. */
  private ifCurrent<T>(client: LanguageClient, take: (value: T) => void): (value: T) => void {
    return (value) => {
      if (client === this.current) take(value);
    };
  }

  private listen(client: LanguageClient, method: string, take: (params: unknown) => void): void {
    client.onNotification(method, this.ifCurrent(client, take));
  }

  private async startClient(client: LanguageClient): Promise<void> {
    try {
      await client.start();
    } catch (error) {
      // Another one starts in its place: nothing for the user to do.
      if (client !== this.current) return this.start();
      this.log.error(`${name}: could not be started`, error);
      if (this.state !== 'failed') {
        this.enter('failed');
        offerRestart(
          vscode.l10n.t(
            'The VFIO language server could not be started, so VFIO drivers are not checked: {0}',
            messageOf(error),
          ),
        );
      }
      throw error;
    }
  }

  /** A server that hangs does not answer the request to stop; the client then ends its process. */
  private async end(client: LanguageClient): Promise<void> {
    try {
      await client.dispose(stopTimeoutMs);
    } catch (error) {
      this.log.warn(`${name}: ended by force: ${messageOf(error)}`);
    }
  }

  private follow(state: State): void {
    if (state === State.Running) this.enter('running');
    else if (state === State.Starting) this.enter('starting');
    else if (state === State.Stopped && this.state !== 'failed') this.enter('stopped');
  }

  private enter(state: ServerState): void {
    if (state === this.now) return;
    this.now = state;
    this.stateChanged.fire(state);
  }

  /** Restarts a server that died: always told, at most four times in three minutes. The editor has all state, so nothing is lost. */
  private crashHandler(isCurrent: () => boolean): ErrorHandler {
    let crashes: number[] = [];
    return {
      error: () => ({ action: ErrorAction.Continue }),
      closed: (): CloseHandlerResult => {
        // One that died before it ever answered would do so again; `start` tells of it.
        if (!isCurrent() || this.state === 'starting') return { action: CloseAction.DoNotRestart, handled: true };
        const now = Date.now();
        crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
        if (crashes.length > crashesForgiven) {
          const message = vscode.l10n.t(
            'The VFIO language server stopped {0} times in three minutes and was not started again: VFIO drivers are not checked.',
            crashes.length,
          );
          this.enter('failed');
          offerRestart(message);
          return { action: CloseAction.DoNotRestart, message, handled: true };
        }
        const message = vscode.l10n.t(
          'The VFIO language server stopped unexpectedly and was started again. Your files and settings are untouched.',
        );
        void vscode.window.showWarningMessage(message, vscode.l10n.t('Show Log')).then((chosen) => {
          if (chosen !== undefined) this.log.show();
        });
        return { action: CloseAction.Restart, message, handled: true };
      },
    };
  }
}

/** The commands that the manifest contributes: what the server's code lenses may offer. */
function commandsOf(manifest: Manifest): readonly string[] {
  return manifest.contributes.commands.map(({ command }) => command);
}

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

function isDriverFile(document: vscode.TextDocument): boolean {
  return vscode.languages.match(driverFiles, document) > 0;
}

function offerRestart(message: string): void {
  const commands = new Map([
    [vscode.l10n.t('Restart'), 'vfioArcs.restartServer'],
    [vscode.l10n.t('Show Log'), 'vfioArcs.showLog'],
  ]);
  void vscode.window.showErrorMessage(message, ...commands.keys()).then((chosen) => {
    const command = chosen === undefined ? undefined : commands.get(chosen);
    if (command !== undefined) void vscode.commands.executeCommand(command);
  });
}

/** The text of anything that was thrown. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
