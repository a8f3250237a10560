import type { CancellationToken, Connection, InlayHint, InlayHintParams } from 'vscode-languageserver';
import { InlayHintRequest } from 'vscode-languageserver';
import { selectionsOf } from '../../analysis/selection';
import { arcText } from '../../uapi';
import type { Translate } from '../../wire';
import type { ListedArc } from '../arcList';
import { fateOf, listedArcs } from '../arcList';
import { endOfCondition } from '../arcPlaces';
import { answering } from '../gate';
import type { Here } from '../here';
import { hereOf } from '../here';
import { hasDocumentRange } from '../params';
import type { Session } from '../session';
import { given } from '../shown';

/** More arcs than this are counted, not named. */
const mostNames = 3;

/** Hints that name the arcs which a condition or case label selects, at its end. */
export function answerInlayHints(session: Session, connection: Connection): void {
  connection.onRequest(
    InlayHintRequest.type,
    answering(session, 'textDocument/inlayHint', hasDocumentRange, (params: InlayHintParams, token) =>
      hintsIn(session, params, token),
    ),
  );
}

async function hintsIn(
  session: Session,
  { textDocument, range }: InlayHintParams,
  token: CancellationToken,
): Promise<InlayHint[] | null> {
  await session.settingsRead;
  const here = session.settings.inlayHints ? await hereOf(session, textDocument.uri, token) : null;
  given(session, 'inlayHints');
  if (here === null) return null;
  const { t } = session.client;
  const start = here.document.offsetAt(range.start);
  const end = here.document.offsetAt(range.end);
  return [...arcsByPlace(here)]
    .filter(([offset]) => start <= offset && offset <= end)
    .sort(([a], [b]) => a - b)
    .map(([offset, arcs]) => ({
      position: here.document.positionAt(offset),
      label: labelOf(arcs, t),
      tooltip: arcs.map((listed) => `${arcText(listed.arc)}: ${fateOf(listed, t)}`).join('\n'),
      paddingLeft: true,
      paddingRight: true,
    }));
}

/** The arcs that are selected in this document, by the end of their condition. */
function arcsByPlace({ path, document, drivers }: Here): ReadonlyMap<number, readonly ListedArc[]> {
  const text = document.getText();
  const found = new Map<number, ListedArc[]>();
  for (const known of drivers) {
    const selections = selectionsOf(known.driver, known.code);
    for (const listed of listedArcs(known)) {
      const selection = selections.of(listed.arc);
      if (selection === null || selection.file !== path) continue;
      const offset = endOfCondition(text, selection.span);
      const arcs = found.get(offset) ?? [];
      if (!arcs.some(({ arc }) => arcText(arc) === arcText(listed.arc))) found.set(offset, [...arcs, listed]);
    }
  }
  return found;
}

function labelOf(arcs: readonly ListedArc[], t: Translate): string {
  const names = arcs.map(({ arc }) => arcText(arc));
  const more = names.length - mostNames;
  return more > 1 ? t('{0} and {1} more', names.slice(0, mostNames).join(', '), more) : names.join(', ');
}
