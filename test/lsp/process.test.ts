import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageConnection } from 'vscode-languageserver/node';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { fieldOf, pullClient, uri } from '../support/lspClient';

const entry = join(__dirname, '../../server/src/entry/node');

/** A server that runs as a process of its own, as editors start it. */
interface Running {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

function start(args: readonly string[], program = 'server.js'): Running {
  const ipc = args.includes('--node-ipc');
  const child = spawn(process.execPath, [join(entry, program), ...args], {
    stdio: ipc ? ['ignore', 'ignore', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const connection =
    child.stdout !== null && child.stdin !== null
      ? createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
      : createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.onError(() => undefined);
  connection.onRequest(() => null);
  connection.listen();
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { process: child, connection, stderr: () => stderr, exited };
}

async function initialize({ connection }: Running, folder: string | null): Promise<unknown> {
  const workspaceFolders = folder === null ? [] : [{ uri: uri(folder), name: 'test' }];
  const params = { processId: null, rootUri: null, capabilities: pullClient, workspaceFolders };
  const result = await connection.sendRequest('initialize', params);
  await connection.sendNotification('initialized', {});
  return result;
}

async function diagnose({ connection }: Running, path: string, text: string): Promise<unknown> {
  const textDocument = { uri: uri(path), languageId: 'c', version: 1, text };
  await connection.sendNotification('textDocument/didOpen', { textDocument });
  return connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: uri(path) } });
}

describe('the server as a process', function () {
  this.timeout(20_000);
  const running: Running[] = [];
  let folder = '';
  const launch = (args: readonly string[], program?: string): Running => {
    const server = start(args, program);
    running.push(server);
    return server;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vfio-arcs-'));
  });
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.connection.dispose();
      server.process.kill('SIGKILL');
      await server.exited;
    }
    await rm(folder, { recursive: true, force: true });
  });

  for (const [args, program] of [
    [['--stdio'], 'server.js'],
    [['--node-ipc'], 'server.js'],
    [['lsp', '--stdio'], 'cli.js'],
  ] as const) {
    it(`answers over ${program} ${args.join(' ')} and leaves with 0`, async () => {
      const server = launch(args, program);
      const result = await initialize(server, null);
      assert.equal(fieldOf(fieldOf(result, 'serverInfo'), 'name'), 'vfio-arcs');
      assert.match(String(fieldOf(fieldOf(result, 'serverInfo'), 'version')), /^\d+\.\d+\.\d+/);
      const report = await diagnose(server, join(folder, 'a.c'), 'int migration_set_state;\n');
      assert.deepEqual(fieldOf(report, 'items'), []);
      await server.connection.sendRequest('shutdown');
      await server.connection.sendNotification('exit');
      assert.equal(await server.exited, 0);
      assert.equal(server.stderr(), '');
    });
  }

  it('says how it is called when it is called wrong', async () => {
    const server = launch([]);
    assert.equal(await server.exited, 2);
    assert.match(server.stderr(), /^usage: server\.js --stdio/);
  });

  it('is as before after it was killed and started again', async () => {
    const text = 'int migration_set_state;\n';
    const first = launch(['--stdio']);
    await initialize(first, folder);
    const before = await diagnose(first, join(folder, 'a.c'), text);
    first.process.kill('SIGKILL');
    await first.exited;
    const second = launch(['--stdio']);
    await initialize(second, folder);
    const after = await diagnose(second, join(folder, 'a.c'), text);
    assert.deepEqual(fieldOf(after, 'items'), fieldOf(before, 'items'));
  });

  it('takes folders that it can not read and links that go in circles', async () => {
    await mkdir(join(folder, 'vfio'));
    await mkdir(join(folder, 'closed'));
    await writeFile(join(folder, 'vfio', 'main.c'), 'int migration_set_state;\n');
    await writeFile(join(folder, 'vfio', 'binary.c'), Buffer.from([0, 1, 2, 255, 0]));
    await symlink(folder, join(folder, 'vfio', 'loop'));
    await symlink(join(folder, 'nowhere'), join(folder, 'vfio', 'dangling.c'));
    await chmod(join(folder, 'closed'), 0);
    const server = launch(['--stdio']);
    await initialize(server, folder);
    const summary = await server.connection.sendRequest('vfio/checkWorkspace');
    assert.deepEqual([fieldOf(summary, 'drivers'), fieldOf(summary, 'cancelled')], [0, false]);
    await chmod(join(folder, 'closed'), 0o700);
  });
});
