import { functionAt } from '../analysis/selection';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { contractOf, sameArc } from '../uapi';
import type { Ways } from './edit';
import { openerFor } from './opener';
import type { MendContext } from './site';
import { siteOf } from './site';

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
    const opener = openerFor(context, site, arc);
    const value = contractOf(arc) === 'none' ? 'NULL' : opener?.call;
    if (value === undefined) continue;
    yield [
      { file, start: statement.span.start, end: statement.span.end, text: `return ${value};` },
      ...(opener?.edits ?? []),
    ];
  }
}
