import * as vscode from 'vscode';
import { generateSkeletonCommand, simulateCommand } from '../../server/src/wire/messages';
import { isDriverText, mentionsMigration } from './driverText';
import { panelViewType } from './panel/viewType';
import type { Session } from './session';

/**
 * Starts nothing by itself: VS Code calls this when the first C file of a window opens, whatever the project is, so all
 * that happens here is to register commands and to look for the protocol's names in the open C files. The language
 * client and the server are loaded when a file has them, or when a command asks.
 */
export function activate(context: vscode.ExtensionContext): void {
  const waiting: vscode.Disposable[] = [];
  let session: Promise<Session> | undefined;

  const start = (): Promise<Session> => {
    if (session === undefined) {
      vscode.Disposable.from(...waiting.splice(0)).dispose();
      session = import('./session.js').then(({ startSession }) => startSession(context));
    }
    return session;
  };
  const startIf = (speaksOfMigration: boolean): void => {
    // A failed start shows itself: the session puts it into its status item and message.
    if (speaksOfMigration) void start();
  };

  const command = (id: string, run: (session: Session, argument: unknown) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (argument: unknown) => run(await start(), argument));
  context.subscriptions.push(
    command('vfioArcs.checkWorkspace', (s) => s.checkWorkspace()),
    command('vfioArcs.compareWithReference', (s, argument) => s.compareWithReference(argument)),
    command('vfioArcs.copyArcTable', (s, argument) => s.copyArcTable(argument)),
    command('vfioArcs.explainRule', (s, argument) => s.explainRule(argument)),
    command('vfioArcs.focusArcs', (s) => s.focusArcs()),
    command(generateSkeletonCommand, (s) => s.generateSkeleton()),
    command('vfioArcs.goToMissingArc', (s, argument) => s.goToMissingArc(argument)),
    command('vfioArcs.showArcTable', (s, argument) => s.showArcTable(argument)),
    command('vfioArcs.restartServer', (s) => s.restart()),
    command('vfioArcs.showLog', (s) => s.showLog()),
    command(simulateCommand, (s, driver) => s.simulate(driver)),
    command('vfioArcs.suppressWithReason', (s, argument) => s.suppressWithReason(argument)),
    // A window that is reloaded brings its panels back before any file speaks of migration.
    vscode.window.registerWebviewPanelSerializer(panelViewType, {
      deserializeWebviewPanel: async (panel) => (await start()).restorePanel(panel),
    }),
    vscode.commands.registerCommand('vfioArcs.toggleInlayHints', async () => {
      const settings = vscode.workspace.getConfiguration('vfioArcs');
      await settings.update('inlayHints', !settings.get('inlayHints'), vscode.ConfigurationTarget.Global);
    }),
    // No session is needed for these: the sample starts one by what is in it.
    vscode.commands.registerCommand('vfioArcs.openSample', async () => {
      const { openSample } = await import('./session.js');
      await openSample(context);
    }),
    vscode.commands.registerCommand('vfioArcs.getStarted', async () => {
      const walkthrough = `${context.extension.id}#vfioArcs.start`;
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
    }),
    new vscode.Disposable(() => vscode.Disposable.from(...waiting).dispose()),
  );

  if (vscode.workspace.textDocuments.some(isDriverText)) {
    void start();
    return;
  }
  waiting.push(
    vscode.workspace.onDidOpenTextDocument((document) => startIf(isDriverText(document))),
    vscode.workspace.onDidChangeTextDocument((event) => startIf(mentionsMigration(event))),
  );
}
