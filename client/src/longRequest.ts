import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageclient/node';

let serial = 0;

/**
 * Sends a request that may take long. When it does, which the server says, a notification shows how far it is and has a button
 * that cancels it; the request then rejects with a CancellationError, unless the server has something to answer all the same.
 */
export async function sendLongRequest(client: LanguageClient, method: string, params: object): Promise<unknown> {
  serial++;
  const workDoneToken = `vfio-arcs-${serial}`;
  const cancel = new vscode.CancellationTokenSource();
  const shown = new ShownProgress(() => cancel.cancel());
  const listening = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === 'begin') shown.begin(value.title);
    else if (value.kind === 'report') shown.report(value.percentage, value.message);
  });
  try {
    return await client.sendRequest(method, { ...params, workDoneToken }, cancel.token);
  } catch (error) {
    const isCancelled = error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
    throw isCancelled ? new vscode.CancellationError() : error;
  } finally {
    shown.end();
    listening.dispose();
    cancel.dispose();
  }
}

/** A notification with progress, from `begin` to `end`. */
class ShownProgress {
  private step: vscode.Progress<{ message?: string; increment?: number }> | null = null;
  private percentage = 0;
  private finish: () => void = () => undefined;
  private readonly finished: Promise<void>;

  constructor(private readonly cancel: () => void) {
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  begin(title: string): void {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (step, token) => {
      this.step = step;
      token.onCancellationRequested(this.cancel);
      return this.finished;
    });
  }

  report(percentage = this.percentage, message?: string): void {
    const increment = Math.max(0, percentage - this.percentage);
    this.percentage += increment;
    this.step?.report({ increment, ...(message === undefined ? {} : { message }) });
  }

  end(): void {
    this.finish();
  }
}
