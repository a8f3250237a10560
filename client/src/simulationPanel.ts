import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Arc, MachineRef, SimulationSession, WireLocation } from '../../server/src/wire';
import { isSameMachine, simulationCloseMethod } from '../../server/src/wire';
import { sendLongRequest } from './longRequest';
import type { CallName, Calls, FromPanel, Params, Result, Start, ToPanel } from './panel/contract';
import { calls, isFromPanel } from './panel/contract';
import { chooseFile, saveFile } from './panelFiles';
import { panelHtml } from './panelHtml';
import { pickMachine } from './pickMachine';
import { misshapen } from './requests';
import type { Server } from './server';

/** One panel: the page, what it asks of the server, the sessions that it has open there. */
export class SimulationPanel implements vscode.Disposable {
  /** The sessions that the page has open, with what they simulate. */
  private readonly sessions = new Map<string, readonly MachineRef[]>();
  private readonly subscriptions: vscode.Disposable[] = [];
  /** Whether a server has answered the page that is loaded. */
  private answered = false;
  /** While the page loads it hears nothing; it asks for what it missed when it is ready. */
  private ready = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly server: Server,
    folder: vscode.Uri,
    private readonly start: Start,
  ) {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    this.subscriptions.push(
      // Its page goes then, and another is loaded when it is to be seen again.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.ready = false;
      }),
      webview.onDidReceiveMessage((message: unknown) => {
        if (isFromPanel(message)) this.take(message);
        else
          server.log.warn(`simulation panel: a message of an unknown shape: ${JSON.stringify(message)?.slice(0, 200)}`);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        const [first] = selections;
        // What the panel itself showed comes back without a kind.
        if (first !== undefined && kind !== undefined) this.tellCursor(textEditor.document, first.active.line);
      }),
    );
    webview.html = panelHtml({
      script: file('panel.js'),
      style: file('panel.css'),
      source: webview.cspSource,
      nonce: randomBytes(24).toString('base64'),
      language: vscode.env.language,
      texts: vscode.l10n.bundle ?? {},
    });
  }

  /** Something that the server told of its own accord. */
  tell(message: ToPanel): void {
    if (this.ready) void this.panel.webview.postMessage(message);
  }

  /** Chooses an arc in the drawing; false when the page is not to be seen or shows something else. */
  choose(machine: MachineRef, arc: Arc): boolean {
    const isShown = [...this.sessions.values()].flat().some((each) => isSameMachine(each, machine));
    if (!this.panel.visible || !this.ready || !isShown) return false;
    this.tell({ kind: 'arc', machine, arc });
    return true;
  }

  /** Another server runs: it knows nothing of what the one before was asked. */
  tellRestarted(): void {
    if (!this.answered) return;
    this.sessions.clear();
    this.tell({ kind: 'restarted' });
  }

  /** The sessions go with the panel. */
  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.closeSessions();
  }

  private closeSessions(): void {
    const ids = [...this.sessions.keys()];
    this.sessions.clear();
    if (this.server.state !== 'running') return;
    for (const id of ids) {
      // A server that ends just now has forgotten it anyway.
      this.server.client.sendRequest(simulationCloseMethod, { id }).then(undefined, () => undefined);
    }
  }

  private take(message: FromPanel): void {
    switch (message.kind) {
      case 'ready':
        this.ready = true;
        this.answered = false;
        // A page that was loaded anew opens its own.
        this.closeSessions();
        this.tell({ kind: 'start', start: this.start });
        return;
      case 'call':
        void this.answer(message.id, message.name, message.params);
        return;
      case 'show':
        // A file that is gone: VS Code says so in the editor that it opens.
        this.show(message.location, message.focus).then(undefined, (error: unknown) =>
          this.server.log.warn(String(error)),
        );
        return;
      case 'title':
        this.panel.title = message.title;
        return;
    }
  }

  private async answer(id: number, name: CallName, params: unknown): Promise<void> {
    try {
      const result = await this.call(name, params);
      this.tell({ kind: 'answer', id, result });
    } catch (error) {
      if (error instanceof vscode.CancellationError) this.tell({ kind: 'cancelled', id });
      else this.tell({ kind: 'refusal', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private call<C extends CallName>(name: C, params: unknown): Promise<Result<C>> {
    const { params: isParams } = calls[name];
    if (!isParams(params))
      return Promise.reject(new Error(`the panel asked "${name}" with parameters of another shape`));
    const own: Partial<{ readonly [N in CallName]: (params: Params<N>) => Promise<Calls[N]['result']> }> = {
      pickMachine: ({ title }) => pickMachine(this.server, title),
      save: saveFile,
      chooseFile,
    };
    const host = own[name];
    return host === undefined ? this.ask(name, params) : host(params);
  }

  private async ask<C extends CallName>(name: C, params: Params<C>): Promise<Result<C>> {
    await this.server.start();
    const method = `vfio/simulation/${name}`;
    const { client } = this.server;
    const answer: unknown =
      params === null ? await client.sendRequest(method) : await sendLongRequest(client, method, params);
    const { result: isResult } = calls[name];
    if (!isResult(answer)) throw misshapen(method);
    this.answered = true;
    this.keepSession(name, params, answer);
    return answer;
  }

  private keepSession(name: CallName, params: unknown, answer: unknown): void {
    if (name === 'close' && calls.close.params(params)) this.sessions.delete(params.id);
    else if (calls.open.result(answer)) this.keep(answer);
    else if (name === 'import' && calls.import.result(answer) && 'session' in answer) this.keep(answer.session);
  }

  private keep({ id, devices }: SimulationSession): void {
    this.sessions.set(
      id,
      devices.map(({ machine }) => machine.ref),
    );
  }

  private async show({ uri, range }: WireLocation, focus: boolean): Promise<void> {
    const { asUri, asRange } = this.server.client.protocol2CodeConverter;
    await vscode.window.showTextDocument(asUri(uri), {
      selection: asRange(range),
      preserveFocus: !focus,
      preview: true,
      viewColumn: this.columnBeside(),
    });
  }

  /** Where the user has the code: never over the panel. */
  private columnBeside(): vscode.ViewColumn {
    const own = this.panel.viewColumn;
    const other = vscode.window.visibleTextEditors.find(
      ({ viewColumn }) => viewColumn !== undefined && viewColumn !== own,
    );
    if (other?.viewColumn !== undefined) return other.viewColumn;
    return own === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
  }

  private tellCursor({ uri }: vscode.TextDocument, line: number): void {
    this.tell({ kind: 'cursor', uri: this.server.client.code2ProtocolConverter.asUri(uri), line });
  }
}
