import type { CancellationToken, Connection } from 'vscode-languageserver';
import type { ArcTable, ArcTableParams, DriverList, WorkspaceSummary } from '../../wire';
import { arcTableMethod, checkWorkspaceMethod, driversMethod, isArcTableParams } from '../../wire';
import { checked } from '../checks';
import { pathOfUri } from '../convert';
import { answering } from '../gate';
import { isAnything, workDoneTokenIn } from '../params';
import type { Session } from '../session';
import { arcTableOf } from './arcTable';
import { isInFolders } from './folders';
import type { ScanRequest } from './scan';
import { scan } from './scan';

/** Answers the requests of our own; their shapes are in wire/. */
export function answerRequests(session: Session, connection: Connection): void {
  connection.onRequest<ArcTable, void>(
    arcTableMethod,
    answering(session, arcTableMethod, isArcTableParams, async ({ textDocument }: ArcTableParams, token) =>
      arcTableOf(session, await checked(session, pathOfUri(textDocument.uri), token), token),
    ),
  );
  connection.onRequest<DriverList, void>(
    driversMethod,
    withoutParams(answering(session, driversMethod, isAnything, () => driverList(session))),
  );
  connection.onRequest<WorkspaceSummary, void>(
    checkWorkspaceMethod,
    withoutParams(
      answering(session, checkWorkspaceMethod, isAnything, (given: unknown, token) =>
        checkWorkspace(session, connection, { token, workDoneToken: workDoneTokenIn(given) }),
      ),
    ),
  );
}

/** A request that needs no parameters comes as (token), or as (parameters, token) from clients that send some all the same. */
export function withoutParams<R>(
  answer: (given: unknown, token: CancellationToken) => Promise<R>,
): (first: unknown, second?: CancellationToken) => Promise<R> {
  return (first, second) =>
    second === undefined && isToken(first) ? answer(null, first) : answer(first, second ?? neverCancelled);
}

const neverCancelled: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => undefined }),
};

function isToken(value: unknown): value is CancellationToken {
  return typeof value === 'object' && value !== null && 'isCancellationRequested' in value;
}

function driverList(session: Session): DriverList {
  const drivers = session.modules.all.flatMap((module) =>
    module.drivers.map(({ name, ops, location, flagSets, coverage }) => ({
      name,
      ops,
      location,
      files: module.paths.map(session.texts.uriOf),
      flags: flagSets[0]?.flags ?? null,
      coverage,
    })),
  );
  return { drivers };
}

async function checkWorkspace(
  session: Session,
  connection: Connection,
  waiting: ScanRequest,
): Promise<WorkspaceSummary> {
  await session.settingsRead;
  const { files, cancelled } = await scan(session, connection, session.folders, waiting);
  const modules = session.modules.all.filter((module) => module.paths.some((path) => isInFolders(session, path)));
  const drivers = modules.reduce((sum, module) => sum + module.counts.drivers, 0);
  // As they are shown: what several modules find in a file of theirs is one.
  const paths = new Set(modules.flatMap((module) => [...module.diagnostics.keys()]));
  const findings = [...paths].reduce((sum, path) => sum + session.results.get(path).items.length, 0);
  return { files, modules: modules.length, drivers, findings, cancelled };
}
