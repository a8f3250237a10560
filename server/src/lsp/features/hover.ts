import type { CancellationToken, Connection, Hover, HoverParams } from 'vscode-languageserver';
import { HoverRequest } from 'vscode-languageserver';
import type { Doc } from '../../uapi';
import { arcDoc, explain, flags, states } from '../../uapi';
import { arcsAt } from '../arcPlaces';
import type { CheckedDriver } from '../checkedDriver';
import { rangeOf } from '../convert';
import { answering, stopIfCancelled } from '../gate';
import type { Here } from '../here';
import { hereOf } from '../here';
import { Page } from '../page';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';
import { sourceLink } from '../sources';
import type { Word } from '../words';
import { wordAt } from '../words';
import { tellArc, tellArcs } from './hoverArc';
import { tellDriver, tellFlag, tellFlagSets, tellOp, tellState, tellUses } from './hoverDriver';

/** Hover: what must happen at the name under the cursor, what this driver does there, and why. */
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
  const open = session.texts.documentOf(textDocument.uri)?.text;
  const word = open === undefined ? null : wordAt(open.getText(), open.offsetAt(position));
  if (word === null) return null;
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;

  const page = new Page(session.client.markdown, session.texts.at, session.texts.uriOf);
  const told = here.drivers.map((known) => tellAbout(page, here, known, word));
  const doc = told.find((each) => each !== null) ?? null;
  if (doc === null) return null;
  if (doc !== 'told') {
    const link = await sourceLink(session, here.path, doc);
    stopIfCancelled(token);
    const profiles = [...new Set(here.drivers.map(({ driver }) => driver.profile.id))].join(', ');
    page.paragraph('Source: ', { link: link.uri, text: link.text }, `, profile ${profiles}`);
  }
  return { ...page.hover(), range: rangeOf(here.document, word.span) };
}

/** The documentation of a C name, and of nothing that is merely spelled like one. */
function docOf(word: string): Doc | null {
  const doc = explain(word);
  return doc !== null && (doc.title === word || doc.title.endsWith(`.${word}`)) ? doc : null;
}

/** Tells what there is to say about the name for one driver; null when there is nothing, else the uAPI's part in it if any. */
function tellAbout(page: Page, here: Here, known: CheckedDriver, word: Word): Doc | 'told' | null {
  const { driver } = known;
  const name = word.text;
  if (name === driver.setState.name || name === driver.ops.name) {
    tellDriver(page, known);
    return 'told';
  }
  const arcs = arcsAt(known, here.path, here.document.getText(), word.span.start);
  const [arc] = arcs;
  if (arc !== undefined && arcs.length === 1) {
    tellArc(page, known, arc);
    return arcDoc(arc);
  }
  const doc = docOf(name);
  const op = driver.ops.members.find((member) => member.name === name || member.value === name);
  const flag = flags.find((each) => each.constant === name);
  const state = states.find((each) => each.constant === name);
  if (op !== undefined) tellOp(page, known, op, doc);
  else if (flag !== undefined) tellFlag(page, known, flag);
  else if (arcs.length > 0) tellArcs(page, known, arcs);
  else if (state !== undefined) tellState(page, known, state);
  else if (name === 'migration_flags') tellFlagSets(page, known, doc);
  else if (doc === null || !tellUses(page, known, name, doc)) return null;
  return doc ?? 'told';
}
