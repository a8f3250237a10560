import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './repo';

/** What a server can say: a request, a notification or an answer. */
export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Milliseconds to wait for an answer, on a machine that is busy with others. */
const patience = 30_000;

/**
 * `vfio-arcs lsp --stdio`, the built one, at the other end of a pipe, with nothing in between: what a test writes goes out
 * byte for byte, and every message of the server is seen. It answers the server's own requests as a plain client would.
 */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Ending>;
  /** All that came, in the order of arrival. */
  readonly received: Message[] = [];
  stderr = '';
  /** Those of them that answer, by what they answer. */
  private readonly answers = new Map<number | string | null, Message>();
  private readonly waiters = new Set<() => void>();
  private chunks: Buffer[] = [];
  private unreadBytes = 0;
  /** Bytes of the message that is coming; 0 while its header is. */
  private wanted = 0;
  private nextId = 1;

  constructor(args: readonly string[] = ['lsp', '--stdio']) {
    this.child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...args], { stdio: 'pipe' });
    this.child.stdout?.on('data', (data: Buffer) => this.take(data));
    this.child.stderr?.on('data', (data: Buffer) => {
      this.stderr += data.toString();
    });
    // The server may be gone while a test still writes: its exit code tells.
    this.child.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal });
        this.wake();
      });
    });
  }

  /** Writes bytes as they are. */
  write(bytes: string | Buffer): void {
    this.child.stdin?.write(bytes);
  }

  /** Writes a body with the header that belongs to it. */
  writeBody(body: string): void {
    this.write(framed(body));
  }

  send(message: object): void {
    this.writeBody(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  notify(method: string, params?: unknown): void {
    this.send({ method, params });
  }

  /** Sends a request; gives its id. */
  ask(method: string, params?: unknown): number {
    const id = this.nextId++;
    this.send({ id, method, params });
    return id;
  }

  /** The answer to a request, a result or an error. */
  async answer(id: number | string): Promise<Message> {
    return this.until(`answer ${id}`, () => this.answers.get(id));
  }

  request(method: string, params?: unknown): Promise<Message> {
    return this.answer(this.ask(method, params));
  }

  /** The result of a request that must not fail. */
  async result(method: string, params?: unknown): Promise<unknown> {
    const { result, error } = await this.request(method, params);
    if (error !== undefined) throw new Error(`${method} failed: ${JSON.stringify(error)}`);
    return result;
  }

  /** initialize and initialized; gives the InitializeResult. */
  async initialize(capabilities: object = {}, others: object = {}): Promise<unknown> {
    const result = await this.result('initialize', { processId: null, rootUri: null, capabilities, ...others });
    this.notify('initialized', {});
    return result;
  }

  /** Waits until `found` gives something; fails when the server is gone or the patience is at its end. */
  async until<T>(what: string, found: () => T | undefined): Promise<T> {
    const end = Date.now() + patience;
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      const gone = this.child.exitCode !== null || this.child.signalCode !== null;
      if (gone || Date.now() > end) {
        const state = gone ? `the server ended with ${this.child.exitCode}` : `not within ${patience} ms`;
        throw new Error(`${what}: ${state}; ${this.stderr}${JSON.stringify(this.received).slice(-2000)}`);
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiters.delete(wake);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(wake, 200);
        this.waiters.add(wake);
      });
    }
  }

  /** What the server wrote into the client's log. */
  get log(): readonly string[] {
    return this.received
      .filter((each) => each.method === 'window/logMessage')
      .map((each) => JSON.stringify(each.params));
  }

  /** shutdown and exit, as a client that is through; how the server ended. */
  async stop(): Promise<Ending> {
    await this.result('shutdown');
    this.notify('exit');
    return this.exited;
  }

  /** For a test's end, however it went. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private take(data: Buffer): void {
    this.chunks.push(data);
    this.unreadBytes += data.length;
    // A long message comes in many pieces, which are only joined when it is all there.
    if (this.unreadBytes < this.wanted) return;
    let unread = Buffer.concat(this.chunks);
    for (;;) {
      const head = unread.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(unread.toString('ascii', 0, Math.max(0, head)))?.[1]);
      this.wanted = head < 0 ? 0 : head + 4 + length;
      if (head < 0 || unread.length < this.wanted) {
        this.chunks = [unread];
        this.unreadBytes = unread.length;
        return;
      }
      const body = unread.toString('utf8', head + 4, this.wanted);
      unread = unread.subarray(this.wanted);
      const message: Message = JSON.parse(body);
      this.received.push(message);
      const { id, method } = message;
      if (method === undefined && id !== undefined && !this.answers.has(id)) this.answers.set(id, message);
      if (message.method !== undefined && message.id !== undefined) {
        this.send({ id: message.id, result: message.method === 'workspace/configuration' ? [null] : null });
      }
      this.wake();
    }
  }

  private wake(): void {
    for (const wake of [...this.waiters]) wake();
  }
}

/** A body with its header. */
export function framed(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
