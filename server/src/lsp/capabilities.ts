import type { ServerCapabilities } from 'vscode-languageserver';
import { TextDocumentSyncKind } from 'vscode-languageserver';
import type { ClientAbilities } from './client';
import { diagnosticSource } from './convert';
import { codeActionKinds } from './features/codeActions';
import { serverCommands } from './features/commands';
import { tokensLegend } from './features/semanticTokens';

/** The files whose renaming and deletion the client tells of: folders too, since drivers may be in them. */
const fileOperations = { filters: [{ scheme: 'file', pattern: { glob: '**' } }] };

/**
 * As weak as a selector can be: of several servers with tokens for a document VS Code takes those of the one that names its
 * language, so that the C language's own server is not pushed aside.
 */
const anyDocument = [{ language: '*' }];

/** What the server announces: nothing that the client can not use. */
export function capabilitiesFor(client: ClientAbilities): ServerCapabilities {
  const commands = serverCommands(client);
  return {
    positionEncoding: client.encoding,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    hoverProvider: true,
    ...(client.pull && {
      diagnosticProvider: {
        identifier: diagnosticSource,
        interFileDependencies: true,
        workspaceDiagnostics: true,
      },
    }),
    ...(client.codeLens && { codeLensProvider: { resolveProvider: false } }),
    ...(client.inlayHints && { inlayHintProvider: true }),
    ...(client.completion && { completionProvider: { triggerCharacters: [' ', '('] } }),
    ...(client.codeActionLiterals && {
      codeActionProvider: { codeActionKinds, resolveProvider: client.codeActions.resolvesEdit },
    }),
    ...(client.documentSymbols && { documentSymbolProvider: { label: 'VFIO' } }),
    ...(client.workspaceSymbols && { workspaceSymbolProvider: true }),
    ...(client.implementation && { implementationProvider: true }),
    ...(client.references && { referencesProvider: true }),
    ...(client.semanticTokens && {
      semanticTokensProvider: { documentSelector: anyDocument, legend: tokensLegend, full: true, range: true },
    }),
    ...(commands.length > 0 && { executeCommandProvider: { commands } }),
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { didRename: fileOperations, didDelete: fileOperations },
    },
  };
}
