import type { Connection, WorkspaceSymbol } from 'vscode-languageserver';
import { WorkspaceSymbolRequest } from 'vscode-languageserver';
import { arcText, parseArc } from '../../uapi';
import { driversOf } from '../checkedDriver';
import { checkModule } from '../checks';
import { answering, stopIfCancelled } from '../gate';
import { symbolsOf } from '../moduleSymbols';
import { isQuery } from '../params';
import type { Session } from '../session';

/** Symbols of all drivers known in open files and workspace folders, found by their names: "RUNNING -> STOP", "missing". */
export function answerWorkspaceSymbols(session: Session, connection: Connection): void {
  connection.onRequest(
    WorkspaceSymbolRequest.type,
    answering(session, 'workspace/symbol', isQuery, async ({ query }: { query: string }, token) => {
      const matches = matching(query);
      const found: WorkspaceSymbol[] = [];
      for (const module of session.modules.all) {
        await session.platform.pause();
        stopIfCancelled(token);
        if (module.stale) await checkModule(session, module);
        const { at, uriOf } = session.texts;
        const symbols =
          module.symbols ?? driversOf(module).flatMap((known) => symbolsOf(known, at, uriOf, session.client.t));
        found.push(...symbols.filter(({ name, containerName }) => matches(`${name} ${containerName ?? ''}`)));
      }
      return found;
    }),
  );
}

/**
 * What the query finds: one that is an arc, that arc; any other, the names that have the letters of each of its words in order,
 * and those of an unfinished arc's states one after the other. Editors then filter by rules of their own.
 */
function matching(query: string): (name: string) => boolean {
  const arc = parseArc(query);
  if (arc !== null) return (name) => name.startsWith(`${arcText(arc)} `);
  const words = query.includes('->') ? [query.replace(/\s/g, '')] : query.split(/\s+/);
  return (name) => words.every((word) => hasInOrder(name.toLowerCase(), word.toLowerCase()));
}

function hasInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
