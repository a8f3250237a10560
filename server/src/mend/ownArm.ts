import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import { inserted, tried } from './arms';
import { contentsFor } from './contents';
import type { Ways } from './edit';
import { indentAt, indented } from './layout';
import { pointAfter } from './points';
import { insteadOf, returnAt } from './returns';
import type { Arm, MendContext, Site } from './site';
import { isIn, sitesFor } from './site';

/**
 * Ways to write an arc where the driver has code for it already and turns it away under a condition: in place of the return
 * that does so, or at the end of the arc's own arm. They are not proved.
 */
export function* ownArmWays(context: MendContext, arc: Arc): Ways {
  for (const site of sitesFor(context, arc)) {
    yield* insteadOfRefusal(context, site, arc);
    for (const arm of site.arms.filter((each) => sameArc(each.arc, arc))) yield* atEnd(context, site, arm, arc);
  }
}

function* insteadOfRefusal(context: MendContext, site: Site, arc: Arc): Ways {
  const place = context.driver.missing.find((each) => sameArc(each, arc))?.rejectedAt;
  const refusal = place !== undefined && isIn(site.decl, place) ? returnAt(site, place.span.start) : null;
  const instead = refusal === null ? null : insteadOf(site, refusal);
  if (refusal === null || instead === null) return;
  const at = { offset: refusal.statement.span.start, indent: instead.indent, isCase: false };
  const contents = contentsFor(context, site, arc, at).filter(({ leaves }) => leaves);
  yield* tried(contents, ({ lines, support }) => [instead.edit(lines), ...support]);
}

/** Behind the statements of an arm that can be left at its end. */
function* atEnd(context: MendContext, site: Site, { kind, selector, statements }: Arm, arc: Arc): Ways {
  const last = statements.at(-1);
  if (last === undefined) return;
  if (kind === 'case') {
    if (last.word === 'break') yield* insteadOfBreak(context, site, arc, last);
    return;
  }
  const point = pointAfter(site, statements, statements.length - 1);
  const [block] = statementsAround(site.body, last.span.start).slice(-2);
  if (point === null || block?.kind !== 'block' || block.span.start < selector.end) return;
  const contents = contentsFor(context, site, arc, { offset: point.offset, indent: point.indent, isCase: false });
  yield* tried(contents, ({ lines, support }) => [...inserted(site, { ...point, apart: false }, lines), ...support]);
}

function* insteadOfBreak(context: MendContext, site: Site, arc: Arc, { span }: Statement): Ways {
  const indent = indentAt(site.text, span.start);
  const contents = contentsFor(context, site, arc, { offset: span.start, indent, isCase: true });
  yield* tried(contents, ({ lines, support }) => [
    { file: site.decl.file, ...span, text: indented(lines, indent).join('\n').trimStart() },
    ...support,
  ]);
}
