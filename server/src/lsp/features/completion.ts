import type { CancellationToken, CompletionItem, CompletionParams, Connection, Range } from 'vscode-languageserver';
import { CompletionItemKind, CompletionRequest, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import { functionAt, selectionsOf } from '../../analysis/selection';
import type { StateNames } from '../../analysis/stateNames';
import { comparedTexts, stateNamesIn } from '../../analysis/stateNames';
import type { CType } from '../../c/ir';
import type { FunctionDecl } from '../../c/module';
import type { Ending } from '../../mend';
import { endingIn, isLeaving } from '../../mend';
import type { Arc, FlagName } from '../../uapi';
import { arcDoc, arcText, constantName, contractOf, flags, namedFlags, sameArc, states } from '../../uapi';
import type { Translate } from '../../wire';
import type { CheckedDriver } from '../checkedDriver';
import type { CaseAround, CompletionPlace } from '../completionPlace';
import { completionPlace } from '../completionPlace';
import { rangeOf } from '../convert';
import { answering } from '../gate';
import type { Here } from '../here';
import { hereOf } from '../here';
import { hasDocumentPosition } from '../params';
import type { Session } from '../session';
import { isCode } from '../words';

/** Missing arcs come first; all else comes after what the C language's own server offers. */
const first = '0';
const last = '~';
/** What a handler returns where a file is due, for the author to write over; and what stands for it until it is a stop. */
const file = 'filp';
const mark = '\0';

/**
 * Completion of what only the protocol knows: states where a state is compared, assigned or passed, flags, and for missing
 * arcs a condition or a handler in the driver's own names. No other C, and nothing outside of drivers.
 */
export function answerCompletion(session: Session, connection: Connection): void {
  connection.onRequest(
    CompletionRequest.type,
    answering(session, 'textDocument/completion', hasDocumentPosition, (params: CompletionParams, token) =>
      completions(session, params, token),
    ),
  );
}

/** What an item is made from. */
interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Stands beside the label in a narrow list, so it is short. */
  readonly detail: string;
  readonly doc: string;
  readonly sort: string;
  readonly text: string;
  /** The same with stops, for clients that know snippets. */
  readonly snippet?: string;
  readonly filter?: string;
}

async function completions(
  session: Session,
  { textDocument, position }: CompletionParams,
  token: CancellationToken,
): Promise<CompletionItem[] | null> {
  const here = await hereOf(session, textDocument.uri, token);
  if (here === null) return null;
  const text = here.document.getText();
  const offset = here.document.offsetAt(position);
  if (!isCode(text, Math.max(0, offset - 1))) return null;
  const found = completionPlace(text, offset);
  if (found === null) return null;
  const range = rangeOf(here.document, { start: found.start, end: offset });
  const suggestions = here.drivers.flatMap((known) => suggestionsFor(here, known, found, session.client.t));
  const items = suggestions.map((each) => itemOf(session, each, range));
  return items.length === 0 ? null : [...new Map(items.map((item) => [item.label, item])).values()];
}

function itemOf(session: Session, { label, kind, detail, doc, sort, text, snippet, filter }: Suggestion, range: Range) {
  const { markdown, snippets } = session.client;
  const kindOfDoc = markdown ? MarkupKind.Markdown : MarkupKind.PlainText;
  const withStops = snippets ? snippet : undefined;
  const item: CompletionItem = {
    label,
    kind,
    detail,
    documentation: { kind: kindOfDoc, value: doc },
    sortText: `${sort}${label}`,
    filterText: filter ?? label,
    textEdit: { range, newText: withStops ?? text },
  };
  if (withStops !== undefined) item.insertTextFormat = InsertTextFormat.Snippet;
  return item;
}

function suggestionsFor(
  here: Here,
  known: CheckedDriver,
  { place, start }: { readonly place: CompletionPlace; readonly start: number },
  t: Translate,
): readonly Suggestion[] {
  if (place.k === 'flags') return flagSuggestions(known, t);
  const decl = functionAround(here, known, start);
  if (decl === null) return [];
  const sound = soundest(known, decl);
  switch (place.k) {
    case 'operand':
      return isState(known, decl, place.of) ? stateSuggestions(sound, place.of, t) : [];
    case 'case':
      return isState(known, decl, place.of) ? stateSuggestions(sound, place.of, t) : [];
    case 'argument':
      return takesState(known, here.path, place.callee, place.index) ? stateSuggestions(sound, null, t) : [];
    case 'condition':
      return arcSuggestions(within(sound, place.cases), 'condition', null, t);
    case 'statement':
      // Between the cases of the current state nothing but a case is ever reached.
      if (place.switchOf !== null && place.switchOf === sound.names.current && within(sound, place.cases) === sound)
        return [];
      return arcSuggestions(within(sound, place.cases), 'handler', place.switchOf, t);
  }
}

/** The function that the cursor is in, also when its brackets do not match just now. */
function functionAround({ path }: Here, { code }: CheckedDriver, offset: number): FunctionDecl | null {
  const inside = functionAt(code, { file: path, span: { start: offset, end: offset } });
  const before = code.file(path)?.functions.filter(({ span }) => span.start <= offset) ?? [];
  return inside ?? before.at(-1) ?? null;
}

/** A function of a driver as it was when its arcs could last be told. */
interface SoundFunction {
  readonly driver: CheckedDriver['driver'];
  readonly names: StateNames;
  /** The missing arcs that fall through in it or in what it calls. */
  readonly missing: readonly Arc[];
  /** The only state that pairs have which come here; null when they have several. */
  readonly from: string | null;
  /** The statements with which the driver would end an arm for the arc, as a function of the file that it returns. */
  readonly ending: (arc: Arc) => Ending;
}

/** What can be told inside of a case of the current state: only arcs that leave it. */
function within(sound: SoundFunction, cases: readonly CaseAround[]): SoundFunction {
  const { names, missing } = sound;
  const value = cases.find(({ of }) => of === names.current)?.value;
  const from = states.find(({ constant }) => constant === value)?.name;
  return from === undefined ? sound : { ...sound, from, missing: missing.filter((arc) => arc.from === from) };
}

/** While a statement is typed its function often can not be run: then what the module's last whole text said counts. */
function soundest(known: CheckedDriver, decl: FunctionDecl): SoundFunction {
  const { driver, code } = known;
  const ir = decl.ir();
  const whole = !ir.isDamaged && ir.problems.length === 0;
  const before = whole ? null : known.module.sound;
  const then = before?.report.drivers.find((each) => each.driver.ops.name === driver.ops.name)?.driver;
  const thenDecl = before?.code.functions(decl.name, decl.file)[0];
  return then !== undefined && thenDecl !== undefined && before !== null
    ? soundFunction(then, before.code, thenDecl)
    : soundFunction(driver, code, decl);
}

function soundFunction(
  driver: CheckedDriver['driver'],
  code: CheckedDriver['code'],
  decl: FunctionDecl,
): SoundFunction {
  const comesHere = ({ evidence }: CheckedDriver['driver']['arcs'][number]) =>
    evidence.some(
      ({ location: { file, span } }) =>
        file === decl.file && decl.span.start <= span.start && span.end <= decl.span.end,
    );
  const selecting = selectionsOf(driver, code);
  const here = driver.arcs.filter(comesHere);
  const froms = new Set(here.map(({ from }) => from));
  const isStep =
    selecting.functions.has(decl) || driver.missing.some(({ rejectedAt }) => functionAt(code, rejectedAt) === decl);
  return {
    driver,
    names: stateNamesIn(driver, code, decl),
    missing: isStep ? driver.missing.filter((arc) => arc.always && here.some((each) => sameArc(each, arc))) : [],
    from: froms.size === 1 ? ([...froms][0] ?? null) : null,
    ending: (arc) =>
      endingIn({ driver, module: code }, decl, arc) ??
      ((file) => [`return ${decl.ir().returns.k === 'pointer' || file !== 'NULL' ? file : '0'};`]),
  };
}

/** True for an expression that holds a state: by its type, or since the function compares it with one. */
function isState({ driver, code }: CheckedDriver, decl: FunctionDecl, text: string): boolean {
  const spelled = text.replace(/\s/g, '');
  const plain = /^\*?(\w+)$/.exec(spelled)?.[1];
  const member = (of: string) => /(?:->|\.)(\w+)$/.exec(of)?.[1];
  const kept = driver.stateLocation === null ? undefined : member(driver.stateLocation.text);
  return (
    decl.ir().locals.some(({ name, type }) => name !== null && name === plain && isStateType(type)) ||
    (kept !== undefined && member(spelled) === kept) ||
    [...comparedTexts(code, decl)].some((each) => each.replace(/\s/g, '') === spelled)
  );
}

function isStateType(type: CType): boolean {
  if (type.k === 'pointer') return isStateType(type.to);
  return type.k === 'enum' && type.name === 'vfio_device_mig_state';
}

function takesState({ code }: CheckedDriver, path: string, callee: string, index: number): boolean {
  return code.functions(callee, path).some((decl) => {
    const ir = decl.ir();
    const type = ir.locals.find(({ id }) => id === ir.params[index])?.type;
    return type !== undefined && isStateType(type);
  });
}

/** The states of the profile; first those that a missing arc lacks where `compared` is tested. */
function stateSuggestions(
  { driver, names, missing }: SoundFunction,
  compared: string | null,
  t: Translate,
): readonly Suggestion[] {
  const spelled = compared?.replace(/\s/g, '');
  const is = (name: string | null) => name !== null && name.replace(/\s/g, '') === spelled;
  return states.map(({ name, constant, doc }) => {
    const lacking = missing.filter(
      (arc) => (is(names.next) && arc.to === name) || (is(names.current) && arc.from === name),
    );
    const detail =
      lacking.length > 0 ? t('missing: {0}', lacking.map(arcText).join(', ')) : reachedText(driver, name, t);
    return {
      label: constant,
      kind: CompletionItemKind.EnumMember,
      detail,
      doc: doc.summary,
      sort: lacking.length > 0 ? first : last,
      text: constant,
    };
  });
}

function reachedText(driver: CheckedDriver['driver'], name: string, t: Translate): string {
  const declared = driver.flagSets[0]?.flags ?? [];
  const lacking = states.find((each) => each.name === name)?.needs.filter((flag) => !declared.includes(flag)) ?? [];
  return lacking.length === 0 ? t('migration state') : t('migration state, needs {0}', lacking.join(t(' and ')));
}

function flagSuggestions({ driver }: CheckedDriver, t: Translate): readonly Suggestion[] {
  const declared = driver.flagSets[0]?.flags ?? [];
  return flags.map(({ name, constant, doc }) => ({
    label: constant,
    kind: CompletionItemKind.EnumMember,
    detail: declared.includes(name) ? t('migration flag, declared') : t('migration flag'),
    doc: doc.summary,
    sort: declared.includes(name) ? last : first,
    text: constant,
  }));
}

/** For each missing arc that can be selected here its condition, or a whole handler. */
function arcSuggestions(
  { driver, names, missing, from, ending }: SoundFunction,
  what: 'condition' | 'handler',
  switchOf: string | null,
  t: Translate,
): readonly Suggestion[] {
  return missing.flatMap((arc): Suggestion[] => {
    const isCase = switchOf !== null && from === arc.from && switchOf === names.next;
    const test = isCase ? `case ${constantName(arc.to)}:` : conditionFor(arc, names, from);
    if (test === null) return [];
    const requiredBy = driver.missing.find((each) => sameArc(each, arc))?.requiredBy ?? [];
    const head = isCase ? test : `if (${test})`;
    const handler = (headText: string, work: string, result: readonly string[]) => {
      const leaves = isCase && !isLeaving(result.at(-1) ?? '') ? [...result, 'break;'] : result;
      const body = [work, ...leaves].map((line) => `\t${line}`).join('\n');
      return isCase ? `${headText}\n${body}` : `${headText} {\n${body}\n}`;
    };
    const work = `/* ${arcText(arc)} */`;
    const end = ending(arc);
    const opens = contractOf(arc) !== 'none';
    return [
      {
        label: arcText(arc),
        kind: CompletionItemKind.Snippet,
        detail: t('missing arc'),
        doc: [demandText(requiredBy, t), arcDoc(arc).summary].filter(Boolean).join('\n\n'),
        sort: first,
        text: what === 'condition' ? test : handler(head, work, end(opens ? file : 'NULL')),
        ...(what === 'handler' && {
          snippet: handler(
            escaped(head),
            stop(1, work),
            end(opens ? mark : 'NULL').map((line) => escaped(line).replace(mark, stop(2, file))),
          ),
        }),
        filter: what === 'condition' ? test : `${head} ${arcText(arc)}`,
      },
    ];
  });
}

function demandText(requiredBy: readonly FlagName[], t: Translate): string {
  const flagNames = namedFlags(requiredBy).join(t(' and '));
  return flagNames === '' ? '' : t('Required by {0}.', flagNames);
}

/** A place of a snippet that the cursor goes to. */
function stop(number: number, text: string): string {
  return `\${${number}:${text}}`;
}

/** Text of the driver as a part of a snippet. */
function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function conditionFor(arc: Arc, { current, next }: StateNames, from: string | null): string | null {
  if (next === null) return null;
  const leads = `${next} == ${constantName(arc.to)}`;
  if (from === arc.from) return leads;
  return current === null ? null : `${current} == ${constantName(arc.from)} && ${leads}`;
}
