import type { Connection, InitializeParams, InitializeResult } from 'vscode-languageserver';
import { DidChangeWorkspaceFoldersNotification, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { capabilitiesFor } from './capabilities';
import { abilitiesOf, folderPath, foldersOf } from './client';
import { diagnosticSource } from './convert';
import { createEngine } from './engine';
import { answerCodeActions } from './features/codeActions';
import { answerCodeLens } from './features/codeLens';
import { answerCommands } from './features/commands';
import { answerCompletion } from './features/completion';
import { checkAllAgain, followConfiguration } from './features/configuration';
import { answerDiagnostics } from './features/diagnostics';
import { answerDocumentSymbols } from './features/documentSymbols';
import { followDocuments } from './features/documents';
import { answerHover } from './features/hover';
import { answerImplementation } from './features/implementation';
import { answerInlayHints } from './features/inlayHints';
import { publishDiagnostics } from './features/publish';
import { answerReferences } from './features/references';
import { refreshFeatures } from './features/refresh';
import { answerRequests } from './features/requests';
import { answerRules } from './features/rules';
import { retireUnscanned, scan } from './features/scan';
import { answerSemanticTokens } from './features/semanticTokens';
import { answerSimulation } from './features/simulation';
import { answerSkeleton } from './features/skeleton';

import { showStatus } from './features/status';
import { followFiles } from './features/watch';
import { answerWorkspaceSymbols } from './features/workspaceSymbols';
import { inBackground, receiving, refusalIn } from './gate';
import { isFoldersChanged } from './params';
import type { Platform } from './platform';
import type { EngineFactory, Log } from './session';
import { Session } from './session';

/** Serves one client until it says exit. `version` is told to it; `engineFactory` is for tests. */
export function startServer(
  connection: Connection,
  platform: Platform,
  version: string,
  engineFactory: EngineFactory = createEngine,
): void {
  const session = new Session(platform, engineFactory, logTo(connection));
  connection.onInitialize((params) => {
    if (session.phase !== 'new') {
      return new ResponseError(ErrorCodes.InvalidRequest, 'initialize was sent twice');
    }
    session.client = abilitiesOf(params.capabilities, params.initializationOptions);
    session.texts.encoding = session.client.encoding;
    session.folders = foldersOf(params);
    session.phase = 'running';
    serve(session, connection, params);
    return initializeResult(session, version);
  });
  connection.onShutdown(() => {
    const refusal = refusalIn(session);
    if (refusal !== null) return refusal;
    session.phase = 'shut down';
    // Requests that wait for a change end now.
    session.tell([]);
    return undefined;
  });
  connection.onRequest(
    (method) => refusalIn(session) ?? new ResponseError(ErrorCodes.MethodNotFound, `unknown method ${method}`),
  );
  connection.listen();
}

function initializeResult(session: Session, version: string): InitializeResult {
  return {
    serverInfo: { name: diagnosticSource, version },
    capabilities: capabilitiesFor(session.client),
  };
}

function serve(session: Session, connection: Connection, params: InitializeParams): void {
  const scanFolders = async () => {
    if (session.settings.workspaceScan && session.folders.length > 0) await scan(session, connection, session.folders);
  };
  let scanning = session.settings.workspaceScan;
  let started = false;
  const configuration = followConfiguration(session, connection, params, () => {
    const switched = session.settings.workspaceScan !== scanning;
    scanning = session.settings.workspaceScan;
    session.tell([]);
    if (!started) return;
    inBackground(session, 'checking with the new settings', async () => {
      if (switched) await retireUnscanned(session);
      await checkAllAgain(session);
      if (switched) await scanFolders();
    });
  });
  const files = followFiles(session, connection);
  answerHover(session, connection);
  answerCodeActions(session, connection);
  answerCodeLens(session, connection);
  answerInlayHints(session, connection);
  answerCompletion(session, connection);
  answerDocumentSymbols(session, connection);
  answerWorkspaceSymbols(session, connection);
  answerImplementation(session, connection);
  answerReferences(session, connection);
  answerSemanticTokens(session, connection);
  answerCommands(session, connection);
  refreshFeatures(session, connection);
  answerRequests(session, connection);
  answerRules(session, connection);
  answerSimulation(session, connection);
  answerSkeleton(session, connection);
  showStatus(session, connection);
  if (session.client.pull) {
    answerDiagnostics(session, connection);
    followDocuments(session, connection, () => undefined);
  } else {
    followDocuments(session, connection, publishDiagnostics(session, connection).edited);
  }
  connection.onInitialized(
    receiving(
      session,
      'initialized',
      () => true,
      async () => {
        configuration.start();
        files.start();
        await session.settingsRead;
        started = true;
        session.tell([]);
        await scanFolders();
      },
    ),
  );
  if (session.client.workspaceFolders) {
    // Not the library's event: listening to it sends a registration, which a client refuses before `initialized`.
    connection.onNotification(
      DidChangeWorkspaceFoldersNotification.type,
      receiving(session, 'workspace/didChangeWorkspaceFolders', isFoldersChanged, async ({ event }) => {
        const added = event.added.map((folder) => folderPath(folder.uri));
        const removed = event.removed.map((folder) => folderPath(folder.uri));
        session.folders = [...session.folders.filter((path) => ![...removed, ...added].includes(path)), ...added];
        await retireUnscanned(session);
        await configuration.foldersChanged();
        if (session.settings.workspaceScan && added.length > 0) await scan(session, connection, added);
      }),
    );
  }
}

function logTo(connection: Connection): Log {
  return {
    error: (message) => connection.console.error(message),
    warn: (message) => connection.console.warn(message),
    info: (message) => connection.console.info(message),
    trace: (message, details) => connection.tracer.log(message, details),
  };
}
