import type { CancellationToken, Location as LspLocation, TextDocumentPositionParams } from 'vscode-languageserver';
import type { Location } from '../c/ir';
import type { CheckedDriver } from './checkedDriver';
import { locationOf } from './convert';
import { hereOf } from './here';
import type { Session } from './session';
import { type Subject, subjectAt } from './subject';
import { uniquePlaces } from './uniquePlaces';
import { wordAt } from './words';

/** What the word at a position is about in one of the drivers of its document. */
export interface KnownSubject {
  readonly known: CheckedDriver;
  readonly subject: Subject;
}

/** One for each driver that the word at a position has to do with. */
export async function subjectsAt(
  session: Session,
  { textDocument, position }: TextDocumentPositionParams,
  token: CancellationToken,
): Promise<readonly KnownSubject[]> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return [];
  const text = here.document.getText();
  const word = wordAt(text, here.document.offsetAt(position));
  if (word === null) return [];
  return here.drivers.flatMap((known) => {
    const subject = subjectAt(known, here.path, text, word);
    return subject === null ? [] : [{ known, subject }];
  });
}

/**
 * The places that the drivers of a document have for what the word at a position is about, each once; null when there is no
 * word, no driver or no place.
 */
export async function placesAt(
  session: Session,
  params: TextDocumentPositionParams,
  token: CancellationToken,
  placesOf: (known: CheckedDriver, subject: Subject) => readonly Location[],
): Promise<LspLocation[] | null> {
  const places = (await subjectsAt(session, params, token)).flatMap(({ known, subject }) => placesOf(known, subject));
  const found = uniquePlaces(places).map((place) => locationOf(place, session.texts.at, session.texts.uriOf));
  return found.length === 0 ? null : found;
}
