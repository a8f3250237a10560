import type { CancellationToken } from 'vscode-languageserver';
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { cancelled, Refusal } from './refusal';
import type { Session } from './session';

/** Every message passes here: is it its time, has it its shape, and what becomes of a fault of ours. */

/** Ends the work for a request that the client took back. */
export function stopIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw cancelled('cancelled by the client');
}

/**
 * A request's handler that never throws: outside of initialize..shutdown and for malformed parameters it answers as LSP
 * says; a fault of ours is logged with its stack and answered as internal error.
 */
export function answering<P, R, E = void>(
  session: Session,
  method: string,
  isParams: (value: unknown) => boolean,
  answer: (params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R | ResponseError<E>> {
  return async (params, token) => {
    const refusal = refusalIn<E>(session);
    if (refusal !== null) return refusal;
    if (!isParams(params)) return new ResponseError(ErrorCodes.InvalidParams, `${method}: malformed parameters`);
    try {
      return await answer(params, token);
    } catch (error) {
      if (error instanceof Refusal) return error.answerIn(session.client.t);
      if (error instanceof ResponseError) return error;
      session.log.error(`${method} failed, which is a fault of the server: ${stackOf(error)}`);
      return new ResponseError(ErrorCodes.InternalError, `${method} failed: ${messageOf(error)}`);
    }
  };
}

/** The answer to a request that comes before initialize or after shutdown; null in between. */
export function refusalIn<E = void>(session: Session): ResponseError<E> | null {
  if (session.phase === 'new') return new ResponseError(ErrorCodes.ServerNotInitialized, 'initialize comes first');
  if (session.phase === 'shut down') return new ResponseError(ErrorCodes.InvalidRequest, 'the server is shut down');
  return null;
}

/** A notification's handler that never throws; outside of initialize..shutdown and malformed ones are dropped. */
export function receiving<P>(
  session: Session,
  method: string,
  isParams: (value: unknown) => boolean,
  receive: (params: P) => void | Promise<void>,
): (params: P) => void {
  return (params) => {
    if (session.phase !== 'running') return;
    if (!isParams(params)) {
      session.log.warn(`${method} dropped: malformed parameters`);
      return;
    }
    inBackground(session, method, async () => receive(params));
  };
}

/** Runs what nobody waits for; a fault of ours is logged. Starts at once. */
export function inBackground(session: Session, what: string, run: () => Promise<void>): void {
  run().catch((error: unknown) => {
    if (error instanceof Refusal || error instanceof ResponseError) session.log.trace(`${what}: ${error.message}`);
    else session.log.error(`${what} failed, which is a fault of the server: ${stackOf(error)}`);
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
