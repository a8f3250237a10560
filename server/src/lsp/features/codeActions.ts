import type {
  CancellationToken,
  CodeAction,
  CodeActionParams,
  Connection,
  Diagnostic,
  Range,
} from 'vscode-languageserver';
import { CodeActionKind, CodeActionRequest, CodeActionResolveRequest } from 'vscode-languageserver';
import type { Choice } from '../../check';
import { isAllowable, mendableRules, suppressionAt } from '../../check';
import type { Finding } from '../../rules/rule';
import type { FindingArgument } from '../../wire';
import { explainRuleCommand, suppressCommand } from '../../wire';
import { diagnosticSource, rangeOf } from '../convert';
import { answering, stopIfCancelled } from '../gate';
import type { Here } from '../here';
import { hereOf } from '../here';
import type { MendableModules } from '../mendings';
import { mendableModules, mendingOfAll, mendsOf, workspaceEdit } from '../mendings';
import type { ModuleState } from '../modules';
import { isCodeAction, isCodeActionParams } from '../params';
import type { Session } from '../session';
import { lensActions } from './codeLens';
import { arcActions, findingActions } from './simulateActions';

/** Mends everything in a file; editors can be told to do so when they save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.vfioArcs`;

/** The kinds of actions that the server has. */
export const codeActionKinds: string[] = [CodeActionKind.QuickFix, fixAllKind];

/** What an action whose edit is worked out later is about. */
interface Later {
  readonly uri: string;
  /** The rule whose findings are mended; null for all that can be. */
  readonly rule: string | null;
}

/**
 * Quick fixes for findings, all of them proved by checking the text that they leave; comments that allow a finding; the way to
 * the simulator; what the lenses offer.
 */
export function answerCodeActions(session: Session, connection: Connection): void {
  connection.onRequest(
    CodeActionRequest.type,
    answering(session, 'textDocument/codeAction', isCodeActionParams, (params: CodeActionParams, token) =>
      actionsFor(session, params, token),
    ),
  );
  connection.onRequest(
    CodeActionResolveRequest.type,
    answering(session, 'codeAction/resolve', isCodeAction, async (action: CodeAction, token) => {
      const later = laterOf(action.data);
      const here = later === null ? null : await hereOf(session, later.uri, token);
      if (later === null || here === null) return action;
      const edit = await editOfAll(session, here, later.rule, token);
      return edit === null ? action : { ...action, edit };
    }),
  );
}

async function actionsFor(
  session: Session,
  { textDocument, range, context }: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[] | null> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;
  const wants = (kind: string) =>
    context.only === undefined || context.only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    actions.push(...(await fixesAt(session, here, range, context.diagnostics, token)));
    for (const known of here.drivers) {
      const shown = findingsAt(here, known.findings, range).map((finding) => ({
        finding,
        diagnostics: context.diagnostics.filter((each) => isOf(here, each, finding)),
      }));
      actions.push(...findingActions(session, here, known, shown));
    }
  }
  if (wants(fixAllKind)) {
    const mendable = modulesOf(here)
      .flatMap(findingsOf)
      .some((finding) => isMendableIn(here, finding));
    if (mendable)
      actions.push(
        await allAction(session, here, session.client.t('Mend everything in this file'), fixAllKind, null, token),
      );
  }
  if (context.only === undefined) {
    // Those of findings come first: they have the diagnostics.
    const told = new Set(actions.map(({ title }) => title));
    actions.push(...arcActions(session, here, range.start).filter(({ title }) => !told.has(title)));
    actions.push(...lensActions(session, here, range));
  }
  return actions.length === 0 ? null : merged(actions);
}

async function fixesAt(
  session: Session,
  here: Here,
  range: Range,
  diagnostics: readonly Diagnostic[],
  token: CancellationToken,
): Promise<readonly CodeAction[]> {
  const modules = modulesOf(here);
  const mendable = await mendableModules(session, modules);
  stopIfCancelled(token);
  if (mendable === null) return [];
  const actions: CodeAction[] = [];
  for (const module of modules) {
    const found = findingsAt(here, findingsOf(module), range);
    for (const finding of found) {
      const choice = await mendsOf(session, mendable, finding, token);
      actions.push(...quickFixes(session, here, mendable, finding, choice, diagnostics));
    }
    actions.push(...(await fixesOfRules(session, here, found, token)));
  }
  return actions;
}

/** Each title once, with the diagnostics of all its actions: one edit can mend several, in several modules. */
function merged(actions: readonly CodeAction[]): CodeAction[] {
  const byTitle = new Map<string, CodeAction>();
  for (const action of actions) {
    const same = byTitle.get(action.title);
    const diagnostics = [...(same?.diagnostics ?? []), ...(action.diagnostics ?? [])];
    const best = same?.edit !== undefined && action.edit === undefined ? same : action;
    byTitle.set(action.title, diagnostics.length === 0 ? best : { ...best, diagnostics: [...new Set(diagnostics)] });
  }
  return [...byTitle.values()];
}

function modulesOf({ drivers }: Here): readonly ModuleState[] {
  return [...new Set(drivers.map(({ module }) => module))];
}

function findingsOf({ report }: ModuleState): readonly Finding[] {
  return report === null ? [] : [...report.drivers.flatMap(({ findings }) => findings), ...report.findings];
}

/** Those on the lines that the cursor or the selection is on. */
function findingsAt(here: Here, findings: readonly Finding[], range: Range): readonly Finding[] {
  return findings.filter(({ location }) => isAt(here, location, range));
}

function isAt({ path, document }: Here, { file, span }: Finding['location'], range: Range): boolean {
  if (file !== path) return false;
  const { start, end } = rangeOf(document, span);
  return start.line <= range.end.line && range.start.line <= end.line;
}

function isMendableIn({ path }: Here, { rule, location }: Finding): boolean {
  return location.file === path && mendableRules.includes(rule);
}

/** What mends one finding, and what allows it. */
function quickFixes(
  session: Session,
  here: Here,
  mendable: MendableModules,
  finding: Finding,
  { preferred, others }: Choice,
  diagnostics: readonly Diagnostic[],
): readonly CodeAction[] {
  const about = diagnostics.filter((each) => isOf(here, each, finding));
  const actions = [preferred ?? [], ...others].flat().flatMap((mending): readonly CodeAction[] => {
    const action = {
      title: session.client.t(...mending.wording),
      kind: CodeActionKind.QuickFix,
      diagnostics: about,
    };
    if (!mending.proved) {
      const disabled = { reason: session.client.t(...mending.reason) };
      return session.client.codeActions.disabled ? [{ ...action, disabled }] : [];
    }
    const edit = workspaceEdit(session, mendable, mending.edits);
    return edit === null ? [] : [{ ...action, ...(mending === preferred ? { isPreferred: true } : {}), edit }];
  });
  return [...actions, ...aboutRule(session, here, mendable, finding, about)];
}

function isOf({ document }: Here, { code, source, message, range }: Diagnostic, finding: Finding): boolean {
  const { start } = rangeOf(document, finding.location.span);
  return (
    source === diagnosticSource &&
    code === finding.rule &&
    message === finding.message &&
    range.start.line === start.line &&
    range.start.character === start.character
  );
}

/**
 * The way to the rule's documentation, and the comment that allows the finding. Clients that can ask for the reason do so; for
 * others it is left to be written, and until then the comment allows nothing.
 */
function aboutRule(
  session: Session,
  here: Here,
  mendable: MendableModules,
  finding: Finding,
  diagnostics: Diagnostic[],
): readonly CodeAction[] {
  const { rule, location } = finding;
  const { path, document } = here;
  const { commands, t } = session.client;
  const withCommand = (title: string, command: string, argument: string | FindingArgument): CodeAction[] => {
    const action = {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics,
      command: { title, command, arguments: [argument] },
    };
    return commands.includes(command) ? [action] : [];
  };
  const explain = withCommand(t('Explain {0}', rule), explainRuleCommand, rule);
  if (!isAllowable(rule)) return explain;
  const position = document.positionAt(location.span.start);
  const argument: FindingArgument = { uri: session.texts.uriOf(path), rule, position };
  const asking = withCommand(t('Allow {0} here with a reason…', rule), suppressCommand, argument);
  if (asking.length > 0) return [...asking, ...explain];
  const { offset, text } = suppressionAt(document.getText(), location.span.start, rule, '');
  const edit = workspaceEdit(session, mendable, [{ file: path, start: offset, end: offset, text }]);
  if (edit === null) return explain;
  const title = t('Allow {0} here (write the reason into the comment)', rule);
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, edit }, ...explain];
}

/** For each rule with a finding at hand and more of them in the file: all at once. */
async function fixesOfRules(
  session: Session,
  here: Here,
  found: readonly Finding[],
  token: CancellationToken,
): Promise<readonly CodeAction[]> {
  const rules = [...new Set(found.map(({ rule }) => rule))].filter((rule) => mendableRules.includes(rule));
  const actions: CodeAction[] = [];
  for (const rule of rules) {
    const all = modulesOf(here)
      .flatMap(findingsOf)
      .filter((finding) => finding.rule === rule && isMendableIn(here, finding));
    // What several modules find is one finding.
    const count = new Set(all.map(({ key, location }) => `${key} ${location.span.start}`)).size;
    if (count < 2) continue;
    const title =
      rule === 'missing-arc'
        ? session.client.t('Write all {0} missing arcs', count)
        : session.client.t('Mend all {0} findings of {1} in this file', count, rule);
    actions.push(await allAction(session, here, title, CodeActionKind.QuickFix, rule, token));
  }
  return actions;
}

async function allAction(
  session: Session,
  here: Here,
  title: string,
  kind: string,
  rule: string | null,
  token: CancellationToken,
): Promise<CodeAction> {
  const later: Later = { uri: session.texts.uriOf(here.path), rule };
  if (session.client.codeActions.resolvesEdit) return { title, kind, data: later };
  const edit = await editOfAll(session, here, rule, token);
  return edit === null ? { title, kind } : { title, kind, edit };
}

/** Everything in the file that can be mended, of one rule or of all and whichever module finds it, as one edit. */
async function editOfAll(session: Session, here: Here, rule: string | null, token: CancellationToken) {
  const mendable = await mendableModules(session, modulesOf(here));
  if (mendable === null) return null;
  const wanted = (finding: Finding) => isMendableIn(here, finding) && (rule === null || finding.rule === rule);
  return mendingOfAll(session, mendable, wanted, token);
}

function laterOf(data: unknown): Later | null {
  if (typeof data !== 'object' || data === null || !('uri' in data) || !('rule' in data)) return null;
  const { uri, rule } = data;
  return typeof uri === 'string' && (rule === null || typeof rule === 'string') ? { uri, rule } : null;
}
