import * as vscode from 'vscode';
import type { ServerStatus } from '../../server/src/wire';
import { driverFiles } from './driverText';
import type { Server } from './server';

/** The language status item of C files: what the server does, what it found, and the way out when it is gone. */
export function showStatus(server: Server): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('vfioArcs.status', driverFiles);
  item.name = 'VFIO Arcs';
  let known: ServerStatus | undefined;

  const show = (): void => {
    item.busy = server.state === 'starting' || (server.state === 'running' && known?.busy === true);
    if (server.state === 'failed' || server.state === 'stopped') {
      item.text = server.state === 'failed' ? 'VFIO language server failed' : 'VFIO language server stopped';
      item.detail = 'drivers are not checked';
      item.severity =
        server.state === 'failed' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Warning;
      item.command = { command: 'vfioArcs.restartServer', title: 'Restart' };
      return;
    }
    item.text = known === undefined ? 'VFIO: starting' : summary(known);
    item.detail = item.busy ? 'checking the workspace' : 'migration arcs';
    item.severity =
      known !== undefined && known.missing > 0
        ? vscode.LanguageStatusSeverity.Warning
        : vscode.LanguageStatusSeverity.Information;
    item.command = { command: 'vfioArcs.showArcTable', title: 'Show Arc Table' };
  };

  show();
  return vscode.Disposable.from(
    item,
    server.onDidChangeState((state) => {
      if (state !== 'running') known = undefined;
      show();
    }),
    server.onDidChangeStatus((status) => {
      known = status;
      show();
    }),
  );
}

/** "2 drivers, 1 missing arc". */
function summary({ drivers, missing }: ServerStatus): string {
  if (drivers === 0) return 'VFIO: no migration driver';
  return `VFIO: ${count(drivers, 'driver')}, ${missing === 0 ? 'no missing arc' : count(missing, 'missing arc')}`;
}

/** "1 driver", "2 drivers". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
