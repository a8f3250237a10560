import type {
  CancellationToken,
  Connection,
  ImplementationParams,
  Location as LspLocation,
} from 'vscode-languageserver';
import { ImplementationRequest } from 'vscode-languageserver';
import type { Location } from '../../c/ir';
import { sameArc } from '../../uapi';
import type { ListedArc } from '../arcList';
import { listedArcs } from '../arcList';
import { locationOf } from '../convert';
import { answering } from '../gate';
import { hereOf } from '../here';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';
import { subjectAt } from '../subject';
import { uniquePlaces } from '../uniquePlaces';
import { wordAt } from '../words';

/**
 * Go to implementation: from a flag to the handlers of the arcs that it requires, from a state to those of the arcs that
 * lead into it, from the condition of an arc to where it comes out. Missing arcs are where they fall through. Definitions are
 * left to the C language's own server.
 */
export function answerImplementation(session: Session, connection: Connection): void {
  connection.onRequest(
    ImplementationRequest.type,
    answering(session, 'textDocument/implementation', hasDocumentPosition, (params: ImplementationParams, token) =>
      implementations(session, params, token),
    ),
  );
}

async function implementations(
  session: Session,
  { textDocument, position }: ImplementationParams,
  token: CancellationToken,
): Promise<LspLocation[] | null> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;
  const text = here.document.getText();
  const word = wordAt(text, here.document.offsetAt(position));
  if (word === null) return null;
  const places = here.drivers.flatMap((known): readonly Location[] => {
    const subject = subjectAt(known, here.path, text, word);
    if (subject === null) return [];
    const arcs = listedArcs(known).filter(({ arc }) => subject.arcs.some((each) => sameArc(each, arc)));
    return arcs.flatMap((each) => (subject.kind === 'place' ? outcomesOf(each) : [each.place]));
  });
  const found = uniquePlaces(places).map((place) => locationOf(place, session.texts.at, session.texts.uriOf));
  return found.length === 0 ? null : found;
}

/** Where the arc comes out when it succeeds, or where it falls through. */
function outcomesOf({ arc, missing, place }: ListedArc): readonly Location[] {
  const successes = arc.outcomes.filter(({ kind }) => kind === 'success').map(({ at }) => at);
  return missing !== null || successes.length === 0 ? [place] : successes;
}
