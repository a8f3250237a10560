/** As much of an editor's document as is looked at here. */
export interface FileText {
  readonly uri: { readonly scheme: string; readonly path: string };
  readonly languageId: string;
  readonly lineCount: number;
  getText(): string;
  lineAt(line: number): { readonly text: string };
}

/** As much of an edit. Lines count from zero. */
export interface FileEdit {
  readonly document: FileText;
  readonly contentChanges: readonly {
    readonly range: { readonly start: { readonly line: number } };
    readonly text: string;
  }[];
}

/** Names that a driver needs to take part in migration; none of them is likely in C that has nothing to do with it. */
const protocolName =
  /\b(?:VFIO_DEVICE_STATE_|VFIO_MIGRATION_|vfio_migration_ops\b|vfio_mig_|migration_set_state\b|migration_flags\b)/;

/** The files that the language server is told about. VS Code takes headers for C++. */
export const driverFiles = [
  { scheme: 'file', language: 'c' },
  { scheme: 'file', language: 'cpp', pattern: '**/*.h' },
];

/** Whether an open file is C that speaks of VFIO migration. */
export function isDriverText(document: FileText): boolean {
  return isCFile(document) && protocolName.test(document.getText());
}

/** The same for an edit; reads only the lines that changed, since it runs at every key stroke. */
export function mentionsMigration({ document, contentChanges }: FileEdit): boolean {
  if (!isCFile(document)) return false;
  return contentChanges.some(({ range, text }) => {
    const last = Math.min(range.start.line + text.split('\n').length, document.lineCount);
    for (let line = range.start.line; line < last; line++) {
      if (protocolName.test(document.lineAt(line).text)) return true;
    }
    return false;
  });
}

function isCFile({ uri, languageId }: FileText): boolean {
  return uri.scheme === 'file' && (languageId === 'c' || (languageId === 'cpp' && uri.path.endsWith('.h')));
}
