import * as vscode from 'vscode';
import { arcProviders } from './arcProviders';
import { arcTableView } from './arcTableView';
import { arcTreeView, arcTreeViewId } from './arcTreeView';
import { checkWorkspace } from './checkWorkspace';
import { compareWithReference, comparisons } from './compare';
import { contextKeys } from './contextKeys';
import { copyArcTable } from './copyTable';
import { explainRule, ruleDocuments } from './explainRule';
import { goToMissingArc } from './missingArc';
import { Server } from './server';
import { simulationPanels } from './simulationPanels';
import { generateSkeleton } from './skeleton';
import { showStatus } from './status';
import { type Subject, subjectOf } from './subject';
import { suppressWithReason } from './suppress';

export { openSample } from './sampleDriver';

/** A running language server and what the commands do with it. */
export interface Session {
  checkWorkspace(): Promise<void>;
  /** Opens the Arc Table view in the side bar. */
  focusArcs(): Promise<void>;
  /** These take the row or lens that they are called on; without one they are about the active file, or the cursor in it. */
  showArcTable(argument?: unknown): Promise<void>;
  goToMissingArc(argument?: unknown): Promise<void>;
  compareWithReference(argument?: unknown): Promise<void>;
  copyArcTable(argument?: unknown): Promise<void>;
  explainRule(argument?: unknown): Promise<void>;
  suppressWithReason(argument?: unknown): Promise<void>;
  /** Asks for flags and a name and writes a new driver. */
  generateSkeleton(): Promise<void>;
  restart(): Promise<void>;
  showLog(): Promise<void>;
  /**
   * Opens a panel on the driver of a DriverArgument or a row of the view, and on the arc at the cursor when the editor's menu calls
   * it; else on one that the user picks, first from what is at the cursor.
   */
  simulate(argument?: unknown): Promise<void>;
  /** Fills a panel that VS Code kept over a reload of its window. */
  restorePanel(panel: vscode.WebviewPanel): void;
}

/**
 * Starts the server and everything that shows what it says. A server that does not start, or hangs while it does, leaves a
 * session whose status item says so, and whose commands try again.
 */
export function startSession(context: vscode.ExtensionContext): Session {
  const { t } = vscode.l10n;
  const server = new Server(context);
  const arcTables = arcTableView(server);
  const panels = simulationPanels(context, server);
  context.subscriptions.push(
    server,
    contextKeys(server),
    showStatus(server),
    arcTables,
    arcProviders(server),
    arcTreeView(server),
    comparisons(server),
    ruleDocuments(server),
    panels,
  );

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
  const withSubject = (argument: unknown, purpose: string, run: (subject: Subject) => Promise<void>): Promise<void> =>
    whenRunning(async () => {
      const subject = await subjectOf(server, argument, purpose);
      if (subject !== undefined) await run(subject);
    });
  void started(server);

  return {
    checkWorkspace: () => whenRunning(() => checkWorkspace(server.client)),
    // Also without a server: the view then says so, and offers to restart it.
    focusArcs: async () => {
      await vscode.commands.executeCommand(`${arcTreeViewId}.focus`);
    },
    showArcTable: (argument) =>
      withSubject(argument, t('Show the arc table of another driver'), (subject) => arcTables.show(subject)),
    goToMissingArc: (argument) =>
      withSubject(argument, t('Go to a missing arc of another driver'), (subject) => goToMissingArc(server, subject)),
    compareWithReference: (argument) =>
      withSubject(argument, t('Compare another driver with the reference'), compareWithReference),
    copyArcTable: (argument) => withSubject(argument, t('Copy the arc table of another driver'), copyArcTable),
    explainRule: (argument) => whenRunning(() => explainRule(server, argument)),
    generateSkeleton: () => whenRunning(() => generateSkeleton(server)),
    suppressWithReason: (argument) => whenRunning(() => suppressWithReason(server, argument)),
    restart: async () => {
      await succeeded(server.restart());
    },
    showLog: async () => server.log.show(),
    simulate: (argument) => whenRunning(() => panels.open(argument)),
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
