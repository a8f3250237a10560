import type { CancellationToken, Connection, ReferenceParams } from 'vscode-languageserver';
import { ReferencesRequest } from 'vscode-languageserver';
import type { Location } from '../../c/ir';
import { arcKey } from '../../rules/finding';
import type { Arc } from '../../uapi';
import { sameArc } from '../../uapi';
import type { ArcsAt, ArcsAtParams } from '../../wire';
import { arcsAtMethod, isArcsAtParams } from '../../wire';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { driverName } from '../checkedDriver';
import { answering } from '../gate';
import { hasDocumentPosition } from '../params';
import { placesAt, subjectsAt } from '../placesAt';
import type { Session } from '../session';
import type { Subject } from '../subject';
import { tableRowsOf } from '../tableRows';

/**
 * References of the arcs of a condition, call, return or row of a table: where each is selected and where it comes out, the
 * flags that require it, and what is wrong with it. On a flag: the arcs that it requires. On other names the C language's own
 * server has the answer.
 */
export function answerReferences(session: Session, connection: Connection): void {
  connection.onRequest(
    ReferencesRequest.type,
    answering(session, 'textDocument/references', hasDocumentPosition, (params: ReferenceParams, token) =>
      placesAt(session, params, token, (known, subject) => arcsOf(subject).flatMap((arc) => placesOf(known, arc))),
    ),
  );
  connection.onRequest<ArcsAt, void>(
    arcsAtMethod,
    answering(session, arcsAtMethod, isArcsAtParams, (params: ArcsAtParams, token) => arcsAt(session, params, token)),
  );
}

/** What a client that shows more of arcs than the text of drivers adds its own places from. */
async function arcsAt(session: Session, params: ArcsAtParams, token: CancellationToken): Promise<ArcsAt> {
  const drivers = (await subjectsAt(session, params, token)).map(({ known, subject }) => ({
    name: driverName(known),
    uri: session.texts.uriOf(known.driver.ops.location.file),
    ops: known.driver.ops.name,
    arcs: arcsOf(subject).map(({ from, to }) => ({ from, to })),
  }));
  return { drivers: drivers.filter(({ arcs }) => arcs.length > 0) };
}

/** A state alone is all over a driver: that is the C language's business. */
function arcsOf({ kind, arcs }: Subject): readonly Arc[] {
  return kind === 'state' ? [] : arcs;
}

function placesOf(known: CheckedDriver, arc: Arc): readonly Location[] {
  const { driver, findings } = known;
  const listed = listedArcs(known).find((each) => sameArc(each.arc, arc));
  const successes = listed?.arc.outcomes.filter(({ kind }) => kind === 'success').map(({ at }) => at) ?? [];
  const about = findings.filter(({ key }) => key === arcKey(arc));
  const declared = listed?.arc.required === true ? (driver.flagSets[0]?.locations ?? []) : [];
  return [
    ...tableRowsOf(known)
      .filter((row) => sameArc(row.arc, arc))
      .map(({ place }) => place),
    ...(listed === undefined ? [] : [listed.place]),
    ...successes,
    ...about.flatMap(({ location, related }) => [location, ...related.map((each) => each.location)]),
    ...declared,
  ];
}
