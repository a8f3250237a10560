import * as vscode from 'vscode';
import { type FindingArgument, isFindingArgument } from '../../server/src/wire';
import { ArcTreeItem } from './arcTreeItem';
import { driverFiles } from './driverText';
import { findingsAt, type ShownFinding, tellNoFinding } from './findingAt';
import { requestSuppression } from './requests';
import type { Server } from './server';

/**
 * Writes the comment that allows a finding: the one of the row or code action that the command was called on, else the one at the cursor. Asks
 * for the reason. The edit can be undone like any other.
 */
export async function suppressWithReason(server: Server, argument: unknown): Promise<void> {
  const named = namedFinding(argument);
  const found = named === null ? await findingAtCursor() : await open(server, named);
  if (found === undefined) return;
  const { document, finding } = found;
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Allow {0} in line {1}', finding.rule, finding.range.start.line + 1),
    prompt: vscode.l10n.t('Why is it right as it is? The reason is written into a comment.'),
    placeHolder: vscode.l10n.t('the firmware does it by itself'),
    validateInput: faultOf,
  });
  if (reason === undefined) return;
  const { version } = document;
  const answer = await requestSuppression(server, {
    textDocument: { uri: document.uri.toString() },
    position: finding.range.start,
    rule: finding.rule,
    reason,
  });
  if (answer.kind === 'problem') {
    void vscode.window.showWarningMessage(vscode.l10n.t('VFIO: {0}', answer.message));
    return;
  }
  if (document.version !== version) {
    void vscode.window.showWarningMessage(vscode.l10n.t('VFIO: The text changed meanwhile. Try again.'));
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, server.client.protocol2CodeConverter.asPosition(answer.position), answer.text);
  await vscode.workspace.applyEdit(edit);
}

interface Found {
  readonly document: vscode.TextDocument;
  readonly finding: ShownFinding;
}

async function findingAtCursor(): Promise<Found | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || vscode.languages.match(driverFiles, editor.document) === 0) {
    const message = vscode.l10n.t('VFIO: No C file is active. Put the cursor into the line of the finding to allow.');
    void vscode.window.showInformationMessage(message);
    return undefined;
  }
  const { document, selection } = editor;
  const findings = findingsAt(document.uri, selection.active);
  const [only] = findings;
  if (only === undefined) {
    void tellNoFinding(editor);
    return undefined;
  }
  if (findings.length === 1) return { document, finding: only };
  const chosen = await vscode.window.showQuickPick(
    findings.map((finding) => ({ label: finding.rule, detail: finding.message, finding })),
    { title: vscode.l10n.t('Which finding is to be allowed?') },
  );
  return chosen === undefined ? undefined : { document, finding: chosen.finding };
}

/** The finding of a row of the view, or of a code action; null for anything else. */
function namedFinding(argument: unknown): FindingArgument | null {
  if (isFindingArgument(argument)) return argument;
  if (!(argument instanceof ArcTreeItem)) return null;
  const { place, rule } = argument.node;
  return place === null || rule === null ? null : { uri: place.uri, rule, position: place.range.start };
}

/** The finding in an editor, where its comment will be seen. */
async function open({ client }: Server, { uri, rule, position }: FindingArgument): Promise<Found> {
  const start = client.protocol2CodeConverter.asPosition(position);
  const range = new vscode.Range(start, start);
  const { document } = await vscode.window.showTextDocument(client.protocol2CodeConverter.asUri(uri), {
    selection: range,
  });
  return { document, finding: { rule, message: rule, range } };
}

/** What the comment can not hold; the server checks it again. */
function faultOf(reason: string): string | undefined {
  if (reason.trim() === '') return vscode.l10n.t('A finding is only allowed with a reason.');
  if (reason.includes('*/')) return vscode.l10n.t('"*/" would end the comment.');
  return undefined;
}
