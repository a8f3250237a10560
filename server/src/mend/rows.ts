import type { ArcModel } from '../analysis/model';
import { IDENT, lex, tokenText } from '../c/lex';
import type { FunctionDecl } from '../c/module';
import type { Arc } from '../uapi';
import { contractOf, sameArc, sharesWork } from '../uapi';
import { asOn, todo } from './contents';
import type { Edit, Ways } from './edit';
import { comment, indented, indentUnit } from './layout';
import type { Listed } from './listed';
import { isBeside, listedAs } from './listed';
import { listsOf } from './lists';
import { definitionStart, freeName, openerFor, prefixOf } from './opener';
import type { RowValue } from './rowPlaces';
import { placed } from './rowPlaces';
import type { MendContext } from './site';

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

/** Rows to be modelled on: those that do the same, those that return the same, the others; with the fewest calls first. */
function ranked(listed: readonly Listed[], arc: Arc): readonly Listed[] {
  const rank = ({ arc: other }: Listed) => (sharesWork(arc, other) ? 0 : contractOf(arc) === contractOf(other) ? 1 : 2);
  const calls = ({ arc: other }: Listed) => other.evidence.filter(({ kind }) => kind === 'call').length;
  return listed.filter((each) => !sameArc(each.arc, arc)).sort((a, b) => rank(a) - rank(b) || calls(a) - calls(b));
}

/** The values that a row like the model may have: its own when the arc asks for the same, a new function, at last its own. */
function* valuesFor(context: MendContext, model: Listed, arc: Arc): Generator<RowValue> {
  const own: RowValue = { text: (row) => row, note: asOn(context, arc, model.arc), support: [] };
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
  const unit = indentUnit(text);
  const body = [
    head,
    '{',
    ...indented([...comment(todo(context, arc), unit), `return ${opener?.call ?? 'NULL'};`], unit),
    '}',
  ];
  const at = definitionStart(text, list.definition);
  const [first, ...rest] = opener?.edits ?? [];
  const before = first === undefined ? '' : first.text;
  return { name, edits: [{ file: list.file, start: at, end: at, text: `${before}${body.join('\n')}\n\n` }, ...rest] };
}
