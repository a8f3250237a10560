import type { Span } from '../c/ir';
import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { arcText, contractOf, sameArc, sharesWork, workOf } from '../uapi';
import type { Edit } from './edit';
import { endingsOf, isLeaving } from './endings';
import { comment, dedented } from './layout';
import { mark } from './mark';
import { openerFor } from './opener';
import { openingCalls } from './returns';
import type { Arm, MendContext, Site } from './site';
import { isVisible } from './site';
import { stateWords } from './spelling';

/** A longer arm is not repeated. */
const maxLines = 30;

/** What an arm does, as lines without indentation, and what has to be written elsewhere for it. */
export interface Content {
  readonly lines: readonly string[];
  readonly support: readonly Edit[];
  /** True when it is what another arm does, which may turn this pair away by itself. */
  readonly repeats: boolean;
  /** False when it goes on behind the arm, so that what becomes of it is told there. */
  readonly leaves: boolean;
}

/**
 * What an arm for the arc can do at a place, the best first: what the driver does on an arc that asks the same of it, marked as
 * to be checked; else nothing but a mark that says what must happen, and the ending that returns what the contract asks.
 * `indent` is that of the lines, for wrapping.
 */
export function contentsFor(
  context: MendContext,
  site: Site,
  arc: Arc,
  { offset, indent, isCase }: { readonly offset: number; readonly indent: string; readonly isCase: boolean },
): readonly Content[] {
  const nearness = (arm: Arm) => Number(isPrecopy(arm.arc) !== isPrecopy(arc));
  const models = site.arms.filter((arm) => isModel(context, site, arm, { offset, isCase }));
  const same = models.filter((arm) => sharesWork(arc, arm.arc)).sort((a, b) => nearness(a) - nearness(b));
  const opensToo = models.filter(
    (arm) => contractOf(arc) !== 'none' && contractOf(arm.arc) === contractOf(arc) && !sameArc(arm.arc, arc),
  );
  const repeated = [...new Set([...same, ...opensToo])].map((arm): Content => {
    const lines = [...comment(asOn(context, arc, arm.arc), indent), ...linesOf(site, arm)];
    return {
      lines,
      support: [],
      repeats: true,
      leaves: ['return', 'goto'].includes(arm.statements.at(-1)?.word ?? ''),
    };
  });
  // Where the driver handles the arc under some condition, it opens its file.
  const own = openingCalls(context, site, arc, offset).find((each) => sameArc(each.arc, arc));
  const opener = own === undefined ? openerFor(context, site, arc) : { call: own.call, edits: [] };
  const marked = endingsOf(site, arc)
    .map((ending) => ending(opener?.call ?? 'NULL'))
    .map((ending) => (isCase && !isLeaving(ending.at(-1) ?? '') ? [...ending, 'break;'] : ending))
    .filter((ending) => isVisible(site, ending.join(' '), offset) && leadsOn(site, ending, { offset, isCase }))
    .map((ending): Content => {
      const lines = [...comment(todo(context, arc), indent), ...ending];
      return {
        lines,
        support: opener?.edits ?? [],
        repeats: false,
        leaves: /^(?:return|goto)\b/.test(ending.at(-1) ?? ''),
      };
    });
  return [...repeated, ...marked];
}

/** True when the arc touches pre-copy, of which a driver keeps track in its own way. */
function isPrecopy({ from, to }: Arc): boolean {
  return [from, to].some((state) => state === 'PRE_COPY' || state === 'PRE_COPY_P2P');
}

/** The mark for work that only the driver's author can write. */
export function todo(context: MendContext, arc: Arc): string {
  return `${mark} ${arcText(arc)}${unless(context, arc)}: ${workOf(arc).join(' ')}`;
}

/** The mark for an arc on which the driver does what it does on another. */
export function asOn(context: MendContext, arc: Arc, other: Arc): string {
  const own = `${arcText(arc)}${unless(context, arc)}`;
  return `${mark} as on ${arcText(other)}; check that ${own} needs no more. ${workOf(arc)[0] ?? ''}`;
}

/** Where the driver does not handle the arc, when it does elsewhere: ` unless d->can_save`. */
function unless({ driver }: MendContext, arc: Arc): string {
  const condition = driver.arcs.find((each) => sameArc(each, arc))?.condition ?? null;
  return condition === null ? '' : ` unless ${condition}`;
}

/** Where a content is to stand. */
interface Spot {
  readonly offset: number;
  /** Under a case, where `break` has its own meaning. */
  readonly isCase: boolean;
}

/**
 * True for an arm that is short, on whole lines, and that could stand at the place. One whose selector names no state does what
 * it does because of a table, and would not do it elsewhere; one with a mark is still to be written.
 */
function isModel(context: MendContext, site: Site, arm: Arm, spot: Spot): boolean {
  const lines = linesOf(site, arm);
  const span = spanOf(arm);
  const selector = site.text.slice(arm.selector.start, arm.selector.end);
  const namesState = stateWords(context.module, site.decl.file, selector).some(({ state }) =>
    [arm.arc.from, arm.arc.to].includes(state),
  );
  return (
    span !== null &&
    lines.length <= maxLines &&
    !lines.some((line) => line.startsWith('#')) &&
    namesState &&
    !site.text.slice(arm.selector.end, span.start).includes(mark) &&
    !selectsMore(context, site, arm.statements) &&
    isVisible(site, lines.join('\n'), spot.offset, span) &&
    leadsOn(site, lines, spot)
  );
}

/** True when an arm's statements select by states in turn, as those do to which an arc was added. */
function selectsMore(
  { module }: Pick<MendContext, 'module'>,
  { decl, text }: Pick<Site, 'decl' | 'text'>,
  statements: readonly Statement[],
): boolean {
  return statements.some(({ head, kind, span, inside }) => {
    const isSelection = head !== null || (kind === 'plain' && /[?]|[=!]=/.test(text.slice(span.start, span.end)));
    const { start, end } = head ?? span;
    const names = isSelection ? stateWords(module, decl.file, text.slice(start, end)) : [];
    return names.length > 0 || selectsMore({ module }, { decl, text }, inside);
  });
}

/** True when its last jump leads somewhere: forward, and a `break` out of something. */
function leadsOn({ body }: Site, lines: readonly string[], { offset, isCase }: Spot): boolean {
  const last = lines.at(-1)?.trim() ?? '';
  const label = /^goto\s+(\w+)/.exec(last)?.[1];
  if (label !== undefined) return labelsIn(body).some(({ word, span }) => word === label && span.start > offset);
  if (!/^break\b/.test(last)) return true;
  return isCase || statementsAround(body, offset).some(({ kind }) => kind === 'loop' || kind === 'switch');
}

function labelsIn(statement: Statement): readonly Statement[] {
  return [...(statement.kind === 'label' ? [statement] : []), ...statement.inside.flatMap(labelsIn)];
}

function linesOf({ text }: Site, arm: Arm): readonly string[] {
  const span = spanOf(arm);
  return span === null ? [] : dedented(text, span);
}

function spanOf({ statements }: Arm): Span | null {
  const [first] = statements;
  const last = statements.at(-1);
  return first === undefined || last === undefined ? null : { start: first.span.start, end: last.span.end };
}
