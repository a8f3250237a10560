// A language server in a process of its own, spoken to over standard input and output with as little in between as possible.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const TIMEOUT_MS = 60_000;

/** Starts a server, opens one C file and measures what an editor would wait for. */
export class LspProcess {
  constructor(command, args, options = {}) {
    this.started = performance.now();
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
    this.buffer = Buffer.alloc(0);
    this.nextId = 1;
    this.replies = new Map();
    this.waiting = null;
    this.child.stdout.on('data', (chunk) => this.take(chunk));
  }

  /** Initialises with `folder` as root, opens `file`; resolves to the milliseconds from spawn to its first diagnostics. */
  async open(folder, file, text) {
    this.uri = pathToFileURL(file).href;
    this.version = 1;
    const rootUri = pathToFileURL(folder).href;
    const capabilities = { textDocument: { publishDiagnostics: { versionSupport: true, relatedInformation: true } } };
    await this.request('initialize', { processId: process.pid, rootUri, capabilities, workspaceFolders: null });
    this.notify('initialized', {});
    const first = this.diagnostics(1);
    this.notify('textDocument/didOpen', { textDocument: { uri: this.uri, languageId: 'c', version: 1, text } });
    await first;
    return performance.now() - this.started;
  }

  /** Sends one change; resolves to the milliseconds until the diagnostics of the new version are there. */
  async edit(range, text) {
    this.version += 1;
    const start = performance.now();
    const done = this.diagnostics(this.version);
    const textDocument = { uri: this.uri, version: this.version };
    this.notify('textDocument/didChange', { textDocument, contentChanges: [{ range, text }] });
    await done;
    return performance.now() - start;
  }

  /** Peak resident memory in MiB; null where the system does not tell. */
  peakMemory() {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    } catch {
      return null;
    }
  }

  async close() {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    await this.request('shutdown', null);
    this.notify('exit', null);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(timer);
  }

  diagnostics(version) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no diagnostics for version ${version}`)), TIMEOUT_MS);
      const arrived = () => {
        clearTimeout(timer);
        resolve();
      };
      this.waiting = { version, resolve: arrived };
    });
  }

  request(method, params) {
    const id = this.nextId++;
    this.send({ id, method, params });
    return new Promise((resolve) => this.replies.set(id, resolve));
  }

  notify(method, params) {
    this.send({ method, params });
  }

  send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  take(chunk) {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.buffer.toString('ascii', 0, head))?.[1]);
      if (this.buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.buffer.toString('utf8', head + 4, head + 4 + length));
      this.buffer = this.buffer.subarray(head + 4 + length);
      this.handle(message);
    }
  }

  handle(message) {
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, version } = message.params;
      const { waiting } = this;
      if (waiting && uri === this.uri && (version ?? waiting.version) === waiting.version) {
        this.waiting = null;
        waiting.resolve();
      }
    } else if (message.method && message.id !== undefined) {
      // Whatever the server asks for (configuration, registration): the client has none.
      const result = message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null;
      this.send({ id: message.id, result });
    } else if (message.id !== undefined) {
      this.replies.get(message.id)?.(message.result);
      this.replies.delete(message.id);
    }
  }
}
