import * as vscode from 'vscode';
import type { MachineRef } from '../../server/src/wire';
import { isDriverArgument, isSimulationChanged, simulationChangedMethod } from '../../server/src/wire';
import type { ToPanel } from './panel/contract';
import { panelViewType } from './panel/viewType';
import { pickMachine } from './pickMachine';
import type { Server } from './server';
import { SimulationPanel } from './simulationPanel';

export interface SimulationPanels extends vscode.Disposable {
  /** Opens a panel on the driver of a DriverArgument; on one that the user picks when it is none. */
  open(driver: unknown): Promise<void>;
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
  const fill = (webview: vscode.WebviewPanel, machine: MachineRef | null): void => {
    const panel = new SimulationPanel(webview, server, folder, machine);
    open.add(panel);
    webview.onDidDispose(() => {
      open.delete(panel);
      panel.dispose();
    });
  };
  const registrations = vscode.Disposable.from(
    server.onNotification(simulationChangedMethod, (change) => {
      if (isSimulationChanged(change)) tellAll({ kind: 'changed', change });
    }),
    server.onDidChangeState((state) => {
      if (state === 'running') tellAll({ kind: 'restarted' });
    }),
  );

  return {
    open: async (driver) => {
      const machine: MachineRef | null = isDriverArgument(driver)
        ? { kind: 'driver', uri: driver.uri, ops: driver.ops }
        : await pickMachine(server, 'Simulate the migration of …');
      if (machine === null) return;
      fill(
        vscode.window.createWebviewPanel(panelViewType, 'VFIO Migration', vscode.ViewColumn.Beside, {
          retainContextWhenHidden: false,
        }),
        machine,
      );
    },
    restore: (panel) => fill(panel, null),
    dispose: () => {
      registrations.dispose();
      for (const panel of open) panel.dispose();
    },
  };
}
