import * as vscode from 'vscode';
import { requestDrivers } from './requests';
import type { Server } from './server';

/**
 * What the manifest's `when` clauses ask for: `vfioArcs.active` once a session runs, `vfioArcs.server` (starting, running, stopped,
 * failed), and `vfioArcs.driverPaths`: the paths of the files of all known drivers, which decides on the editor's menus.
 */
export function contextKeys(server: Server): vscode.Disposable {
  const set = (key: string, value: unknown): void => {
    void vscode.commands.executeCommand('setContext', `vfioArcs.${key}`, value);
  };
  const setPaths = async (): Promise<void> => {
    const drivers = server.state === 'running' ? await requestDrivers(server) : [];
    const uris = drivers.flatMap(({ files }) => files.map((file) => server.client.protocol2CodeConverter.asUri(file)));
    set('driverPaths', [...new Set(uris.map(({ fsPath }) => fsPath))]);
  };
  const follow = (): void => {
    set('server', server.state);
    // A server that dies meanwhile is told of by its state, which comes next.
    setPaths().catch(() => undefined);
  };
  set('active', true);
  follow();
  return vscode.Disposable.from(server.onDidChangeState(follow), server.onDidChangeStatus(follow));
}
