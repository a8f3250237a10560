import type { Readable, Writable } from 'node:stream';
import type { Connection } from 'vscode-languageserver/node';
import { createConnection } from 'vscode-languageserver/node';
import { startServer } from '../../lsp';
import { nodePlatform, productVersion } from './platform';

/**
 * Serves the client at the other end of the transport that the command line names (`--stdio`, `--node-ipc`, `--socket=N`,
 * `--pipe=NAME`), or of the given streams. The process ends with the connection or with the client's process: 0 after a
 * shutdown request, 1 otherwise. So the promise never resolves.
 */
export function serve(input?: Readable, output?: Writable): Promise<never> {
  const connection: Connection =
    input === undefined || output === undefined ? createConnection() : createConnection(input, output);
  startServer(
    connection,
    nodePlatform((message) => connection.console.warn(message)),
    productVersion(),
  );
  return new Promise(() => undefined);
}
