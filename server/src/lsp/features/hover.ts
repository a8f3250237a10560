import type { CancellationToken, Connection, Hover, HoverParams } from 'vscode-languageserver';
import { HoverRequest } from 'vscode-languageserver';
import type { ArcModel, DriverModel } from '../../analysis/model';
import type { Doc } from '../../uapi';
import { explain, flags, states } from '../../uapi';
import { arcsAt } from '../arcPlaces';
import { checked } from '../checks';
import { pathOfUri, rangeOf } from '../convert';
import { answering, stopIfCancelled } from '../gate';
import type { ModuleState } from '../modules';
import { Page } from '../page';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';
import { wordAt } from '../words';
import { tellArcs, tellDriver, tellFlag, tellFlagSets, tellOp, tellState, tellUses } from './driverText';

/** Hover: what the uAPI says about the name under the cursor, and what this driver does there. */
export function answerHover(session: Session, connection: Connection): void {
  connection.onRequest(
    HoverRequest.type,
    answering(session, 'textDocument/hover', hasDocumentPosition, (params: HoverParams, token) =>
      hoverAt(session, params, token),
    ),
  );
}

/** null where there is nothing to say: outside of drivers, in comments and strings, on other names. */
async function hoverAt(
  session: Session,
  { textDocument, position }: HoverParams,
  token: CancellationToken,
): Promise<Hover | null> {
  const path = pathOfUri(textDocument.uri);
  const document = session.texts.document(path)?.text;
  if (document === undefined) return null;
  const word = wordAt(document.getText(), document.offsetAt(position));
  if (word === null) return null;
  const { version } = document;
  const modules = await checked(session, path, token);
  stopIfCancelled(token);
  if (document.version !== version) return null;

  const page = new Page(session.client.markdown, session.texts.at, session.texts.uriOf);
  const doc = docOf(word.text);
  let drivers = 0;
  let told = doc !== null;
  for (const module of modules) {
    for (const { driver } of module.report?.drivers ?? []) {
      if (!module.paths.includes(path)) continue;
      drivers++;
      if (drivers === 1 && doc !== null) tellDoc(page, doc);
      told =
        tellAbout(page, module, driver, word.text, arcsAt(driver, path, document.getText(), word.span.start)) || told;
    }
  }
  return drivers > 0 && told ? { ...page.hover(), range: rangeOf(document, word.span) } : null;
}

/** The documentation of a C name, and of nothing that is merely spelled like one. */
function docOf(word: string): Doc | null {
  const doc = explain(word);
  return doc !== null && (doc.title === word || doc.title.endsWith(`.${word}`)) ? doc : null;
}

function tellDoc(page: Page, doc: Doc): void {
  page.paragraph({ code: doc.title });
  page.paragraph(doc.summary);
  for (const detail of doc.details) page.paragraph(detail);
  page.paragraph('Source: ', doc.source);
}

/** What this driver does there; false when there is nothing. */
function tellAbout(
  page: Page,
  module: ModuleState,
  driver: DriverModel,
  word: string,
  arcs: readonly ArcModel[],
): boolean {
  if (word === driver.setState.name) {
    tellDriver(page, driver);
    return true;
  }
  const op = driver.ops.members.find((member) => member.name === word || member.value === word);
  if (op !== undefined) {
    tellOp(page, driver, op);
    return true;
  }
  if (word === 'migration_flags') {
    tellFlagSets(page, driver);
    return true;
  }
  const flag = flags.find((each) => each.constant === word);
  if (flag !== undefined) {
    tellFlag(page, driver, flag.name);
    return true;
  }
  if (arcs.length > 0) {
    tellArcs(page, driver, arcs);
    return true;
  }
  const state = states.find((each) => each.constant === word);
  if (state !== undefined) {
    tellState(page, driver, state.name);
    return true;
  }
  return docOf(word) !== null && tellUses(page, module, driver, word);
}
