import type { Arc, StateName } from '../uapi';
import { sameArc, valueOfState } from '../uapi';
import type { Edit, Ways } from './edit';
import { comment, indentAt, indented, indentUnit, lineStart, nextLine } from './layout';
import type { Listed } from './listed';
import { isBeside, listedAs } from './listed';
import type { List, Row } from './lists';
import { indicesOf } from './lists';
import type { MendContext } from './site';
import { madeOver } from './spelling';

/** What a new row says besides its states. */
export interface RowValue {
  /** The row's text for the arc, without a comma. */
  readonly text: (row: string) => string;
  readonly note: string;
  readonly support: readonly Edit[];
}

/** The row put in its place: in the table of its current state, behind the last row that leaves it, behind the model. */
export function* placed(context: MendContext, lists: readonly List[], model: Listed, arc: Arc, value: RowValue): Ways {
  const { file } = model.list;
  const text = context.module.file(file)?.text ?? '';
  const source = text.slice(model.row.span.start, model.row.span.end);
  const row = sameArc(model.arc, arc) ? source : madeOverRow(context, model, source, arc);
  if (row === null) return;
  const written = value.text(row);
  const isTaken = (list: List) => hasElement(list, indicesOf(context.module, file, written));
  if (model.list.states.length === 0) {
    if (isTaken(model.list)) return;
    const anchor = anchorIn(context, model.list, arc) ?? model.row;
    yield [...inserted(file, text, model.list, anchor, written, value.note), ...value.support];
    return;
  }
  const nested = lists.find(
    (each) => isBeside(each, model.list) && each.states.length === 1 && each.states[0] === arc.from,
  );
  const last = nested?.rows.at(-1);
  if (nested !== undefined && last !== undefined) {
    if (isTaken(nested)) return;
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
    { file, offset: parent.span.start },
    designator,
    { from: model.arc.from, to: arc.to },
    { from: arc.from, to: arc.to },
  );
  if (head === null || hasElement(outer, indicesOf(context.module, file, head))) return;
  const inner = indentAt(text, first.span.start).slice(indentAt(text, parent.span.start).length) || indentUnit(text);
  const end = outer.rows.at(-1) ?? parent;
  const note = value.note === '' ? [] : comment(value.note, indentAt(text, first.span.start));
  const block = [head, ...indented([...note, `${written},`], inner), '}'].join(
    `\n${indentAt(text, parent.span.start)}`,
  );
  yield [...inserted(file, text, outer, end, block, ''), ...value.support];
}

/** True when a row of the list stands for the element already; a second one would override it. */
function hasElement({ rows }: List, indices: readonly StateName[]): boolean {
  const values = (states: readonly StateName[]) => states.map(valueOfState);
  const [own = 0] = values(indices);
  return rows.some((row) => {
    const [low = 0, high = low] = values(row.indices);
    return row.isRange ? low <= own && own <= high : indices.length > 0 && row.indices.join() === indices.join();
  });
}

function madeOverRow(
  { module }: MendContext,
  { list, row, arc: like }: Listed,
  source: string,
  arc: Arc,
): string | null {
  const at = { file: list.file, offset: row.span.start };
  if (list.states.length === 0) return madeOver(module, at, source, like, arc);
  if (like.to === arc.to) return source;
  // The row itself names the state that is entered only.
  return madeOver(module, at, source, { from: arc.from, to: like.to }, arc);
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
