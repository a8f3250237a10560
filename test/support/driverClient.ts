import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientCapabilities, Position, Range } from 'vscode-languageserver/node';
import { loadParser } from '../../server/src/entry/node/platform';
import type { ClientOptions, LspClient } from './lspClient';
import { positionIn, pullClient, startClient, uri } from './lspClient';
import { marked } from './markers';
import { MemoryFs } from './memoryFs';
import { root } from './repo';

/** A client that can show everything the server has. */
export const fullClient: ClientCapabilities = {
  ...pullClient,
  textDocument: {
    ...pullClient.textDocument,
    codeLens: {},
    inlayHint: {},
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    implementation: {},
    references: {},
    semanticTokens: {
      requests: { full: true, range: true },
      tokenTypes: ['enumMember'],
      tokenModifiers: ['readonly'],
      formats: ['relative'],
    },
  },
  workspace: {
    ...pullClient.workspace,
    symbol: {},
    codeLens: { refreshSupport: true },
    inlayHint: { refreshSupport: true },
    semanticTokens: { refreshSupport: true },
  },
  window: { ...pullClient.window, showDocument: { support: true } },
};

/** A file of the sample drivers. */
export function sample(name: string): string {
  return readFileSync(join(root, 'test/samples', name), 'utf8');
}

/** Where the tests' driver is. */
export const driverPath = '/tree/demo/main.c';

/** An open driver. */
export interface OpenDriver {
  readonly client: LspClient;
  readonly text: string;
  readonly path: string;
  /** The position of a marker. */
  at(name?: string): Position;
  /** Asks about the document. */
  ask<T>(method: string, params?: object): Promise<T>;
  /** Asks about a marker's position. */
  askAt<T>(method: string, name?: string): Promise<T>;
  /** The text that a range covers. */
  textIn(range: Range): string;
}

/** Starts a client that has a driver open; `source` may have markers, `files` are the others on the disk. */
export async function openDriver(
  source: string,
  options: ClientOptions & { readonly files?: Readonly<Record<string, string>>; readonly path?: string } = {},
): Promise<OpenDriver> {
  const { text, at } = marked(source);
  const path = options.path ?? driverPath;
  const client = await startClient({
    fs: new MemoryFs({ ...options.files, [path]: text }),
    platform: { loadParser },
    capabilities: fullClient,
    ...options,
  });
  await client.open(path, text);
  const textDocument = { uri: uri(path) };
  const lines = text.split('\n');
  return {
    client,
    text,
    path,
    at: (name) => positionIn(text, at(name)),
    ask: (method, params = {}) => client.connection.sendRequest(method, { textDocument, ...params }),
    askAt: (method, name) =>
      client.connection.sendRequest(method, { textDocument, position: positionIn(text, at(name)) }),
    textIn: ({ start, end }) =>
      start.line === end.line
        ? (lines[start.line] ?? '').slice(start.character, end.character)
        : [
            (lines[start.line] ?? '').slice(start.character),
            ...lines.slice(start.line + 1, end.line),
            (lines[end.line] ?? '').slice(0, end.character),
          ].join('\n'),
  };
}
