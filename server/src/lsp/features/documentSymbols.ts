import type { CancellationToken, Connection, DocumentSymbol, Range, SymbolInformation } from 'vscode-languageserver';
import { DocumentSymbolRequest, SymbolKind } from 'vscode-languageserver';
import { printable } from '../../analysis/printable';
import { selectionsOf } from '../../analysis/selection';
import type { Location } from '../../c/ir';
import { arcText } from '../../uapi';
import type { Translate } from '../../wire';
import { fateOf, listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { driverName } from '../checkedDriver';
import { rangeOf } from '../convert';
import { answering } from '../gate';
import type { Here } from '../here';
import { hereOf } from '../here';
import { hasDocument } from '../params';
import type { Session } from '../session';

/** Symbols of a document: the driver, in it set_state, in it the arcs. As a list for clients that know no tree. */
export function answerDocumentSymbols(session: Session, connection: Connection): void {
  connection.onRequest(
    DocumentSymbolRequest.type,
    answering(session, 'textDocument/documentSymbol', hasDocument, async ({ textDocument }, token) =>
      symbolsOf(session, textDocument.uri, token),
    ),
  );
}

async function symbolsOf(
  session: Session,
  uri: string,
  token: CancellationToken,
): Promise<DocumentSymbol[] | SymbolInformation[] | null> {
  const here = await hereOf(session, uri, token);
  if (here === null) return null;
  const trees = here.drivers.flatMap((known) => treeOf(here, known, session.client.t));
  return session.client.symbolTree ? trees : trees.flatMap((tree) => flat(tree, uri, null));
}

/**
 * What the document has of the driver; nothing when that is nothing. An arc is in the document where it is selected, or where it
 * falls through. Ranges are as small as what they name, so that editors which show the enclosing definition keep
 * to the C language's own symbols.
 */
function treeOf(here: Here, known: CheckedDriver, t: Translate): DocumentSymbol[] {
  const { driver, code } = known;
  const arcs = listedArcs(known)
    .filter(({ place }) => place.file === here.path)
    .map((listed) => {
      const range = rangeOf(here.document, listed.place.span);
      return symbol(arcText(listed.arc), fateOf(listed, t), SymbolKind.Event, range, []);
    });
  const { step } = selectionsOf(driver, code);
  const chosen = step === null ? null : { name: step.name, location: { file: step.file, span: step.nameSpan } };
  const owner = [driver.setState, chosen].find((each) => each?.location.file === here.path) ?? null;
  const functions =
    owner === null ? arcs : [symbol(owner.name, '', SymbolKind.Function, rangeIn(here, owner.location), arcs)];
  const ops = driver.ops.location.file === here.path ? rangeIn(here, driver.ops.location) : null;
  const range = ops ?? functions[0]?.range;
  return range === undefined ? [] : [symbol(driverName(known), driver.ops.name, SymbolKind.Module, range, functions)];
}

function rangeIn({ document }: Here, { span }: Location): Range {
  return rangeOf(document, span);
}

function symbol(
  name: string,
  detail: string,
  kind: SymbolKind,
  range: Range,
  children: DocumentSymbol[],
): DocumentSymbol {
  return { name: printable(name), detail: printable(detail), kind, range, selectionRange: range, children };
}

function flat(tree: DocumentSymbol, uri: string, containerName: string | null): SymbolInformation[] {
  const { name, kind, range, children } = tree;
  const own = { name, kind, location: { uri, range }, ...(containerName !== null && { containerName }) };
  return [own, ...(children ?? []).flatMap((child) => flat(child, uri, name))];
}
