import { functionAt } from '../analysis/selection';
import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import { placesReadIn } from '../c/placesRead';
import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import type { Edit, Ways } from './edit';
import { openerFor } from './opener';
import type { MendContext, Site } from './site';
import { isVisible, siteOf } from './site';

/** Ways to return what the contract of an arc asks in place of what it returns. They are not proved. */
export function* dataFileWays(context: MendContext, arc: Arc): Ways {
  const { driver, module } = context;
  const outcomes = driver.arcs.find((each) => sameArc(each, arc))?.outcomes ?? [];
  const places = outcomes.flatMap(({ kind, at, trail }) =>
    kind === 'success' ? [at, ...trail.filter((step) => step.kind === 'return').map((step) => step.location)] : [],
  );
  for (const { file, span } of places) {
    const decl = functionAt(module, { file, span });
    const site = decl === undefined ? null : siteOf(context, decl);
    const statement = site === null ? undefined : statementsAround(site.body, span.start).at(-1);
    if (site === null || statement?.word !== 'return') continue;
    const { start, end } = statement.span;
    const returning = (value: string): Edit => ({ file, start, end, text: `return ${value};` });
    if (contractOf(arc) === 'none') yield [returning('NULL')];
    else for (const value of returnedPlaces(site, start)) yield [returning(value)];
    const opener = openerFor(context, site, arc);
    if (opener !== null) yield [returning(opener.call), ...opener.edits];
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
