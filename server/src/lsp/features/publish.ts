import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver';
import { checked } from '../checks';
import { inBackground } from '../gate';
import type { Session } from '../session';

/** Diagnostics for clients that do not ask: published as soon as they are known, with the version that they are for. */
export interface Publisher {
  /** To be told of each document that was opened or edited. */
  edited(path: string): void;
}

export function publishDiagnostics(session: Session, connection: Connection): Publisher {
  const last = new Map<string, { readonly id: string; readonly version: number | undefined }>();
  const publish = (path: string) => {
    const { id, items } = session.results.get(path);
    const version = session.texts.document(path)?.text.version;
    const before = last.get(path);
    if (before?.id === id && before.version === version) return;
    last.set(path, { id, version });
    const params: PublishDiagnosticsParams = { uri: session.texts.uriOf(path), diagnostics: [...items] };
    inBackground(session, 'textDocument/publishDiagnostics', () =>
      connection.sendDiagnostics(version === undefined ? params : { ...params, version }),
    );
  };
  session.listen((paths) => paths.forEach(publish));
  return {
    edited(path) {
      inBackground(session, 'textDocument/publishDiagnostics', async () => {
        const modules = await checked(session, path);
        // What is no driver gets no message at all, unless something was said about it before.
        if (modules.length > 0 || last.has(path)) publish(path);
      });
    },
  };
}
