import { PassThrough } from 'node:stream';
import { createConnection } from 'vscode-languageserver';
import type {
  ClientCapabilities,
  Diagnostic,
  DocumentDiagnosticReport,
  Hover,
  InitializeResult,
  Logger,
  MessageConnection,
  PublishDiagnosticsParams,
  Range,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import {
  createMessageConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { EngineFactory, Platform } from '../../server/src/lsp';
import { startServer } from '../../server/src/lsp';
import type { Encoding } from '../../server/src/lsp/encoding';
import { MemoryFs } from './memoryFs';

/** A client that asks for diagnostics, as VS Code does. */
export const pullClient: ClientCapabilities = {
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    diagnostic: { relatedDocumentSupport: true, relatedInformation: true, tagSupport: { valueSet: [1, 2] } },
  },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
  },
  window: { workDoneProgress: true },
  experimental: { vfioStatus: true },
};

/** A client that only takes what is published, and knows nothing else. */
export const pushClient: ClientCapabilities = {
  textDocument: { publishDiagnostics: { relatedInformation: true, versionSupport: true } },
};

export interface ClientOptions {
  readonly fs?: MemoryFs;
  readonly capabilities?: ClientCapabilities;
  /** Paths. */
  readonly folders?: readonly string[];
  /** What the client answers for the section `vfioArcs`. */
  readonly settings?: unknown;
  /** The same for folders, by their URI. */
  readonly folderSettings?: Readonly<Record<string, unknown>>;
  readonly engine?: EngineFactory;
  readonly platform?: Partial<Platform>;
  /** false: the test sends initialize itself. */
  readonly initialize?: boolean;
  readonly initializationOptions?: unknown;
}

/** Anything that the server sent of its own accord. */
export interface FromServer {
  readonly method: string;
  readonly params: unknown;
}

/** One client and its server, joined by streams: messages are really written and read. */
export class LspClient {
  readonly connection: MessageConnection;
  readonly fs: MemoryFs;
  /** In the order of arrival. */
  readonly received: FromServer[] = [];
  /** The server's exit codes: one at most. */
  readonly exits: number[] = [];
  settings: unknown;
  /** What is set in folders, by their URI. */
  folderSettings: Readonly<Record<string, unknown>>;
  initializeResult: InitializeResult | null = null;
  private readonly versions = new Map<string, number>();
  private readonly waiters = new Set<() => void>();

  constructor(options: ClientOptions) {
    this.fs = options.fs ?? new MemoryFs();
    this.settings = options.settings ?? null;
    this.folderSettings = options.folderSettings ?? {};
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const server = createConnection(
      (logger: Logger) =>
        createProtocolConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient), logger),
      { shutdownReceived: false, initialize: () => undefined, exit: (code) => this.exits.push(code) },
    );
    startServer(server, { ...memoryPlatform(this.fs), ...options.platform }, '0.0.0-test', options.engine);
    this.connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    this.connection.onNotification((method, params) => this.take(method, params));
    // The library keeps this one to itself otherwise.
    this.connection.onNotification('$/logTrace', (params: unknown) => this.take('$/logTrace', params));
    this.connection.onRequest((method, params) => {
      this.take(method, params);
      return method === 'workspace/configuration' ? this.configuration(params) : null;
    });
    this.connection.onUnhandledProgress(({ token, value }) => this.take('$/progress', { token, value }));
    this.connection.listen();
  }

  private configuration(params: unknown): readonly unknown[] {
    const items = fieldOf(params, 'items');
    if (!Array.isArray(items)) return [this.settings];
    return items.map((item) => this.folderSettings[String(fieldOf(item, 'scopeUri'))] ?? this.settings);
  }

  private take(method: string, params: unknown): void {
    this.received.push({ method, params });
    for (const wake of [...this.waiters]) wake();
  }

  async initialize(options: ClientOptions): Promise<InitializeResult> {
    const folders = options.folders ?? [];
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      capabilities: options.capabilities ?? pullClient,
      initializationOptions: options.initializationOptions,
      workspaceFolders: folders.map((path) => ({ uri: uri(path), name: path })),
    });
    await this.connection.sendNotification('initialized', {});
    this.initializeResult = result;
    return result;
  }

  async open(path: string, text: string): Promise<void> {
    this.versions.set(path, 1);
    const textDocument = { uri: uri(path), languageId: 'c', version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Sends one edit; gives the document's new version. */
  async change(path: string, ...contentChanges: readonly TextDocumentContentChangeEvent[]): Promise<number> {
    const version = (this.versions.get(path) ?? 0) + 1;
    this.versions.set(path, version);
    const textDocument = { uri: uri(path), version };
    await this.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges });
    return version;
  }

  async close(path: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(path) } });
  }

  /** Asks for a document's diagnostics. */
  pull(path: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    const params = { textDocument: { uri: uri(path) }, previousResultId };
    return this.connection.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', params);
  }

  /** The same, when only the diagnostics matter. */
  async diagnostics(path: string): Promise<readonly Diagnostic[]> {
    const report = await this.pull(path);
    if (report.kind !== 'full') throw new Error('asked without a result id and told "unchanged"');
    return report.items;
  }

  /** The hover's text at a position; null when there is none. */
  async hover(path: string, line: number, character: number): Promise<string | null> {
    const params = { textDocument: { uri: uri(path) }, position: { line, character } };
    const hover = await this.connection.sendRequest<Hover | null>('textDocument/hover', params);
    if (hover === null) return null;
    if (typeof hover.contents !== 'object' || !('value' in hover.contents)) throw new Error('a hover of an old kind');
    return hover.contents.value;
  }

  /** All that was received of a method until now. */
  of(method: string): readonly unknown[] {
    return this.received.filter((each) => each.method === method).map((each) => each.params);
  }

  /** The messages that the log got. */
  get log(): readonly string[] {
    return this.of('window/logMessage').map((params) => String(fieldOf(params, 'message')));
  }

  /** Waits until `found` gives something; fails with what was received. */
  async until<T>(what: string, found: () => T | undefined | false, milliseconds = 15000): Promise<T> {
    const end = Date.now() + milliseconds;
    for (;;) {
      const result = found();
      if (result !== undefined && result !== false) return result;
      if (Date.now() > end) {
        throw new Error(
          `${what}: not within ${milliseconds} ms; received ${JSON.stringify(this.received).slice(0, 2000)}`,
        );
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiters.delete(wake);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(wake, 20);
        this.waiters.add(wake);
      });
    }
  }

  /** What was last published for a file. */
  published(path: string): PublishDiagnosticsParams | undefined {
    const all = this.of('textDocument/publishDiagnostics').filter(isPublished);
    return all.filter((params) => params.uri === uri(path)).at(-1);
  }

  /** Lets the server work off what it has; any request would do. */
  async settle(): Promise<void> {
    await this.connection.sendRequest('vfio/drivers');
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await this.until('exit', () => this.exits.length > 0);
    this.connection.dispose();
  }
}

/** Starts a client and its server. */
export async function startClient(options: ClientOptions = {}): Promise<LspClient> {
  const client = new LspClient(options);
  if (options.initialize !== false) await client.initialize(options);
  return client;
}

export function uri(path: string): string {
  return `file://${path}`;
}

/** An edit of the text that stands once in the document. */
export function replacement(text: string, old: string, by: string): TextDocumentContentChangeEvent {
  const at = text.indexOf(old);
  if (at < 0 || text.indexOf(old, at + 1) >= 0) throw new Error(`"${old}" does not stand once in the text`);
  return { range: rangeIn(text, at, at + old.length), text: by };
}

/** A range between two offsets, counted by the simplest means there is. */
export function rangeIn(text: string, start: number, end: number, encoding: Encoding = 'utf-16'): Range {
  return { start: positionIn(text, start, encoding), end: positionIn(text, end, encoding) };
}

/** The position of an offset in a text with any line ends. */
export function positionIn(
  text: string,
  offset: number,
  encoding: Encoding = 'utf-16',
): { line: number; character: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length - 1, character: unitsOf[encoding](before.at(-1) ?? '') };
}

/** How many units a text has, by other means than the server's. */
export const unitsOf: Readonly<Record<Encoding, (text: string) => number>> = {
  'utf-8': (text) => Buffer.byteLength(text),
  'utf-16': (text) => text.length,
  'utf-32': (text) => Array.from(text).length,
};

/** The file that a published message is about. */
function isPublished(value: unknown): value is PublishDiagnosticsParams {
  return typeof fieldOf(value, 'uri') === 'string' && Array.isArray(fieldOf(value, 'diagnostics'));
}

/** A field of a JSON object. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function memoryPlatform(fs: MemoryFs): Platform {
  return {
    fs,
    loadParser: () => Promise.reject(new Error('no parser in this test')),
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    delay: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
  };
}
