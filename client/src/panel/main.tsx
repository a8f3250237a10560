import '@vscode/codicons/dist/codicon.css';
import 'uplot/dist/uPlot.min.css';
import './style/panel.css';
import { render } from 'preact';
import { App } from './app';
import { connectHost } from './host';
import type { Message } from './message';
import { emptyModel, type Model } from './model';
import { perform } from './perform';
import { isSavedState, savedState } from './saved';
import { update } from './update';

/** The page: one model, changed only by messages, drawn anew after each. */

let model: Model = emptyModel;
let isDrawing = false;
const root = document.getElementById('panel');

const host = connectHost((told) => {
  switch (told.kind) {
    case 'start':
      if (isSavedState(host.kept)) send({ kind: 'restored', saved: host.kept });
      else send({ kind: 'started', start: told.start });
      return;
    case 'changed':
      send({ kind: 'changed', change: told.change });
      return;
    case 'arc':
      send({ kind: 'arcChosen', machine: told.machine, arc: told.arc });
      return;
    case 'restarted':
      send({ kind: 'restarted' });
      return;
    case 'cursor':
      send({ kind: 'cursorMoved', uri: told.uri, line: told.line });
      return;
  }
});

function send(message: Message): void {
  const before = model;
  const { model: next, effects } = update(before, message);
  model = next;
  if (next !== before) drawSoon();
  for (const effect of effects) void perform(effect, host, send);
}

/** At most once a frame, however many messages come. */
function drawSoon(): void {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (root !== null) render(<App model={model} send={send} />, root);
    keepSoon();
  });
}

const keepAfterMs = 250;
let keeping: ReturnType<typeof setTimeout> | undefined;

function keepSoon(): void {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    if (model.runs.length > 0) host.keep(savedState(model));
  }, keepAfterMs);
}

if (root !== null) render(<App model={model} send={send} />, root);
host.tell({ kind: 'ready' });
