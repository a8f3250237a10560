import { english } from '../wire';
import { driversOf, summaryOf } from './checkedDriver';
import type { Session } from './session';

/** What a client shows beside the text of open documents. */
export type Shown = 'codeLens' | 'inlayHints' | 'semanticTokens';

/** Remembers that the client has been given what it shows, to be called with each answer. */
export function given(session: Session, what: Shown): void {
  session.shown.set(what, decidingOn(session, what));
}

/** True when something else than the text of the documents changed what is to be shown since it was given. */
export function isOutdated(session: Session, what: Shown): boolean {
  const before = session.shown.get(what);
  return before !== undefined && before !== decidingOn(session, what);
}

/** Everything but a document's own text that decides on what is shown there. */
function decidingOn({ settings, modules }: Session, what: Shown): string {
  if (!settings[what]) return 'off';
  return what === 'semanticTokens'
    ? 'on'
    : modules.all.flatMap((module) => driversOf(module).map((known) => summaryOf(known, english))).join('\n');
}
