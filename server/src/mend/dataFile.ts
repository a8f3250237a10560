import { functionAt } from '../analysis/selection';
import type { Statement } from '../c/outline';
import { placesReadIn } from '../c/placesRead';
import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import { conditions } from './conditions';
import { asOn } from './contents';
import type { Edit, Ways } from './edit';
import { comment, dedented, ifHead, indented, indentUnit, lineStart, nextLine } from './layout';
import { openerFor } from './opener';
import type { Return } from './returns';
import { insteadOf, openingCalls, returnAt } from './returns';
import type { MendContext, Site } from './site';
import { isVisible, siteOf } from './site';

/** Ways to return what the contract of an arc asks in place of what it returns, at last on that arc alone. They are not proved. */
export function* dataFileWays(context: MendContext, arc: Arc): Ways {
  const { driver, module } = context;
  const outcomes = driver.arcs.find((each) => sameArc(each, arc))?.outcomes ?? [];
  const places = outcomes.flatMap(({ kind, at, trail }) =>
    kind === 'success' ? [at, ...trail.filter((step) => step.kind === 'return').map((step) => step.location)] : [],
  );
  const found = places.flatMap(({ file, span }): readonly Place[] => {
    const decl = functionAt(module, { file, span });
    const site = decl === undefined ? null : siteOf(context, decl);
    const at = site === null ? null : returnAt(site, span.start);
    return site === null || at === null ? [] : [{ site, found: at }];
  });
  // A new file is better not opened at all than opened and lost.
  const opens = outcomes.some((each) => each.kind === 'success' && each.file === 'new-file');
  const returns = opens ? found.sort((a, b) => Number(b.site.arms.length > 0) - Number(a.site.arms.length > 0)) : found;
  for (const place of returns) yield* instead(context, place, arc);
  for (const place of returns) yield* onThatArc(context, place, arc);
}

interface Place {
  readonly site: Site;
  readonly found: Return;
}

/** What an arc may return, with what is to be said about it and written elsewhere for it. */
interface Due {
  readonly value: string;
  readonly note: string | null;
  readonly edits: readonly Edit[];
}

function valuesDue(context: MendContext, site: Site, arc: Arc, offset: number): readonly Due[] {
  if (contractOf(arc) === 'none') return [{ value: 'NULL', note: null, edits: [] }];
  const places = returnedPlaces(site, offset).map((value): Due => ({ value, note: null, edits: [] }));
  const calls = openingCalls(context, site, arc, offset).map((known): Due => {
    return { value: known.call, note: asOn(context, arc, known.arc), edits: [] };
  });
  const opener = openerFor(context, site, arc);
  return [...places, ...calls, ...(opener === null ? [] : [{ value: opener.call, note: null, edits: opener.edits }])];
}

function* instead(context: MendContext, { site, found }: Place, arc: Arc): Ways {
  const { start, end } = found.statement.span;
  const { file } = site.decl;
  const released = contractOf(arc) === 'none' ? withoutReference(site, found) : [];
  if (released === null) return;
  for (const { value, note, edits } of valuesDue(context, site, arc, start)) {
    const line = `return ${value};`;
    const place = note === null ? null : insteadOf(site, found);
    if (note === null) yield [{ file, start, end, text: line }, ...released, ...edits];
    else if (place !== null) yield [place.edit([...comment(note, place.indent), line]), ...edits];
  }
}

/** What takes the reference that the return hands out goes with it; null where that can not be done. */
function withoutReference({ decl, text }: Site, { owner, statement }: Return): readonly Edit[] | null {
  const before = owner.kind === 'block' ? owner.inside.slice(0, owner.inside.indexOf(statement)) : [];
  const textOf = ({ span }: Statement) => text.slice(span.start, span.end);
  const takers = before.filter((each) => /\bget_file\s*\(/.test(textOf(each)));
  const [taker] = takers;
  if (taker === undefined) return [];
  const returned = textOf(statement).replace(/^return\s*|\s*;$/g, '');
  const start = lineStart(text, taker.span.start);
  const end = nextLine(text, taker.span.end);
  const isAlone = text.slice(start, end).trim() === `get_file(${returned});`;
  return takers.length === 1 && isAlone ? [{ file: decl.file, start, end, text: '' }] : null;
}

/** Where other arcs share the return and are due what it gives, the arc leaves ahead of it, if arcs are selected there. */
function* onThatArc(context: MendContext, { site, found }: Place, arc: Arc): Ways {
  const place = insteadOf(site, found);
  if (place === null || site.arms.length === 0) return;
  // Behind what takes a reference for the file it would be lost.
  if (contractOf(arc) === 'none' && withoutReference(site, found)?.length !== 0) return;
  const { start, end } = found.statement.span;
  const unit = indentUnit(site.text);
  const shared = dedented(site.text, { start, end });
  for (const condition of conditions(context, site, arc)) {
    if (!isVisible(site, condition.join(' '), start)) continue;
    for (const { value, note, edits } of valuesDue(context, site, arc, start)) {
      const remark = note === null ? [] : comment(note, place.indent + unit);
      const own = indented([...remark, `return ${value};`], unit);
      const head = ifHead(condition, { indent: place.indent, opens: remark.length > 0 });
      yield [place.edit([...head, ...own, ...(remark.length > 0 ? ['}'] : []), ...shared]), ...edits];
    }
  }
}

/**
 * The variables and members that other returns of the function give and that can be named at the offset: a new file in one of
 * them was opened by the arc itself. Calls are left out, since they may open the file of another kind of session.
 */
function returnedPlaces(site: Site, offset: number): readonly string[] {
  const { decl, text, body } = site;
  const places = new Set([...decl.ir().locals.map(({ name }) => name), ...placesReadIn(decl)]);
  const returned = returnsIn(body).map(({ span }) => text.slice(span.start, span.end));
  const values = returned.map((each) => each.replace(/^return\b\s*|\s*;$/g, ''));
  return [...new Set(values)].filter((value) => places.has(value) && isVisible(site, value, offset));
}

function returnsIn(statement: Statement): readonly Statement[] {
  return statement.word === 'return' ? [statement] : statement.inside.flatMap(returnsIn);
}
