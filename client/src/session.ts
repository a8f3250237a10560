import * as vscode from 'vscode';
import { arcTableView } from './arcTableView';
import { checkWorkspace } from './checkWorkspace';
import { createServer } from './server';
import { showStatus } from './status';

/** A running language server and what the commands do with it. */
export interface Session {
  checkWorkspace(): Promise<void>;
  showArcTable(): Promise<void>;
  restart(): Promise<void>;
  showLog(): Promise<void>;
}

/**
 * Starts the server and everything that shows what it says. Never rejects: a server that does not start leaves a session
 * whose status item says so, and whose commands try again.
 */
export async function startSession(context: vscode.ExtensionContext): Promise<Session> {
  const server = createServer(context);
  const arcTables = arcTableView(server);
  context.subscriptions.push(server, showStatus(server), arcTables);

  const untilRunning = async (run: () => Promise<void>): Promise<void> => {
    // A failed start has been told and logged; the command has nothing to add.
    const running = await server.start().then(
      () => true,
      () => false,
    );
    if (running) await run();
  };
  await untilRunning(async () => undefined);

  return {
    checkWorkspace: () => untilRunning(() => checkWorkspace(server.client)),
    showArcTable: () => untilRunning(() => arcTables.show(vscode.window.activeTextEditor?.document)),
    restart: () =>
      server.restart().then(
        () => undefined,
        () => undefined,
      ),
    showLog: async () => server.log.show(),
  };
}
