import type { CodeAction, CodeLens, Command, Connection, Range } from 'vscode-languageserver';
import { CodeLensRequest } from 'vscode-languageserver';
import { selectionsOf } from '../../analysis/selection';
import type { Location } from '../../c/ir';
import type { DriverArgument } from '../../wire';
import { showArcTableCommand, showMissingArcsCommand, simulateCommand } from '../../wire';
import type { CheckedDriver } from '../checkedDriver';
import { summaryOf } from '../checkedDriver';
import { rangeOf } from '../convert';
import { answering } from '../gate';
import type { Here } from '../here';
import { hereOf, nameAmong } from '../here';
import { hasDocument } from '../params';
import type { Session } from '../session';
import { given } from '../shown';

/** Lenses over the ops, set_state and the function where arcs are selected: "14 of 15 arcs · STOP_COPY|P2P · Simulate". */
export function answerCodeLens(session: Session, connection: Connection): void {
  connection.onRequest(
    CodeLensRequest.type,
    answering(session, 'textDocument/codeLens', hasDocument, async ({ textDocument }, token) => {
      await session.settingsRead;
      const here = session.settings.codeLens ? await hereOf(session, textDocument.uri, token) : null;
      given(session, 'codeLens');
      return here === null ? null : lensesOf(session, here);
    }),
  );
}

/** Whole lenses: what they say is at hand, so that nothing is left to resolve. */
function lensesOf(session: Session, here: Here): CodeLens[] {
  return here.drivers.flatMap((known) =>
    lensRanges(here, known).flatMap((range) =>
      lensCommands(session, here, known, range).map((command) => ({ range, command })),
    ),
  );
}

/** What the lenses offer, as actions without an edit for the lines on which they are: for editors that show no lenses. */
export function lensActions(session: Session, here: Here, range: Range): CodeAction[] {
  return here.drivers.flatMap((known) =>
    lensRanges(here, known)
      .filter(({ start }) => range.start.line <= start.line && start.line <= range.end.line)
      .slice(0, 1)
      .flatMap((at) => lensCommands(session, here, known, at))
      .map((command) => ({ title: actionTitle(session, command), command })),
  );
}

function actionTitle({ client: { t } }: Session, { command, title }: Command): string {
  switch (command) {
    case showMissingArcsCommand:
      return t('Show missing arcs');
    case showArcTableCommand:
      return t('Show arc table');
    default:
      return title;
  }
}

/** The names of the driver's main definitions in this document, each once. */
function lensRanges({ path, document }: Here, { driver, code }: CheckedDriver): Range[] {
  const { step } = selectionsOf(driver, code);
  const names: Location[] = [driver.ops.location, driver.setState.location];
  if (step !== null) names.push({ file: step.file, span: step.nameSpan });
  const ranges = names.filter(({ file }) => file === path).map(({ span }) => rangeOf(document, span));
  return [...new Map(ranges.map((range) => [JSON.stringify(range), range])).values()];
}

/** The server runs the first command itself where the client does not; the others only a client can run. */
function lensCommands(session: Session, here: Here, known: CheckedDriver, { start }: Range): Command[] {
  const { name: ops, location } = known.driver.ops;
  const driver: DriverArgument = { uri: session.texts.uriOf(here.path), ops };
  const machine: DriverArgument = { uri: session.texts.uriOf(location.file), ops };
  const { commands, t } = session.client;
  const name = nameAmong(here, known);
  const title = `${name === null ? '' : `${name}: `}${summaryOf(known, t)}`;
  const all: Command[] = [
    { title, command: showMissingArcsCommand, arguments: [driver, start] },
    { title: t('Arc Table'), command: showArcTableCommand, arguments: [driver] },
    { title: t('Simulate'), command: simulateCommand, arguments: [machine] },
  ];
  return all.filter(({ command }) => command === showMissingArcsCommand || commands.includes(command));
}
