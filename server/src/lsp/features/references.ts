import type { CancellationToken, Connection, Location as LspLocation, ReferenceParams } from 'vscode-languageserver';
import { ReferencesRequest } from 'vscode-languageserver';
import type { Location } from '../../c/ir';
import { arcKey } from '../../rules/finding';
import type { Arc } from '../../uapi';
import { sameArc } from '../../uapi';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { locationOf } from '../convert';
import { answering } from '../gate';
import { hereOf } from '../here';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';
import { subjectAt } from '../subject';
import { uniquePlaces } from '../uniquePlaces';
import { wordAt } from '../words';

/**
 * References of the arcs of a condition, call or return: where each is selected and where it comes out, the flags that
 * require it, and what is wrong with it. On a flag: the arcs that it requires. On other names the C language's own
 * server has the answer.
 */
export function answerReferences(session: Session, connection: Connection): void {
  connection.onRequest(
    ReferencesRequest.type,
    answering(session, 'textDocument/references', hasDocumentPosition, (params: ReferenceParams, token) =>
      references(session, params, token),
    ),
  );
}

async function references(
  session: Session,
  { textDocument, position }: ReferenceParams,
  token: CancellationToken,
): Promise<LspLocation[] | null> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;
  const text = here.document.getText();
  const word = wordAt(text, here.document.offsetAt(position));
  if (word === null) return null;
  const places = here.drivers.flatMap((known): readonly Location[] => {
    const subject = subjectAt(known, here.path, text, word);
    return subject === null || subject.kind === 'state' ? [] : subject.arcs.flatMap((arc) => placesOf(known, arc));
  });
  const found = uniquePlaces(places).map((place) => locationOf(place, session.texts.at, session.texts.uriOf));
  return found.length === 0 ? null : found;
}

function placesOf(known: CheckedDriver, arc: Arc): readonly Location[] {
  const { driver, findings } = known;
  const listed = listedArcs(known).find((each) => sameArc(each.arc, arc));
  const successes = listed?.arc.outcomes.filter(({ kind }) => kind === 'success').map(({ at }) => at) ?? [];
  const about = findings.filter(({ key }) => key === arcKey(arc));
  const declared = listed?.arc.required === true ? (driver.flagSets[0]?.locations ?? []) : [];
  return [
    ...(listed === undefined ? [] : [listed.place]),
    ...successes,
    ...about.flatMap(({ location, related }) => [location, ...related.map((each) => each.location)]),
    ...declared,
  ];
}
