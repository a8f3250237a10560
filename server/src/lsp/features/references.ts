import type { Connection, ReferenceParams } from 'vscode-languageserver';
import { ReferencesRequest } from 'vscode-languageserver';
import type { Location } from '../../c/ir';
import { arcKey } from '../../rules/finding';
import type { Arc } from '../../uapi';
import { sameArc } from '../../uapi';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { answering } from '../gate';
import { hasDocumentPosition } from '../params';
import { placesAt } from '../placesAt';
import type { Session } from '../session';
import type { Subject } from '../subject';

/**
 * References of the arcs of a condition, call or return: where each is selected and where it comes out, the flags that
 * require it, and what is wrong with it. On a flag: the arcs that it requires. On other names the C language's own
 * server has the answer.
 */
export function answerReferences(session: Session, connection: Connection): void {
  connection.onRequest(
    ReferencesRequest.type,
    answering(session, 'textDocument/references', hasDocumentPosition, (params: ReferenceParams, token) =>
      placesAt(session, params, token, referencesOf),
    ),
  );
}

function referencesOf(known: CheckedDriver, subject: Subject): readonly Location[] {
  return subject.kind === 'state' ? [] : subject.arcs.flatMap((arc) => placesOf(known, arc));
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
