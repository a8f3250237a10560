import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import { inserted, tried } from './arms';
import { contentsFor } from './contents';
import type { Ways } from './edit';
import { indentAt, indented, indentUnit } from './layout';
import { pointAfter } from './points';
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
  if (place === undefined || !isIn(site.decl, place)) return;
  const around = statementsAround(site.body, place.span.start);
  const [owner, refusal] = around.slice(-2);
  if (owner === undefined || refusal?.word !== 'return') return;
  if (owner.kind === 'block') yield* instead(context, site, arc, refusal);
  else if (owner.kind === 'if') yield* insteadOfBranch(context, site, arc, owner, refusal);
}

/** A statement's place in a block is taken by what leaves as it does. */
function* instead(context: MendContext, site: Site, arc: Arc, { span }: Statement, isCase = false): Ways {
  const indent = indentAt(site.text, span.start);
  const contents = contentsFor(context, site, arc, { offset: span.start, indent, isCase });
  yield* tried(
    contents.filter((content) => content.leaves || isCase),
    ({ lines, support }) => [
      { file: site.decl.file, ...span, text: indented(lines, indent).join('\n').trimStart() },
      ...support,
    ],
  );
}

/** The branch of an `if`: the only one gets braces, an `else` behind what leaves goes. */
function* insteadOfBranch(context: MendContext, site: Site, arc: Arc, owner: Statement, refusal: Statement): Ways {
  const [then, otherwise] = owner.inside;
  const isElse = otherwise === refusal;
  if (then === undefined || owner.head === null || (otherwise !== undefined && !(isElse && leaves(then)))) return;
  const start = isElse ? then.span.end : owner.head.end + 1;
  if (!/^\s*(?:else\s)?\s*$/.test(site.text.slice(start, refusal.span.start))) return;
  const outer = indentAt(site.text, owner.span.start);
  const indent = isElse ? outer : outer + indentUnit(site.text);
  const contents = contentsFor(context, site, arc, { offset: refusal.span.start, indent, isCase: false });
  const [before, after] = isElse ? ['\n', ''] : [' {\n', `\n${outer}}`];
  yield* tried(
    contents.filter((content) => content.leaves),
    ({ lines, support }) => [
      {
        file: site.decl.file,
        start,
        end: refusal.span.end,
        text: `${before}${indented(lines, indent).join('\n')}${after}`,
      },
      ...support,
    ],
  );
}

function leaves({ word, kind, inside }: Statement): boolean {
  const last = inside.at(-1);
  return kind === 'block' ? last !== undefined && leaves(last) : ['return', 'goto'].includes(word);
}

/** Behind the statements of an arm that can be left at its end. */
function* atEnd(context: MendContext, site: Site, { kind, selector, statements }: Arm, arc: Arc): Ways {
  const last = statements.at(-1);
  if (last === undefined) return;
  if (kind === 'case') {
    if (last.word === 'break') yield* instead(context, site, arc, last, true);
    return;
  }
  const point = pointAfter(site, statements, statements.length - 1);
  const [block] = statementsAround(site.body, last.span.start).slice(-2);
  if (point === null || block?.kind !== 'block' || block.span.start < selector.end) return;
  const contents = contentsFor(context, site, arc, { offset: point.offset, indent: point.indent, isCase: false });
  yield* tried(contents, ({ lines, support }) => [...inserted(site, { ...point, apart: false }, lines), ...support]);
}
