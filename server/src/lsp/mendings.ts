import type { CancellationToken, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Choice, Mendable, Recheck, Report, Search, SourceFile } from '../check';
import { beside, changesBetween, edited, editsBetween, searchMends, searchMendTogether } from '../check';
import type { Edit } from '../mend';
import type { Finding } from '../rules/rule';
import type { TextOf } from './convert';
import { rangeOf } from './convert';
import { inTurns } from './longWork';
import type { ModuleState } from './modules';
import type { Session } from './session';

/** The modules of a file with their present texts, as they are mended: each is proved in all of them. */
export interface MendableModules {
  readonly all: readonly (Mendable & { readonly module: ModuleState })[];
  readonly textOf: TextOf;
}

/** Milliseconds for the mends of one request, in which others have their turns. */
const patience = 4000;

/** null when one of the modules changed meanwhile or rests. */
export async function mendableModules(
  session: Session,
  modules: readonly ModuleState[],
): Promise<MendableModules | null> {
  const [engine, textOf] = await Promise.all([
    session.engine(),
    session.texts.load([...new Set(modules.flatMap(({ paths }) => paths))]),
  ]);
  const { now } = session.platform;
  const end = now() + patience;
  const all: (Mendable & { module: ModuleState })[] = [];
  for (const module of modules) {
    const { name, profile, report, code, paths } = module;
    if (report === null || code === null || module.stale) return null;
    const files = paths.flatMap((path): readonly SourceFile[] => {
      const text = textOf(path)?.getText();
      return text === undefined ? [] : [{ path, text }];
    });
    const config = session.configOf(paths[0] ?? '');
    const recheck: Recheck = (others) =>
      now() > end ? null : { files: others, ...engine.check({ name, profile, files: others }, config) };
    all.push({ module, before: { files, module: code, report }, recheck });
  }
  return { all, textOf };
}

/** What was worked out for findings, while nothing changed in the other modules of their files either. */
const known = new WeakMap<Finding, { readonly choice: Choice; readonly others: readonly Report[] }>();

/** What mends a finding of one of the modules; worked out once. */
export async function mendsOf(
  session: Session,
  modules: MendableModules,
  finding: Finding,
  token: CancellationToken,
): Promise<Choice> {
  const isFound = ({ before }: Mendable) => before.report.drivers.some(({ findings }) => findings.includes(finding));
  const own = modules.all.find(isFound);
  if (own === undefined) return { preferred: null, others: [] };
  const { before, recheck } = beside(
    own,
    modules.all.filter((each) => each !== own),
  );
  const others = before.beside ?? [];
  const worked = known.get(finding);
  if (worked?.others.every((report, index) => report === others[index]) === true) return worked.choice;
  const choice = await searched(session, modules, searchMends(before, finding, recheck), token);
  known.set(finding, { choice, others });
  return choice;
}

/** What mends all findings of the modules that are wanted; null when there is nothing that does. */
export async function mendingOfAll(
  session: Session,
  modules: MendableModules,
  wanted: (finding: Finding) => boolean,
  token: CancellationToken,
): Promise<WorkspaceEdit | null> {
  const changes = await searched(session, modules, searchMendTogether(modules.all, wanted), token);
  return changes.length === 0 ? null : editOf(session, modules.textOf, changes);
}

/** Searches in turns. Rejects as "content modified" when a text changed meanwhile: what was found would not fit it any more. */
async function searched<R>(
  session: Session,
  { all }: MendableModules,
  search: Search<R>,
  token: CancellationToken,
): Promise<R> {
  const found = await inTurns(session, search, { token, report: () => undefined });
  if (all.some(({ module, before }) => module.stale || module.report !== before.report)) {
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the text changed meanwhile');
  }
  return found;
}

/** Edits of the modules' files as the client takes them; null when a text is not at hand. */
export function workspaceEdit(
  session: Session,
  { all, textOf }: MendableModules,
  edits: readonly Edit[],
): WorkspaceEdit | null {
  const files = [...new Map(all.flatMap(({ before }) => before.files).map((file) => [file.path, file])).values()];
  return editOf(session, textOf, changesBetween(files, edited(files, edits)));
}

function editOf(
  session: Session,
  textOf: TextOf,
  files: readonly (readonly [SourceFile, SourceFile])[],
): WorkspaceEdit | null {
  const changes: { uri: string; version: number | null; edits: TextEdit[] }[] = [];
  for (const [file, now] of files) {
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
