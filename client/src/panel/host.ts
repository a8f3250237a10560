import type { CallName, FromPanel, Params, Result, ToPanel } from './contract';
import { calls, isToPanel } from './contract';
import { t } from './texts';

/** What VS Code gives to a webview's page. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension on the other side, as the page sees it. */
export interface Host {
  /** Rejects with a sentence for the user when it can not be done, and with `Cancelled` when the user ended it. */
  call<C extends CallName>(name: C, params: Params<C>): Promise<Result<C>>;
  tell(message: FromPanel): void;
  /** What was kept last; of any shape. */
  readonly kept: unknown;
  keep(state: unknown): void;
}

type Told = Exclude<ToPanel, { kind: 'answer' | 'refusal' | 'cancelled' }>;

/** Why a call has no answer that the user ended. */
export class Cancelled extends Error {}

/** Connects the page; `listen` gets what the host tells of its own accord. Once in a page. */
export function connectHost(listen: (message: Told) => void): Host {
  const api = acquireVsCodeApi();
  const waiting = new Map<
    number,
    { readonly answer: (result: unknown) => void; readonly refuse: (why: Error) => void }
  >();
  let serial = 0;
  const tell = (message: FromPanel): void => api.postMessage(message);

  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!isToPanel(data)) return;
    if (data.kind !== 'answer' && data.kind !== 'refusal' && data.kind !== 'cancelled') return listen(data);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'answer') call?.answer(data.result);
    else call?.refuse(data.kind === 'cancelled' ? new Cancelled() : new Error(data.message));
  });

  return {
    tell,
    kept: api.getState(),
    keep: (state) => api.setState(state),
    call: (name, params) =>
      new Promise((resolve, reject) => {
        const id = ++serial;
        const { result: isResult } = calls[name];
        waiting.set(id, {
          answer: (result) =>
            isResult(result)
              ? resolve(result)
              : reject(new Error(t('The answer to "{0}" has an unknown shape.', name))),
          refuse: reject,
        });
        tell({ kind: 'call', id, name, params });
      }),
  };
}
