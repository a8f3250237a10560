import * as vscode from 'vscode';
import { driverFiles } from './driverText';
import type { Server } from './server';

const refreshAfterMs = 200;

/** Read-only documents of a scheme, made by `textOf`, and made again while drivers are edited and when the server starts. */
export function virtualDocuments(
  server: Server,
  scheme: string,
  textOf: (uri: vscode.Uri) => Promise<string>,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const open = (): readonly vscode.TextDocument[] =>
    vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === scheme);
  let refresh: NodeJS.Timeout | undefined;
  const refreshSoon = (): void => {
    clearTimeout(refresh);
    refresh = setTimeout(() => {
      for (const { uri } of open()) changed.fire(uri);
    }, refreshAfterMs);
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: textOf,
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (open().length > 0 && vscode.languages.match(driverFiles, document) > 0) refreshSoon();
    }),
    server.onDidChangeState((state) => {
      if (state === 'running') refreshSoon();
    }),
    new vscode.Disposable(() => clearTimeout(refresh)),
  );
}
