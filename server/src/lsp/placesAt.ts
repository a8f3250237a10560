import type { CancellationToken, Location as LspLocation, TextDocumentPositionParams } from 'vscode-languageserver';
import type { Location } from '../c/ir';
import type { CheckedDriver } from './checkedDriver';
import { locationOf } from './convert';
import { hereOf } from './here';
import type { Session } from './session';
import { type Subject, subjectAt } from './subject';
import { uniquePlaces } from './uniquePlaces';
import { wordAt } from './words';

/**
 * The places that the drivers of a document have for what the word at a position is about, each once; null when there is no
 * word, no driver or no place.
 */
export async function placesAt(
  session: Session,
  { textDocument, position }: TextDocumentPositionParams,
  token: CancellationToken,
  placesOf: (known: CheckedDriver, subject: Subject) => readonly Location[],
): Promise<LspLocation[] | null> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;
  const text = here.document.getText();
  const word = wordAt(text, here.document.offsetAt(position));
  if (word === null) return null;
  const places = here.drivers.flatMap((known) => {
    const subject = subjectAt(known, here.path, text, word);
    return subject === null ? [] : placesOf(known, subject);
  });
  const found = uniquePlaces(places).map((place) => locationOf(place, session.texts.at, session.texts.uriOf));
  return found.length === 0 ? null : found;
}
