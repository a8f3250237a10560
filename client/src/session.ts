import * as vscode from 'vscode';
import { arcTableView } from './arcTableView';
import { arcTreeView, arcTreeViewId } from './arcTreeView';
import { checkWorkspace } from './checkWorkspace';
import { Server } from './server';
import { simulationPanels } from './simulationPanels';
import { showStatus } from './status';

/** A running language server and what the commands do with it. */
export interface Session {
  checkWorkspace(): Promise<void>;
  /** Opens the Arc Table view in the side bar. */
  focusArcs(): Promise<void>;
  showArcTable(): Promise<void>;
  restart(): Promise<void>;
  showLog(): Promise<void>;
  /** Opens a panel on the driver of a DriverArgument, else on one that the user picks. */
  simulate(driver: unknown): Promise<void>;
  /** Fills a panel that VS Code kept over a reload of its window. */
  restorePanel(panel: vscode.WebviewPanel): void;
}

/**
 * Starts the server and everything that shows what it says. A server that does not start, or hangs while it does, leaves a
 * session whose status item says so, and whose commands try again.
 */
export function startSession(context: vscode.ExtensionContext): Session {
  const server = new Server(context);
  const arcTables = arcTableView(server);
  const panels = simulationPanels(context, server);
  context.subscriptions.push(server, showStatus(server), arcTables, arcTreeView(server), panels);

  const whenRunning = async (run: () => Promise<void>): Promise<void> => {
    const running = await started(server);
    try {
      if (running) await run();
    } catch (error) {
      // A server that died while it was asked has been told of already; anything else VS Code shows.
      if (server.state === 'running') throw error;
      server.log.error(error instanceof Error ? error : String(error));
    }
  };
  void started(server);

  return {
    checkWorkspace: () => whenRunning(() => checkWorkspace(server.client)),
    // Also without a server: the view then says so, and offers to restart it.
    focusArcs: async () => {
      await vscode.commands.executeCommand(`${arcTreeViewId}.focus`);
    },
    showArcTable: () => whenRunning(() => arcTables.show(vscode.window.activeTextEditor?.document)),
    restart: async () => {
      await succeeded(server.restart());
    },
    showLog: async () => server.log.show(),
    simulate: (driver) => whenRunning(() => panels.open(driver)),
    restorePanel: (panel) => panels.restore(panel),
  };
}

/** A failed start has been told and logged by the server itself. */
function started(server: Server): Promise<boolean> {
  return succeeded(server.start());
}

function succeeded(done: Promise<void>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}
