import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { CheckedText, Mending, Recheck, SourceFile } from '../check';
import { edited, editsBetween, mend } from '../check';
import type { Edit } from '../mend';
import type { Finding } from '../rules/rule';
import type { TextOf } from './convert';
import { rangeOf } from './convert';
import type { ModuleState } from './modules';
import type { Session } from './session';

/** A module's present texts, and how others are checked in their place. */
export interface Mendable {
  readonly before: CheckedText;
  readonly recheck: Recheck;
  readonly textOf: TextOf;
}

/** Milliseconds for the mends of one request: nothing else is answered meanwhile. */
const patience = 4000;

/** null for a module that changed meanwhile or rests. */
export async function mendableOf(session: Session, module: ModuleState): Promise<Mendable | null> {
  const [engine, textOf] = await Promise.all([session.engine(), session.texts.load(module.paths)]);
  const { report, code } = module;
  if (report === null || code === null || module.stale) return null;
  const files = module.paths.flatMap((path): readonly SourceFile[] => {
    const text = textOf(path)?.getText();
    return text === undefined ? [] : [{ path, text }];
  });
  const { name, profile } = module;
  const config = session.configOf(module.paths[0] ?? '');
  const { now } = session.platform;
  const end = now() + patience;
  const recheck: Recheck = (others) =>
    now() > end ? null : { files: others, ...engine.check({ name, profile, files: others }, config) };
  return { before: { files, module: code, report }, recheck, textOf };
}

const known = new WeakMap<Finding, Mending | null>();

/** What mends a finding of the module; worked out once. */
export function mendingOf({ before, recheck }: Mendable, finding: Finding): Mending | null {
  const worked = known.get(finding);
  if (worked !== undefined) return worked;
  const mending = mend(before, finding, recheck);
  known.set(finding, mending);
  return mending;
}

/** Edits as the client takes them; null when a text is not at hand. */
export function workspaceEdit(
  session: Session,
  { before, textOf }: Mendable,
  edits: readonly Edit[],
): WorkspaceEdit | null {
  const after = edited(before.files, edits);
  const byFile = before.files.flatMap((file, index) => {
    const now = after[index];
    return now === undefined || now.text === file.text ? [] : [{ file, now }];
  });
  const changes: { uri: string; version: number | null; edits: TextEdit[] }[] = [];
  for (const { file, now } of byFile) {
    const document = textOf(file.path);
    if (document === undefined) return null;
    const textEdits = editsBetween(file, now).map((edit) => ({ range: rangeOf(document, edit), newText: edit.text }));
    const version = session.texts.document(file.path)?.text.version ?? null;
    changes.push({ uri: session.texts.uriOf(file.path), version, edits: textEdits });
  }
  return session.client.documentChanges
    ? {
        documentChanges: changes.map(({ uri, version, edits: list }) => ({
          textDocument: { uri, version },
          edits: list,
        })),
      }
    : { changes: Object.fromEntries(changes.map(({ uri, edits: list }) => [uri, list])) };
}
