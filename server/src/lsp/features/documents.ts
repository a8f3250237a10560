import type { Connection } from 'vscode-languageserver';
import {
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  FileChangeType,
} from 'vscode-languageserver';
import { checkModule, isActive, retire, touched } from '../checks';
import { inBackground, receiving } from '../gate';
import { hasDocument, isDidChange, isDidOpen } from '../params';
import type { Session } from '../session';
import { isMarked } from '../texts';
import { isInFolders } from './folders';
import { takeIn } from './watch';

/** Text synchronisation: what the editor has open counts from the first message on. */
export function followDocuments(session: Session, connection: Connection, onEdited: (path: string) => void): void {
  connection.onNotification(
    DidOpenTextDocumentNotification.type,
    receiving(session, 'textDocument/didOpen', isDidOpen, ({ textDocument: { uri, version, text } }) => {
      const { path } = session.texts.opened(uri, version, text);
      session.searchAgain(isMarked(text) ? undefined : path);
      touched(session, path);
      onEdited(path);
    }),
  );
  connection.onNotification(
    DidChangeTextDocumentNotification.type,
    receiving(session, 'textDocument/didChange', isDidChange, ({ textDocument: { uri, version }, contentChanges }) => {
      const document = session.texts.changed(uri, version, contentChanges);
      if (document === undefined) {
        session.log.warn(`textDocument/didChange dropped: ${uri} was never opened`);
        return;
      }
      session.searchAgain(isMarked(document.text.getText()) ? undefined : document.path);
      touched(session, document.path);
      onEdited(document.path);
    }),
  );
  connection.onNotification(
    DidCloseTextDocumentNotification.type,
    receiving(session, 'textDocument/didClose', hasDocument, ({ textDocument: { uri } }) => {
      const path = session.texts.closed(uri);
      session.served.delete(path);
      touched(session, path);
      inBackground(session, 'textDocument/didClose', () => settle(session, path, uri));
    }),
  );
}

/** After a document was closed: its modules stand with the disk's text, or go when nobody asked for them. */
async function settle(session: Session, path: string, uri: string): Promise<void> {
  const modules = session.modules.of(path);
  if (modules.length === 0) {
    if (session.results.set(path, [])) session.tell([path]);
    return;
  }
  // Deleted while it was open, or never saved.
  if ((await session.texts.overlay.readText(path)) === null)
    await takeIn(session, [{ uri, type: FileChangeType.Deleted }]);
  for (const module of session.modules.of(path)) {
    const wanted = session.settings.workspaceScan && module.paths.some((each) => isInFolders(session, each));
    if (wanted || isActive(session, module)) await checkModule(session, module);
    else retire(session, await session.engine(), module);
  }
}
