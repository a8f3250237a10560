import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import type { Translate } from '../wire';
import { isClientOptions, statusCapability, translator } from '../wire';
import type { DiagnosticStyle } from './convert';
import { pathOfUri, uriOfPath } from './convert';
import type { Encoding } from './encoding';
import { encodingFrom } from './encoding';

/** What the client can do, read once from its capabilities. */
export interface ClientAbilities {
  readonly encoding: Encoding;
  /** It asks for diagnostics itself; the others get them published. */
  readonly pull: boolean;
  readonly relatedDocuments: boolean;
  readonly refreshDiagnostics: boolean;
  readonly style: DiagnosticStyle;
  readonly markdown: boolean;
  readonly codeLens: boolean;
  readonly inlayHints: boolean;
  readonly semanticTokens: boolean;
  readonly completion: boolean;
  /** Completion items may be snippets. */
  readonly snippets: boolean;
  readonly documentSymbols: boolean;
  /** Document symbols may be a tree. */
  readonly symbolTree: boolean;
  readonly workspaceSymbols: boolean;
  readonly implementation: boolean;
  readonly references: boolean;
  /** What the server may ask the client to ask for again. */
  readonly refreshes: { readonly codeLens: boolean; readonly inlayHints: boolean; readonly semanticTokens: boolean };
  readonly codeActions: { readonly resolvesEdit: boolean; readonly disabled: boolean };
  /** It takes code actions with edits. */
  readonly codeActionLiterals: boolean;
  /** Edits may tell the version of the text that they are for. */
  readonly documentChanges: boolean;
  readonly showDocument: boolean;
  /** Commands of its own, by id: those of the server that it runs itself, and those that only a client can run. */
  readonly commands: readonly string[];
  /** Its user's language. */
  readonly t: Translate;
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly progress: boolean;
  readonly workspaceFolders: boolean;
  /** It shows how the server is. */
  readonly status: boolean;
}

export const noAbilities: ClientAbilities = abilitiesOf({}, undefined);

/** `options` are the initializationOptions; see wire/ for what they may have. */
export function abilitiesOf(capabilities: ClientCapabilities, options: unknown): ClientAbilities {
  const { experimental, general, textDocument, workspace, window } = capabilities;
  const pull = textDocument?.diagnostic;
  const shape = pull ?? textDocument?.publishDiagnostics;
  return {
    encoding: encodingFrom(general?.positionEncodings),
    pull: pull !== undefined,
    relatedDocuments: pull?.relatedDocumentSupport === true,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    style: {
      related: (shape?.relatedInformation ?? textDocument?.publishDiagnostics?.relatedInformation) === true,
      tags: (shape?.tagSupport ?? textDocument?.publishDiagnostics?.tagSupport) !== undefined,
    },
    markdown: preferredFormat(textDocument?.hover?.contentFormat) === MarkupKind.Markdown,
    codeLens: textDocument?.codeLens !== undefined,
    inlayHints: textDocument?.inlayHint !== undefined,
    semanticTokens: textDocument?.semanticTokens !== undefined,
    completion: textDocument?.completion !== undefined,
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    documentSymbols: textDocument?.documentSymbol !== undefined,
    symbolTree: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    workspaceSymbols: workspace?.symbol !== undefined,
    implementation: textDocument?.implementation !== undefined,
    references: textDocument?.references !== undefined,
    refreshes: {
      codeLens: workspace?.codeLens?.refreshSupport === true,
      inlayHints: workspace?.inlayHint?.refreshSupport === true,
      semanticTokens: workspace?.semanticTokens?.refreshSupport === true,
    },
    codeActions: {
      resolvesEdit: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
      disabled: textDocument?.codeAction?.disabledSupport === true,
    },
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    showDocument: window?.showDocument?.support === true,
    commands: isClientOptions(options) ? (options.commands ?? []) : [],
    t: translator(isClientOptions(options) ? (options.texts ?? {}) : {}),
    configuration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    progress: window?.workDoneProgress === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    status: experimental?.[statusCapability] === true,
  };
}

/** The first of the client's formats, in the order of its preference, that is known here. */
function preferredFormat(formats: unknown): MarkupKind {
  const known = Array.isArray(formats) ? formats.find((format) => MarkupKind.is(format)) : undefined;
  return known ?? MarkupKind.PlainText;
}

/** The folders that the client has open, as paths. */
export function foldersOf(params: InitializeParams): readonly string[] {
  const folders = params.workspaceFolders ?? [];
  if (folders.length > 0) return [...new Set(folders.map((folder) => folderPath(folder.uri)))];
  if (typeof params.rootUri === 'string') return [folderPath(params.rootUri)];
  return typeof params.rootPath === 'string' ? [folderPath(uriOfPath(params.rootPath))] : [];
}

/** A folder's path without a slash at its end. */
export function folderPath(uri: string): string {
  const path = pathOfUri(uri);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
