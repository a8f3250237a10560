import type { CancellationToken, Connection, ExecuteCommandParams } from 'vscode-languageserver';
import {
  ErrorCodes,
  ExecuteCommandRequest,
  MessageType,
  ResponseError,
  ShowDocumentRequest,
  ShowMessageNotification,
} from 'vscode-languageserver';
import { printable } from '../../analysis/printable';
import { coverageOf } from '../../check';
import { arcText } from '../../uapi';
import type { DriverArgument, Translate } from '../../wire';
import { isDriverArgument, showMissingArcsCommand } from '../../wire';
import { listedArcs } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import { driversOf } from '../checkedDriver';
import { checked } from '../checks';
import type { ClientAbilities } from '../client';
import { locationOf, pathOfUri } from '../convert';
import { answering, stopIfCancelled } from '../gate';
import { isExecuteCommand } from '../params';
import type { Session } from '../session';

/** The commands that the server runs: those of its lenses that the client does not run itself. */
export function serverCommands({ commands }: ClientAbilities): string[] {
  return [showMissingArcsCommand].filter((command) => !commands.includes(command));
}

export function answerCommands(session: Session, connection: Connection): void {
  connection.onRequest(
    ExecuteCommandRequest.type,
    answering(session, 'workspace/executeCommand', isExecuteCommand, async (params: ExecuteCommandParams, token) => {
      const [argument] = params.arguments ?? [];
      if (!serverCommands(session.client).includes(params.command)) {
        throw new ResponseError(ErrorCodes.InvalidParams, `there is no command ${params.command}`);
      }
      if (!isDriverArgument(argument)) {
        throw new ResponseError(ErrorCodes.InvalidParams, `${params.command} needs { uri, ops } as its argument`);
      }
      await showMissingArcs(session, connection, argument, token);
      return null;
    }),
  );
}

/** Says which arcs are missing and where each falls through, and opens the first of these places where the client can. */
async function showMissingArcs(
  session: Session,
  connection: Connection,
  { uri, ops }: DriverArgument,
  token: CancellationToken,
): Promise<void> {
  const modules = await checked(session, pathOfUri(uri), token);
  stopIfCancelled(token);
  const known = modules.flatMap(driversOf).find(({ driver }) => driver.ops.name === ops);
  const say = (message: string) =>
    connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
  if (known === undefined) {
    await say(session.client.t('VFIO Arcs: there is no driver with the migration ops {0} any more.', ops));
    return;
  }
  const missing = listedArcs(known).filter((each) => each.missing !== null);
  const places = missing.map(({ place }) => locationOf(place, session.texts.at, session.texts.uriOf));
  const [first] = places;
  if (first !== undefined && session.client.showDocument) {
    await connection.sendRequest(ShowDocumentRequest.type, { uri: first.uri, selection: first.range, takeFocus: true });
  }
  const lines = missing.map(({ arc }, index) => {
    const { file } = missing[index]?.place ?? known.driver.setState.location;
    const place = `${printable(file)}:${(places[index]?.range.start.line ?? 0) + 1}`;
    return session.client.t('{0} falls through at {1}', arcText(arc), place);
  });
  await say(
    lines.length > 0
      ? session.client.t('VFIO Arcs: missing: {0}.', lines.join('; '))
      : nothingMissing(known, session.client.t),
  );
}

function nothingMissing({ driver }: CheckedDriver, t: Translate): string {
  const coverage = coverageOf(driver);
  return coverage === null
    ? t('VFIO Arcs: which arcs {0}() must handle is not known: nothing assigns migration_flags.', driver.setState.name)
    : t(
        'VFIO Arcs: no required arc is missing in {0}() ({1} of {2} are handled).',
        driver.setState.name,
        coverage.handled,
        coverage.required,
      );
}
