import * as vscode from 'vscode';

/** The name that our diagnostics carry. */
const source = 'vfio-arcs';

/** A finding that is shown in a document. */
export interface ShownFinding {
  readonly rule: string;
  readonly message: string;
  readonly range: vscode.Range;
}

/** The findings of a document, from top to bottom. */
export function findingsIn(uri: vscode.Uri): readonly ShownFinding[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.source === source)
    .flatMap(({ code, message, range }) => {
      const rule = typeof code === 'object' ? code.value : code;
      return rule === undefined ? [] : [{ rule: String(rule), message, range }];
    })
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The findings at a position; where there is none, those of its line. */
export function findingsAt(uri: vscode.Uri, position: vscode.Position): readonly ShownFinding[] {
  const all = findingsIn(uri);
  const exact = all.filter(({ range }) => range.contains(position));
  const inLine = ({ range: { start, end } }: ShownFinding): boolean =>
    start.line <= position.line && position.line <= end.line;
  return exact.length > 0 ? exact : all.filter(inLine);
}

/** Says that there is no finding at the cursor, and offers the way to the nearest one of the file. */
export async function tellNoFinding(editor: vscode.TextEditor): Promise<void> {
  const { uri } = editor.document;
  const line = editor.selection.active.line;
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const distance = ({ range }: ShownFinding): number => Math.abs(range.start.line - line);
  const [nearest] = [...findingsIn(uri)].sort((a, b) => distance(a) - distance(b));
  if (nearest === undefined) {
    const message = vscode.l10n.t(
      'VFIO: Line {0} of {1} has no finding, nor has any other of this file.',
      line + 1,
      name,
    );
    void vscode.window.showInformationMessage(message);
    return;
  }
  const goTo = vscode.l10n.t('Go to Line {0}', nearest.range.start.line + 1);
  const message = vscode.l10n.t(
    'VFIO: Line {0} of {1} has no finding. The nearest is {2}.',
    line + 1,
    name,
    nearest.rule,
  );
  const chosen = await vscode.window.showInformationMessage(message, goTo);
  if (chosen === goTo) {
    await vscode.window.showTextDocument(editor.document, {
      selection: nearest.range,
      viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
    });
  }
}
