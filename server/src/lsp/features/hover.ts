import type { Connection, Hover } from 'vscode-languageserver';
import { HoverRequest } from 'vscode-languageserver';
import { answering } from '../gate';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';

/** stub */
export function answerHover(session: Session, connection: Connection): void {
  connection.onRequest(
    HoverRequest.type,
    answering(session, 'textDocument/hover', hasDocumentPosition, (): Hover | null => null),
  );
}
