import * as vscode from 'vscode';
import type { ServerStatus } from '../../server/src/wire';
import { count } from '../../server/src/wire';
import { driverFiles } from './driverText';
import type { Server } from './server';

/** The language status item of C files: what the server does, what it found, and the way out when it is gone. */
export function showStatus(server: Server): vscode.Disposable {
  const { t } = vscode.l10n;
  const item = vscode.languages.createLanguageStatusItem('vfioArcs.status', driverFiles);
  item.name = 'VFIO Arcs';
  let known: ServerStatus | undefined;

  const show = (): void => {
    item.busy = server.state === 'starting' || (server.state === 'running' && known?.busy === true);
    if (server.state === 'failed' || server.state === 'stopped') {
      item.text = server.state === 'failed' ? t('VFIO language server failed') : t('VFIO language server stopped');
      item.detail = t('drivers are not checked');
      item.severity =
        server.state === 'failed' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Warning;
      item.command = { command: 'vfioArcs.restartServer', title: t('Restart') };
      return;
    }
    item.text = known === undefined ? t('VFIO: starting') : summary(known);
    item.detail = item.busy ? t('checking the workspace') : t('migration arcs');
    item.severity =
      known !== undefined && known.missing > 0
        ? vscode.LanguageStatusSeverity.Warning
        : vscode.LanguageStatusSeverity.Information;
    item.command = { command: 'vfioArcs.showArcTable', title: t('Show Arc Table') };
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
  const { t } = vscode.l10n;
  if (drivers === 0) return t('VFIO: no migration driver');
  const lacking = missing === 0 ? t('no missing arc') : count(missing, t('{0} missing arc'), t('{0} missing arcs'));
  return t('VFIO: {0}, {1}', count(drivers, t('{0} driver'), t('{0} drivers')), lacking);
}
