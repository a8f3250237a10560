import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Translate, Wording } from '../wire';
import { english } from '../wire';

/** Thrown where a request can not be answered. Its message is English; who reads it is known where it is caught. */
export class Refusal extends Error {
  private readonly code: number;
  private readonly wording: Wording;

  constructor(code: number, wording: Wording) {
    super(english(...wording));
    this.code = code;
    this.wording = wording;
  }

  /** What it says, in the client's language. */
  textIn(t: Translate): string {
    return t(...this.wording);
  }

  /** The answer that it becomes. */
  answerIn<E>(t: Translate): ResponseError<E> {
    return new ResponseError(this.code, this.textIn(t));
  }
}

/** A request that is well-formed and can not be answered; the message says why. */
export function refused(...wording: Wording): Refusal {
  return new Refusal(ErrorCodes.InvalidParams, wording);
}

/** The answer to a request that the client took back. */
export function cancelled(...wording: Wording): Refusal {
  return new Refusal(LSPErrorCodes.RequestCancelled, wording);
}
