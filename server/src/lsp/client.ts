import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import type { DiagnosticStyle } from './convert';
import { pathOfUri } from './convert';

/** What the client can do, read once from its capabilities. */
export interface ClientAbilities {
  /** It asks for diagnostics itself; the others get them published. */
  readonly pull: boolean;
  readonly relatedDocuments: boolean;
  readonly refreshDiagnostics: boolean;
  readonly style: DiagnosticStyle;
  readonly markdown: boolean;
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly progress: boolean;
  readonly workspaceFolders: boolean;
}

export const noAbilities: ClientAbilities = abilitiesOf({});

export function abilitiesOf(capabilities: ClientCapabilities): ClientAbilities {
  const { textDocument, workspace, window } = capabilities;
  const pull = textDocument?.diagnostic;
  const shape = pull ?? textDocument?.publishDiagnostics;
  return {
    pull: pull !== undefined,
    relatedDocuments: pull?.relatedDocumentSupport === true,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    style: {
      related: (shape?.relatedInformation ?? textDocument?.publishDiagnostics?.relatedInformation) === true,
      tags: (shape?.tagSupport ?? textDocument?.publishDiagnostics?.tagSupport) !== undefined,
    },
    markdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    configuration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    progress: window?.workDoneProgress === true,
    workspaceFolders: workspace?.workspaceFolders === true,
  };
}

/** The folders that the client has open, as paths. */
export function foldersOf(params: InitializeParams): readonly string[] {
  const folders = params.workspaceFolders ?? [];
  if (folders.length > 0) return folders.map((folder) => folderPath(folder.uri));
  return typeof params.rootUri === 'string' ? [folderPath(params.rootUri)] : [];
}

/** A folder's path without a slash at its end. */
export function folderPath(uri: string): string {
  const path = pathOfUri(uri);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
