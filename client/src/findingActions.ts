import * as vscode from 'vscode';
import { driverFiles } from './driverText';
import { findingsAt } from './findingAt';

/** In the lightbulb's menu of a finding: its rule's documentation, and the comment that allows it. */
export function findingActions(): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  return vscode.languages.registerCodeActionsProvider(
    driverFiles,
    {
      provideCodeActions: ({ uri }, range) => {
        const rules = new Set(findingsAt(uri, range.start).map(({ rule }) => rule));
        return [...rules].flatMap((rule) => {
          const explain = new vscode.CodeAction(vscode.l10n.t('Explain {0}', rule), kind);
          explain.command = { command: 'vfioArcs.explainRule', title: explain.title, arguments: [rule] };
          const suppress = new vscode.CodeAction(vscode.l10n.t('Allow {0} with a reason…', rule), kind);
          suppress.command = { command: 'vfioArcs.suppressWithReason', title: suppress.title };
          return [explain, suppress];
        });
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}
