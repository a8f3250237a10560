import type { CancellationToken } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CheckedDriver } from './checkedDriver';
import { driverName, driversOf } from './checkedDriver';
import { checked } from './checks';
import { pathOfUri } from './convert';
import { stopIfCancelled } from './gate';
import type { Session } from './session';

/** An open document and the drivers that it takes part in, which are those of its present text. */
export interface Here {
  readonly path: string;
  readonly document: TextDocument;
  readonly drivers: readonly CheckedDriver[];
}

/**
 * What a request about a document is answered from; null for a document that is not open or belongs to no driver.
 * Nothing is analysed that was analysed before. Rejects when the client took the request back, and as "content modified"
 * when the text changed meanwhile.
 */
export async function hereOf(session: Session, uri: string, token: CancellationToken): Promise<Here | null> {
  const path = pathOfUri(uri);
  const document = session.texts.document(path)?.text;
  if (document === undefined) return null;
  const modules = await checked(session, path, token);
  stopIfCancelled(token);
  if (modules.some((module) => module.stale)) {
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the text changed meanwhile');
  }
  const drivers = modules.flatMap(driversOf);
  return drivers.length === 0 ? null : { path, document, drivers };
}

/** What tells a driver from the others of the document; null for the only one. */
export function nameAmong({ drivers }: Here, known: CheckedDriver): string | null {
  if (drivers.length === 1) return null;
  return drivers.every(({ module }) => module === known.module) ? known.driver.ops.name : driverName(known);
}
