import type { Connection } from 'vscode-languageserver';
import { CodeLensRefreshRequest, InlayHintRefreshRequest, SemanticTokensRefreshRequest } from 'vscode-languageserver';
import { inBackground } from '../gate';
import type { Session } from '../session';
import type { Shown } from '../shown';
import { isOutdated } from '../shown';

/**
 * Has the client ask again for what it shows when that changed without an edit of the same text: by a setting, or by an edit in
 * another file of the driver.
 */
export function refreshFeatures(session: Session, connection: Connection): void {
  const { codeLens, inlayHints, semanticTokens } = session.client.refreshes;
  if (codeLens) follow(session, 'codeLens', () => connection.sendRequest(CodeLensRefreshRequest.type));
  if (inlayHints) follow(session, 'inlayHints', () => connection.sendRequest(InlayHintRefreshRequest.type));
  if (semanticTokens)
    follow(session, 'semanticTokens', () => connection.sendRequest(SemanticTokensRefreshRequest.type));
}

function follow(session: Session, what: Shown, ask: () => Promise<void>): void {
  let asked = false;
  session.listen(() => {
    if (asked || session.phase !== 'running' || !isOutdated(session, what)) return;
    asked = true;
    inBackground(session, `refresh of ${what}`, async () => {
      // A request that led to the change is answered meanwhile.
      await session.platform.pause();
      try {
        if (isOutdated(session, what)) await ask();
      } finally {
        asked = false;
      }
    });
  });
}
