import type { Connection } from 'vscode-languageserver';
import type { ServerStatus } from '../../wire';
import { statusMethod } from '../../wire';
import { inBackground } from '../gate';
import type { Session } from '../session';

/** Tells the client what its status item shows, whenever that changes. */
export function showStatus(session: Session, connection: Connection): void {
  if (!session.client.status) return;
  let shown = '';
  session.listen(() => {
    const status = statusOf(session);
    const text = JSON.stringify(status);
    if (text === shown || session.phase !== 'running') return;
    shown = text;
    inBackground(session, statusMethod, () => connection.sendNotification(statusMethod, status));
  });
}

function statusOf(session: Session): ServerStatus {
  let drivers = 0;
  let missing = 0;
  for (const { counts } of session.modules.all) {
    drivers += counts.drivers;
    missing += counts.missing;
  }
  return { drivers, missing, busy: session.scans > 0 };
}
