import * as vscode from 'vscode';
import type { DiagnosticCollectionProvider, ProvideWorkspaceDiagnosticSignature } from 'vscode-languageclient/node';
import { DiagnosticCollectionSource } from 'vscode-languageclient/node';

type Reporter = Parameters<ProvideWorkspaceDiagnosticSignature>[2];

/**
 * Shows what the server says of files that are not open, in the collection that it hands to the client. The library drops it
 * while it still waits for an answer about the file as a document, as it does right after one was closed, renamed or deleted;
 * since the server tells every change once, what is outdated would stay.
 */
export class ClosedFiles implements DiagnosticCollectionProvider {
  private pulled: vscode.DiagnosticCollection | null = null;

  create(name: string | undefined, source: DiagnosticCollectionSource): vscode.DiagnosticCollection {
    const collection = vscode.languages.createDiagnosticCollection(name);
    if (source === DiagnosticCollectionSource.pull) this.pulled = collection;
    return collection;
  }

  dispose(collection: vscode.DiagnosticCollection): void {
    if (collection === this.pulled) this.pulled = null;
    collection.dispose();
  }

  /** Takes the server's reports before the library does. */
  ahead(report: Reporter): Reporter {
    return (chunk) => {
      for (const item of chunk?.items ?? []) {
        if ('items' in item && !isOpen(item.uri)) this.pulled?.set(item.uri, item.items);
      }
      report(chunk);
    };
  }
}

function isOpen({ path }: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === 'file' && uri.path === path);
}
