import type { ArcModel, DriverModel } from '../analysis/model';
import { IDENT, lex, tokenText } from '../c/lex';
import type { FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import { contractOf, sameArc, sharesWork } from '../uapi';
import { asOn, todo } from './contents';
import type { Edit, Ways } from './edit';
import { comment, indentAt, indented, lineStart, nextLine } from './layout';
import type { List, Row } from './lists';
import { listsOf } from './lists';
import { definitionStart, freeName, openerFor, prefixOf } from './opener';
import type { MendContext } from './site';
import { madeOver } from './spelling';

/** A row that stands for a handled arc. */
interface Listed {
  readonly list: List;
  readonly row: Row;
  readonly arc: ArcModel;
}

/** The handled arcs that a row stands for. */
export function listedArcs({ driver, module }: MendContext): ReadonlySet<ArcModel> {
  const lists = listsOf(module);
  return new Set(lists.flatMap((list) => list.rows.flatMap((row) => listedAs(driver, list, row)?.arc ?? [])));
}

/** Ways to take the rows out that stand for an arc. They are not proved. */
export function* rowRemovals({ driver, module }: MendContext, arc: Arc): Ways {
  for (const list of listsOf(module)) {
    const text = module.file(list.file)?.text ?? '';
    for (const [index, row] of list.rows.entries()) {
      const listed = listedAs(driver, list, row);
      if (listed === null || !sameArc(listed.arc, arc)) continue;
      const [before, next] = [list.rows[index - 1], list.rows[index + 1]];
      // With what separates it from its neighbour; a comment there belongs to one of them, and nobody knows to which.
      const start = next === undefined ? (before?.span.end ?? null) : row.span.start;
      const end = next === undefined ? row.span.end : next.span.start;
      if (start === null || /\/[*/]|^[ \t]*#/m.test(text.slice(next === undefined ? start : row.span.end, end)))
        continue;
      yield [{ file: list.file, start, end, text: '' }];
    }
  }
}

/** Ways to write an arc as a row of a table or of a list macro that has other arcs. They are not proved. */
export function* rowWays(context: MendContext, arc: Arc): Ways {
  const lists = listsOf(context.module);
  const listed = lists.flatMap((list) => list.rows.flatMap((row) => listedAs(context.driver, list, row) ?? []));
  const files = new Set(listed.map(({ list }) => list));
  for (const list of files) {
    const own = listed.filter((each) => each.list === list || isBeside(each.list, list));
    for (const model of ranked(own, arc)) {
      for (const value of valuesFor(context, model, arc)) {
        yield* placed(context, lists, model, arc, value);
      }
    }
  }
}

/** Names of members that hold the state that is entered. */
const entered = /^(?:.*_)?(?:to|new|next|dst|target)(?:_.*)?$/i;

/** True for two lists of one table. */
function isBeside(one: List, other: List): boolean {
  return one.file === other.file && one.definition === other.definition;
}

/** The handled arc that a row stands for; null when it stands for none, or for several. */
function listedAs({ arcs }: DriverModel, list: List, row: Row): Listed | null {
  if (row.inside !== null || row.isRange) return null;
  const states = [...list.states, ...row.states];
  const [a, b] = states;
  if (states.length !== 2 || a === undefined || b === undefined || list.states.length > 1) return null;
  const isHandled = (each: ArcModel) => each.status === 'handled' || each.status === 'conditional';
  const pairs =
    list.states.length === 1
      ? [{ from: a, to: b }]
      : [
          { from: a, to: b },
          { from: b, to: a },
        ];
  const known = arcs.filter((each) => isHandled(each) && pairs.some((pair) => sameArc(each, pair)));
  // Where both directions are handled the order of the words tells, as it does in most tables.
  const isSwapped = list.states.length === 0 && entered.test(row.designators[0] ?? '');
  const arc = known.find((each) => each.from === (isSwapped ? b : a)) ?? known[0];
  return arc === undefined ? null : { list, row, arc };
}

/** Rows to be modelled on: those that do the same, those that return the same, the others; with the fewest calls first. */
function ranked(listed: readonly Listed[], arc: Arc): readonly Listed[] {
  const rank = ({ arc: other }: Listed) => (sharesWork(arc, other) ? 0 : contractOf(arc) === contractOf(other) ? 1 : 2);
  const calls = ({ arc: other }: Listed) => other.evidence.filter(({ kind }) => kind === 'call').length;
  return [...listed].sort((a, b) => rank(a) - rank(b) || calls(a) - calls(b));
}

/** What a new row says besides its states. */
interface RowValue {
  /** The row's text for the arc, without a comma. */
  readonly text: (row: string) => string;
  readonly note: string;
  readonly support: readonly Edit[];
}

/** The values that a row like the model may have: its own when the arc asks for the same, a new function, at last its own. */
function* valuesFor(context: MendContext, model: Listed, arc: Arc): Generator<RowValue> {
  const own: RowValue = { text: (row) => row, note: asOn(arc, model.arc), support: [] };
  const isKin = sharesWork(arc, model.arc) || (contractOf(arc) !== 'none' && contractOf(arc) === contractOf(model.arc));
  if (isKin) yield own;
  const handler = functionIn(context, model);
  const written = handler === null ? null : newHandler(context, model, handler, arc);
  if (handler !== null && written !== null) {
    yield {
      text: (row) => row.replace(new RegExp(`\\b${handler.name}\\b`), written.name),
      note: '',
      support: written.edits,
    };
  }
  if (!isKin && handler === null && contractOf(arc) === contractOf(model.arc)) yield own;
}

/** The function of the module that a row names. */
function functionIn({ module }: MendContext, { list, row }: Listed): FunctionDecl | null {
  const text = module.file(list.file)?.text.slice(row.span.start, row.span.end) ?? '';
  const { tokens } = lex(text, false);
  for (let at = tokens.count - 1; at >= 0; at--) {
    if (tokens.code[at] !== IDENT) continue;
    const [decl] = module.functions(tokenText(tokens, at), list.file);
    if (decl !== undefined) return decl;
  }
  return null;
}

/** A function for the arc with the head of another one, before the list that names it; null when that head is a macro's. */
function newHandler(
  context: MendContext,
  { list }: Listed,
  like: FunctionDecl,
  arc: Arc,
): { readonly name: string; readonly edits: readonly Edit[] } | null {
  const { module } = context;
  const source = module.file(like.file)?.text.slice(like.span.start, like.span.end) ?? '';
  const text = module.file(list.file)?.text;
  const brace = source.indexOf('{');
  const nameAt = like.nameSpan.start - like.span.start;
  if (text === undefined || brace < 0 || source.slice(nameAt, nameAt + like.name.length) !== like.name) return null;
  if (like.ir().returns.k !== 'pointer') return null;
  const stem = `${prefixOf(context, like)}_${arc.from}_to_${arc.to}`.toLowerCase();
  const name = freeName(context, stem);
  const head = `${source.slice(0, nameAt)}${name}${source.slice(nameAt + like.name.length, brace)}`.trimEnd();
  const opener = openerFor(context, { decl: like, text }, arc);
  const body = [head, '{', ...indented(comment(todo(arc), '\t'), '\t'), `\treturn ${opener?.call ?? 'NULL'};`, '}'];
  const at = definitionStart(text, list.definition);
  const [first, ...rest] = opener?.edits ?? [];
  const before = first === undefined ? '' : first.text;
  return { name, edits: [{ file: list.file, start: at, end: at, text: `${before}${body.join('\n')}\n\n` }, ...rest] };
}

/** The row put in its place: in the table of its current state, behind the last row that leaves it, behind the model. */
function* placed(context: MendContext, lists: readonly List[], model: Listed, arc: Arc, value: RowValue): Ways {
  const { file } = model.list;
  const text = context.module.file(file)?.text ?? '';
  const source = text.slice(model.row.span.start, model.row.span.end);
  const row = sameArc(model.arc, arc) ? source : madeOverRow(context, model, source, arc);
  if (row === null) return;
  const written = value.text(row);
  if (model.list.states.length === 0) {
    const anchor = anchorIn(context, model.list, arc) ?? model.row;
    yield [...inserted(file, text, model.list, anchor, written, value.note), ...value.support];
    return;
  }
  const nested = lists.find(
    (each) => isBeside(each, model.list) && each.states.length === 1 && each.states[0] === arc.from,
  );
  const last = nested?.rows.at(-1);
  if (nested !== undefined && last !== undefined) {
    yield [...inserted(file, text, nested, last, written, value.note), ...value.support];
    return;
  }
  const outer = lists.find(
    (each) => isBeside(each, model.list) && each.rows.some(({ inside }) => inside === model.list),
  );
  const parent = outer?.rows.find(({ inside }) => inside === model.list);
  const [first] = model.list.rows;
  if (outer === undefined || parent === undefined || first === undefined) return;
  const designator = text.slice(parent.span.start, text.indexOf('{', parent.span.start) + 1);
  const head = madeOver(
    context.module,
    file,
    designator,
    { from: model.arc.from, to: arc.to },
    { from: arc.from, to: arc.to },
  );
  if (head === null) return;
  const inner = indentAt(text, first.span.start).slice(indentAt(text, parent.span.start).length) || '\t';
  const end = outer.rows.at(-1) ?? parent;
  const note = value.note === '' ? [] : comment(value.note, indentAt(text, first.span.start));
  const block = [head, ...indented([...note, `${written},`], inner), '}'].join(
    `\n${indentAt(text, parent.span.start)}`,
  );
  yield [...inserted(file, text, outer, end, block, ''), ...value.support];
}

function madeOverRow({ module }: MendContext, model: Listed, source: string, arc: Arc): string | null {
  const [state] = model.list.states;
  if (state === undefined) return madeOver(module, model.list.file, source, model.arc, arc);
  if (model.arc.to === arc.to) return source;
  // The row itself names the state that is entered only.
  return madeOver(module, model.list.file, source, { from: arc.from, to: model.arc.to }, arc);
}

/** The last row of the list that leaves the same state, else the last one that stands for an arc. */
function anchorIn({ driver }: MendContext, list: List, arc: Arc): Row | null {
  const own = list.rows.filter((row) => listedAs(driver, list, row) !== null);
  return own.findLast((row) => listedAs(driver, list, row)?.arc.from === arc.from) ?? own.at(-1) ?? null;
}

function inserted(file: string, text: string, list: List, anchor: Row, row: string, note: string): readonly Edit[] {
  const indent = indentAt(text, anchor.span.start);
  const at = anchor.span.end;
  if (list.kind === 'macro') {
    const lines = [...(note === '' ? [] : [`/* ${note} */`]), row];
    return [{ file, start: at, end: at, text: lines.map((line) => ` \\\n${indent}${line}`).join('') }];
  }
  const after = /^\s*,/.exec(text.slice(at));
  const end = after === null ? at : at + after[0].length;
  const comma: readonly Edit[] = after === null ? [{ file, start: at, end: at, text: ',' }] : [];
  const isOwnLine = text.slice(lineStart(text, anchor.span.start), anchor.span.start).trim() === '';
  const line = nextLine(text, end);
  if (
    !isOwnLine ||
    text
      .slice(end, line)
      .replace(/\/\*.*?\*\//g, '')
      .trim() !== ''
  ) {
    const separate = after === null ? ', ' : ' ';
    return [{ file, start: end, end, text: `${separate}${row}${after === null ? '' : ','}` }];
  }
  const lines = [...(note === '' ? [] : comment(note, indent)), `${row},`];
  return [...comma, { file, start: line, end: line, text: `${indented(lines, indent).join('\n')}\n` }];
}
