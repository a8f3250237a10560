import type {
  CancellationToken,
  Connection,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
  FullDocumentDiagnosticReport,
  UnchangedDocumentDiagnosticReport,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import {
  DiagnosticRefreshRequest,
  DocumentDiagnosticReportKind,
  DocumentDiagnosticRequest,
  WorkspaceDiagnosticRequest,
} from 'vscode-languageserver';
import { checked } from '../checks';
import { pathOfUri } from '../convert';
import { answering, inBackground, stopIfCancelled } from '../gate';
import { isDiagnosticParams, isWorkspaceDiagnosticParams } from '../params';
import type { FileResult } from '../results';
import type { Session } from '../session';

/** Diagnostics for clients that ask for them. */
export function answerDiagnostics(session: Session, connection: Connection): void {
  connection.onRequest(
    DocumentDiagnosticRequest.type,
    answering(session, 'textDocument/diagnostic', isDiagnosticParams, (params: DocumentDiagnosticParams, token) =>
      documentReport(session, params, token),
    ),
  );
  connection.onRequest(
    WorkspaceDiagnosticRequest.type,
    answering(session, 'workspace/diagnostic', isWorkspaceDiagnosticParams, (params, token) => {
      const known = new Map(params.previousResultIds.map(({ uri, value }) => [pathOfUri(uri), value]));
      const stream = params.partialResultToken;
      return stream === undefined
        ? workspaceReport(session, known, token)
        : streamReports(session, known, token, (report) => {
            inBackground(session, 'workspace/diagnostic', () =>
              connection.sendProgress(WorkspaceDiagnosticRequest.partialResult, stream, report),
            );
          });
    }),
  );
  if (session.client.refreshDiagnostics) askAgainForOthers(session, connection);
}

async function documentReport(
  session: Session,
  { textDocument, previousResultId }: DocumentDiagnosticParams,
  token: CancellationToken,
): Promise<DocumentDiagnosticReport> {
  const path = pathOfUri(textDocument.uri);
  const modules = await checked(session, path, token);
  stopIfCancelled(token);
  const result = session.results.get(path);
  if (session.texts.document(path) !== undefined) session.served.set(path, result.id);
  const report: DocumentDiagnosticReport = reportOf(result, previousResultId ?? null);
  if (!session.client.relatedDocuments) return report;
  const others = modules.flatMap((module) => [...module.diagnostics.keys()]).filter((other) => other !== path);
  if (others.length > 0) {
    report.relatedDocuments = Object.fromEntries(
      others.map((other) => [session.texts.uriOf(other), reportOf(session.results.get(other), null)]),
    );
  }
  return report;
}

function reportOf(
  result: FileResult,
  known: string | null,
): FullDocumentDiagnosticReport | UnchangedDocumentDiagnosticReport {
  return result.id === known
    ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId: result.id }
    : { kind: DocumentDiagnosticReportKind.Full, resultId: result.id, items: [...result.items] };
}

/**
 * All files at once: waits for a running scan, and when the client has it all already, for the next change. So a client that
 * asks again and again is told at once and costs nothing in between.
 */
async function workspaceReport(
  session: Session,
  known: ReadonlyMap<string, string>,
  token: CancellationToken,
): Promise<WorkspaceDiagnosticReport> {
  await session.settingsRead;
  await session.scanQueue;
  const all = () => pathsOf(session, known).map((path) => workspaceReportOf(session, path, known.get(path) ?? null));
  const news = () => known.size === 0 || all().some((report) => report.kind === DocumentDiagnosticReportKind.Full);
  await until(session, token, news);
  return { items: all() };
}

/** Sends every change as it happens, until the client ends the request. Open documents are asked for one by one, so not sent. */
async function streamReports(
  session: Session,
  known: Map<string, string>,
  token: CancellationToken,
  send: (report: WorkspaceDiagnosticReport) => void,
): Promise<WorkspaceDiagnosticReport> {
  const sendNews = () => {
    const items = pathsOf(session, known)
      .filter((path) => session.texts.document(path) === undefined && known.get(path) !== session.results.get(path).id)
      .map((path) => workspaceReportOf(session, path, null));
    for (const { uri, resultId } of items) known.set(pathOfUri(uri), resultId ?? '');
    if (items.length > 0) send({ items });
    return false;
  };
  await until(session, token, sendNews);
  return { items: [] };
}

/** Also what the client knows from a server before this one, and is told that there is nothing any more. */
function pathsOf(session: Session, known: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...session.results.paths, ...known.keys()])];
}

function workspaceReportOf(session: Session, path: string, known: string | null): WorkspaceDocumentDiagnosticReport {
  const uri = session.texts.uriOf(path);
  const version = session.texts.document(path)?.text.version ?? null;
  return { ...reportOf(session.results.get(path), known), uri, version };
}

/** Asks `done` now and at every change until it says so or the server shuts down; rejects when the request is cancelled. */
async function until(session: Session, token: CancellationToken, done: () => boolean): Promise<void> {
  stopIfCancelled(token);
  if (done()) return;
  await new Promise<void>((resolve) => {
    const stop = session.listen(() => {
      if (session.phase !== 'running' || done()) finish();
    });
    const cancelling = token.onCancellationRequested(() => finish());
    const finish = () => {
      stop();
      cancelling.dispose();
      resolve();
    };
  });
  stopIfCancelled(token);
}

/** An edit in one file can change what is said about another one that is open: the client is asked to ask again. */
function askAgainForOthers(session: Session, connection: Connection): void {
  let asked = false;
  session.listen((paths) => {
    if (asked || !paths.some((path) => session.served.has(path))) return;
    asked = true;
    inBackground(session, 'workspace/diagnostic/refresh', async () => {
      // The document whose own request led to the change is answered meanwhile.
      await session.platform.pause();
      const outdated = paths.some((path) => isOutdated(session, path));
      try {
        if (outdated) await connection.sendRequest(DiagnosticRefreshRequest.type);
      } finally {
        asked = false;
      }
    });
  });
}

function isOutdated(session: Session, path: string): boolean {
  const served = session.served.get(path);
  return served !== undefined && served !== session.results.get(path).id;
}
