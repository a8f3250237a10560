import type { MessageReader, MessageWriter, WatchDog } from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver';
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { StrictReader, startServer } from '../../lsp';
import { nodePlatform, productVersion } from './platform';

/** How often it is looked whether the client's process is still there. */
const lookEveryMs = 3000;

/** The way to a client and back. */
export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** Standard input and output. What a library prints goes to standard error, so that it can not come between messages. */
export function standardStreams(): Transport {
  console.log = console.error;
  return { reader: new StreamMessageReader(process.stdin), writer: new StreamMessageWriter(process.stdout) };
}

/** The channel of a process that Node forked. */
export function parentProcess(): Transport {
  return { reader: new IPCMessageReader(process), writer: new IPCMessageWriter(process) };
}

/**
 * Serves the client at the other end. The process ends with the connection or with the client's process: 0 after a shutdown
 * request, 1 otherwise. So the promise never resolves.
 */
export function serve({ reader, writer }: Transport): Promise<never> {
  const watchDog: WatchDog = {
    shutdownReceived: false,
    initialize: ({ processId }) => {
      if (typeof processId === 'number') endWith(processId, () => watchDog.exit(exitCode()));
    },
    exit: (code) => process.exit(code),
  };
  const exitCode = () => (watchDog.shutdownReceived ? 0 : 1);
  const strict = new StrictReader(reader, (response) => void writer.write(response).catch(() => undefined));
  strict.onClose(() => watchDog.exit(exitCode()));
  strict.onError((error) => {
    process.stderr.write(`vfio-arcs: the client can not be understood any more: ${error.message}\n`);
    watchDog.exit(1);
  });
  process.on('disconnect', () => watchDog.exit(exitCode()));

  const connection = createConnection((logger) => createProtocolConnection(strict, writer, logger), watchDog);
  startServer(
    connection,
    nodePlatform((message) => connection.console.warn(message)),
    productVersion(),
  );
  return new Promise(() => undefined);
}

/** Calls `end` when the process is gone. */
function endWith(processId: number, end: () => void): void {
  setInterval(() => {
    if (!isAlive(processId)) end();
  }, lookEveryMs).unref();
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // One that belongs to somebody else may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
