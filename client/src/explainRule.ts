import * as vscode from 'vscode';
import type { RuleDescription } from '../../server/src/wire';
import { ArcTreeItem } from './arcTreeItem';
import { findingsAt } from './findingAt';
import { requestRules } from './requests';
import type { Server } from './server';

const scheme = 'vfio-arcs-rule';

/** Documents `vfio-arcs-rule:/<id>.md`: the rules' documentation. */
export function ruleDocuments(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async ({ path }) => {
      const id = path.slice(1, -'.md'.length);
      const rule = (await requestRules(server)).find((each) => each.id === id);
      return rule?.markdown ?? vscode.l10n.t('There is no rule {0}.', id);
    },
  });
}

/** Shows the documentation of a rule: the one named, or of the row it was called on, else one that the user picks. */
export async function explainRule(server: Server, argument: unknown): Promise<void> {
  const named = argument instanceof ArcTreeItem ? argument.node.rule : argument;
  const id = typeof named === 'string' ? named : await pickRule(await requestRules(server));
  if (id !== undefined) {
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme, path: `/${id}.md` }));
  }
}

interface RuleItem extends vscode.QuickPickItem {
  readonly id?: string;
}

/** The rules of the findings at the cursor come first. */
async function pickRule(rules: readonly RuleDescription[]): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const here = new Set(editor ? findingsAt(editor.document.uri, editor.selection.active).map(({ rule }) => rule) : []);
  const item = ({ id, severity, summary }: RuleDescription): RuleItem => ({
    id,
    label: id,
    description: severity,
    detail: summary,
  });
  const separator = (label: string): RuleItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const atCursor = rules.filter(({ id }) => here.has(id)).map(item);
  const others = rules.filter(({ id }) => !here.has(id)).map(item);
  const items =
    atCursor.length === 0
      ? others
      : [separator(vscode.l10n.t('At the cursor')), ...atCursor, separator(vscode.l10n.t('Other rules')), ...others];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Explain Rule'),
    placeHolder: vscode.l10n.t('What a rule finds, why it matters, an example and its mend'),
    matchOnDetail: true,
  });
  return chosen?.id;
}
