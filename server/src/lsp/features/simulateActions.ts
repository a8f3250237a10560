import type { CodeAction, Diagnostic, Position } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import type { Finding } from '../../rules/rule';
import type { Arc } from '../../uapi';
import { arcText, parseArc } from '../../uapi';
import type { DriverArgument, Translate } from '../../wire';
import { simulateCommand } from '../../wire';
import { arcsAt } from '../arcPlaces';
import type { CheckedDriver } from '../checkedDriver';
import { type Here, nameAmong } from '../here';
import type { Session } from '../session';
import { wordAt, wordsBetween } from '../words';

/** As many arcs as lead out of a state, or into it: with more, a menu would have little else. */
const mostArcs = 3;

/** A finding at hand, with the client's diagnostics of it. */
export interface ShownFinding {
  readonly finding: Finding;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The way from the findings of a driver to its simulation, for each arc that they are about. From those that are about no arc,
 * and from too many, it leads to the driver alone.
 */
export function findingActions(
  session: Session,
  here: Here,
  known: CheckedDriver,
  found: readonly ShownFinding[],
): CodeAction[] {
  const arcs = uniqueArcs(found.flatMap(({ finding }) => parseArc(finding.key) ?? []));
  const arcOf = ({ finding }: ShownFinding): string | null => {
    const arc = arcs.length > mostArcs ? null : parseArc(finding.key);
    return arc === null ? null : arcText(arc);
  };
  const targets = [...(arcs.length > mostArcs ? [] : arcs), null];
  return targets.flatMap((arc) => {
    const about = found.filter((each) => arcOf(each) === (arc === null ? null : arcText(arc)));
    if (about.length === 0) return [];
    const diagnostics = about.flatMap((each) => each.diagnostics);
    return simulate(session, here, known, arc).map((action) => ({
      ...action,
      kind: CodeActionKind.QuickFix,
      diagnostics,
    }));
  });
}

/** The way from the arcs at the cursor to the simulation of each: those of its word, else those of its line; none from many. */
export function arcActions(session: Session, here: Here, position: Position): CodeAction[] {
  return here.drivers.flatMap((known) => {
    const arcs = arcsAround(here, known, position);
    return arcs.length > mostArcs ? [] : arcs.flatMap((arc) => simulate(session, here, known, arc));
  });
}

function arcsAround({ path, document }: Here, known: CheckedDriver, position: Position): readonly Arc[] {
  const text = document.getText();
  const word = wordAt(text, document.offsetAt(position));
  const exact = word === null ? [] : arcsAt(known, path, text, word.span.start);
  if (exact.length > 0) return exact;
  const start = document.offsetAt({ line: position.line, character: 0 });
  const end = document.offsetAt({ line: position.line + 1, character: 0 });
  return uniqueArcs(wordsBetween(text, start, end).flatMap(({ span }) => arcsAt(known, path, text, span.start)));
}

function uniqueArcs(arcs: readonly Arc[]): readonly Arc[] {
  return [...new Map(arcs.map((arc) => [arcText(arc), arc])).values()];
}

/** Nothing for clients without a simulator. */
function simulate({ client, texts }: Session, here: Here, known: CheckedDriver, arc: Arc | null): CodeAction[] {
  const { commands, t } = client;
  if (!commands.includes(simulateCommand)) return [];
  const { ops } = known.driver;
  const name = nameAmong(here, known);
  const driver = { uri: texts.uriOf(ops.location.file), ops: ops.name };
  const argument: DriverArgument = arc === null ? driver : { ...driver, arc: { from: arc.from, to: arc.to } };
  const title = titleOf(t, arc === null ? null : arcText(arc), name);
  return [{ title, command: { title, command: simulateCommand, arguments: [argument] } }];
}

function titleOf(t: Translate, arc: string | null, driver: string | null): string {
  if (arc !== null && driver !== null) return t('Show {0} of {1} in simulator', arc, driver);
  const what = arc ?? driver;
  return what === null ? t('Show in simulator') : t('Show {0} in simulator', what);
}
