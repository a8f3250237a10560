import { functionAt } from '../analysis/selection';
import type { Statement } from '../c/outline';
import { placesReadIn } from '../c/placesRead';
import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import { conditions } from './conditions';
import { asOn } from './contents';
import type { Edit, Ways } from './edit';
import { comment, dedented, ifHead, indented, indentUnit } from './layout';
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
  const returns = places.flatMap(({ file, span }): readonly Place[] => {
    const decl = functionAt(module, { file, span });
    const site = decl === undefined ? null : siteOf(context, decl);
    const found = site === null ? null : returnAt(site, span.start);
    return site === null || found === null ? [] : [{ site, found }];
  });
  for (const { site, found } of returns) {
    const { start, end } = found.statement.span;
    for (const { value, note, edits } of valuesDue(context, site, arc, start)) {
      const line = `return ${value};`;
      const instead = note === null ? null : insteadOf(site, found);
      if (note === null) yield [{ file: site.decl.file, start, end, text: line }, ...edits];
      else if (instead !== null) yield [instead.edit([...comment(note, instead.indent), line]), ...edits];
    }
  }
  for (const { site, found } of returns) yield* onThatArc(context, site, found, arc);
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

/** Where other arcs share the return and are due what it gives, the arc leaves ahead of it. */
function* onThatArc(context: MendContext, site: Site, found: Return, arc: Arc): Ways {
  const instead = insteadOf(site, found);
  if (instead === null) return;
  const { start, end } = found.statement.span;
  const unit = indentUnit(site.text);
  const shared = dedented(site.text, { start, end });
  for (const condition of conditions(context, site, arc)) {
    if (!isVisible(site, condition.join(' '), start)) continue;
    for (const { value, note, edits } of valuesDue(context, site, arc, start)) {
      const remark = note === null ? [] : comment(note, instead.indent + unit);
      const own = indented([...remark, `return ${value};`], unit);
      const head = ifHead(condition, instead.indent, remark.length > 0);
      yield [instead.edit([...head, ...own, ...(remark.length > 0 ? ['}'] : []), ...shared]), ...edits];
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
