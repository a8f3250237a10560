import * as vscode from 'vscode';
import { isSimulationChanged, simulationChangedMethod } from '../../server/src/wire';
import { arcsAtCursor } from './arcsAt';
import type { Start, ToPanel } from './panel/contract';
import { panelViewType } from './panel/viewType';
import { pickStart, startOn } from './pickMachine';
import { askedAside } from './requests';
import type { Server } from './server';
import { SimulationPanel } from './simulationPanel';
import { namedDriver } from './subject';

export interface SimulationPanels extends vscode.Disposable {
  /** Opens a panel on what the command was called on, else on what the user picks. */
  open(argument: unknown): Promise<void>;
  /** Fills a panel that VS Code kept over a reload; its page knows what it showed. */
  restore(panel: vscode.WebviewPanel): void;
}

/** Any number of panels, all fed by one server. */
export function simulationPanels(context: vscode.ExtensionContext, server: Server): SimulationPanels {
  const open = new Set<SimulationPanel>();
  const folder = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const tellAll = (message: ToPanel): void => {
    for (const panel of open) panel.tell(message);
  };
  const fill = (webview: vscode.WebviewPanel, start: Start): void => {
    const panel = new SimulationPanel(webview, server, folder, start);
    open.add(panel);
    webview.onDidDispose(() => {
      open.delete(panel);
      panel.dispose();
    });
  };
  /** An arc of a driver that a panel shows already is shown there. */
  const choose = (start: Start): boolean => {
    if (start.from !== 'machine' || start.arc === null) return false;
    const { machine, arc } = start;
    return [...open].some((panel) => panel.choose(machine, arc));
  };
  const registrations = vscode.Disposable.from(
    server.onNotification(simulationChangedMethod, (change) => {
      if (isSimulationChanged(change)) tellAll({ kind: 'changed', change });
    }),
    server.onDidChangeState((state) => {
      if (state !== 'running') return;
      for (const panel of open) panel.tellRestarted();
    }),
  );

  return {
    open: async (argument) => {
      const start = await startFor(server, argument);
      if (start === null || choose(start)) return;
      fill(
        vscode.window.createWebviewPanel(panelViewType, vscode.l10n.t('VFIO Migration'), vscode.ViewColumn.Beside, {
          retainContextWhenHidden: false,
        }),
        start,
      );
    },
    restore: (panel) => fill(panel, { from: 'nothing' }),
    dispose: () => {
      registrations.dispose();
      for (const panel of open) panel.dispose();
    },
  };
}

async function startFor(server: Server, argument: unknown): Promise<Start | null> {
  const named = namedDriver(argument);
  if (named !== null) return startOn(named);
  const here = (await askedAside(server, () => arcsAtCursor(server))) ?? [];
  const [only, other] = here;
  // The editor's menu hands over its file: the user pointed at what is meant.
  if (argument instanceof vscode.Uri && only !== undefined && other === undefined) return startOn(only.argument);
  return pickStart(server, vscode.l10n.t('Simulate the migration of …'), here);
}
