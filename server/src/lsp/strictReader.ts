import type { DataCallback, Disposable, MessageReader, ResponseMessage } from 'vscode-languageserver';
import { AbstractMessageReader, ErrorCodes } from 'vscode-languageserver';
import { isCancelParams, isInitializeParams } from './params';

/** What is wrong with a message. `id` null: nobody can tell which request it is, or it is none. */
interface Fault {
  readonly id: string | number | null;
  readonly code: number;
  readonly message: string;
}

/**
 * Lets through what JSON-RPC 2.0 and LSP call a message and answers the rest as they say, before the library sees it: that
 * one drops it without a word, or throws. Notifications with malformed parameters are dropped, since they have no answer.
 * Errors that are left mean that nobody can tell any more where the next message begins.
 */
export class StrictReader extends AbstractMessageReader {
  private readonly reader: MessageReader;
  private readonly answer: (response: ResponseMessage) => void;

  constructor(reader: MessageReader, answer: (response: ResponseMessage) => void) {
    super();
    this.reader = reader;
    this.answer = answer;
  }

  listen(callback: DataCallback): Disposable {
    this.reader.onClose(() => this.fireClose());
    this.reader.onError((error) => {
      if (error instanceof SyntaxError) this.refuse({ id: null, code: ErrorCodes.ParseError, message: error.message });
      else this.fireError(error);
    });
    return this.reader.listen((message) => {
      const fault = faultOf(message);
      if (fault === null) callback(message);
      else if (fault !== 'dropped') this.refuse(fault);
    });
  }

  private refuse({ id, code, message }: Fault): void {
    this.answer({ jsonrpc: '2.0', id, error: { code, message } });
  }
}

function faultOf(message: unknown): Fault | 'dropped' | null {
  if (Array.isArray(message)) return invalid(null, 'LSP has no batches: one message at a time');
  if (typeof message !== 'object' || message === null) return invalid(null, 'a message is an object');
  const { id, method, params }: Readonly<Record<string, unknown>> = { ...message };
  if (method === undefined) return isId(id) || 'error' in message ? null : invalid(null, 'neither method nor answer');
  if (id !== undefined && !isId(id)) return invalid(null, 'the id of a request is a number or a string');
  if (typeof method !== 'string') return invalid(id ?? null, 'the name of a method is a string');
  if (areFit(method, params)) return null;
  return id === undefined
    ? 'dropped'
    : { id, code: ErrorCodes.InvalidParams, message: `${method}: malformed parameters` };
}

/** False for parameters that LSP never has, and for those of methods that the library takes for itself. */
function areFit(method: string, params: unknown): boolean {
  if (method === 'initialize') return isInitializeParams(params);
  if (method === '$/cancelRequest') return isCancelParams(params);
  return params === undefined || (typeof params === 'object' && !Array.isArray(params));
}

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function invalid(id: string | number | null, message: string): Fault {
  return { id, code: ErrorCodes.InvalidRequest, message };
}
