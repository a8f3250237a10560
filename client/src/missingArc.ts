import * as vscode from 'vscode';
import type { WireLocation } from '../../server/src/wire';
import { lackingArcs } from './arcTableCells';
import { arcName } from './arcWords';
import { placeRange } from './requests';
import type { Server } from './server';
import type { Subject } from './subject';

/** Goes to where the next missing arc of the driver falls through, from the cursor on and around; says so when none is missing. */
export async function goToMissingArc(server: Server, { driver }: Subject): Promise<void> {
  const { missing } = lackingArcs(driver);
  const places = missing.map(({ rejectedAt }) => rejectedAt).sort(byPlace);
  const next = places.find((place) => isAfterCursor(server, place)) ?? places[0];
  if (next === undefined) {
    const required = driver.arcs.filter((arc) => arc.required).length;
    const message =
      driver.flagSets.length === 0
        ? vscode.l10n.t('VFIO: Which arcs {0} owes is not known: nothing assigns migration_flags.', driver.name)
        : vscode.l10n.t('VFIO: None of the {0} required arcs is missing in {1}.', required, driver.name);
    void vscode.window.showInformationMessage(message);
    return;
  }
  const uri = server.client.protocol2CodeConverter.asUri(next.uri);
  const range = placeRange(server, next);
  const editor = await vscode.window.showTextDocument(uri, { selection: range });
  const here = missing.filter(({ rejectedAt }) => byPlace(rejectedAt, next) === 0).map(arcName);
  sayWhileAt(editor, range, vscode.l10n.t('Missing here: {0}', here.join(', ')));
}

/** Shows a message in the status bar for as long as the cursor stays there and the text is as it was. */
function sayWhileAt(editor: vscode.TextEditor, range: vscode.Range, message: string): void {
  const shown = vscode.Disposable.from(
    vscode.window.setStatusBarMessage(message),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === editor.document) shown.dispose();
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor !== editor || selections[0]?.isEqual(range) !== true) shown.dispose();
    }),
    vscode.window.onDidChangeActiveTextEditor((active) => {
      if (active !== editor) shown.dispose();
    }),
  );
}

function byPlace(a: WireLocation, b: WireLocation): number {
  if (a.uri !== b.uri) return a.uri < b.uri ? -1 : 1;
  const { line, character } = a.range.start;
  return line - b.range.start.line || character - b.range.start.character;
}

function isAfterCursor(server: Server, place: WireLocation): boolean {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return false;
  const uri = server.client.protocol2CodeConverter.asUri(place.uri).toString();
  const here = editor.document.uri.toString();
  return uri === here ? placeRange(server, place).start.isAfter(editor.selection.end) : uri > here;
}
