import type { Connection, ImplementationParams } from 'vscode-languageserver';
import { ImplementationRequest } from 'vscode-languageserver';
import type { Location } from '../../c/ir';
import { sameArc } from '../../uapi';
import type { ListedArc } from '../arcList';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { answering } from '../gate';
import { hasDocumentPosition } from '../params';
import { placesAt } from '../placesAt';
import type { Session } from '../session';
import type { Subject } from '../subject';

/**
 * Go to implementation: from a flag to the handlers of the arcs that it requires, from a state to those of the arcs that
 * lead into it, from the condition of an arc to where it comes out. Missing arcs are where they fall through. Definitions are
 * left to the C language's own server.
 */
export function answerImplementation(session: Session, connection: Connection): void {
  connection.onRequest(
    ImplementationRequest.type,
    answering(session, 'textDocument/implementation', hasDocumentPosition, (params: ImplementationParams, token) =>
      placesAt(session, params, token, implementationsOf),
    ),
  );
}

function implementationsOf(known: CheckedDriver, subject: Subject): readonly Location[] {
  const arcs = listedArcs(known).filter(({ arc }) => subject.arcs.some((each) => sameArc(each, arc)));
  return arcs.flatMap((each) => (subject.kind === 'place' ? outcomesOf(each) : [each.place]));
}

/** Where the arc comes out when it succeeds, or where it falls through. */
function outcomesOf({ arc, missing, place }: ListedArc): readonly Location[] {
  const successes = arc.outcomes.filter(({ kind }) => kind === 'success').map(({ at }) => at);
  return missing !== null || successes.length === 0 ? [place] : successes;
}
