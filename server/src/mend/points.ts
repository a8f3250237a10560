import type { Evidence } from '../analysis/model';
import { functionAt } from '../analysis/selection';
import type { Location, Span } from '../c/ir';
import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import { indentAt, lineStart, nextLine } from './layout';
import type { MendContext, Site } from './site';

/** Where a new arm goes. */
export interface Point {
  readonly offset: number;
  readonly indent: string;
  /** Arms here have empty lines between them. */
  readonly apart: boolean;
  /** Where the arm becomes a link of a chain: how its `else` stands there. */
  readonly chained?: Chained;
}

/** `beside`: on the line of the brace before it; `below`: on a line of its own. */
export type Chained = 'beside' | 'below';

/** Behind a statement of a list, outside of the preprocessor's conditions that end there; null inside of a line. */
export function pointAfter(site: Site, list: readonly Statement[], index: number, like = index): Point | null {
  const [at, model] = [list[index], list[like]];
  if (at === undefined || model === undefined) return null;
  const { text } = site;
  const next = list[index + 1]?.span.start ?? text.length;
  let offset = nextLine(text, at.span.end);
  if (next < offset) return null;
  const directives = [...text.slice(offset, next).matchAll(/^[ \t]*#[ \t]*endif.*\n/gm)];
  const last = list[index + 1] === undefined ? undefined : directives.at(-1);
  if (last !== undefined) offset += last.index + last[0].length;
  return { offset, indent: indentAt(text, model.span.start), apart: isApart(text, list) };
}

/** Behind the link of a chain of `else if` in which a selector is; null where there is no chain. */
export function pointInChain({ text }: Site, chain: Statement | undefined, selector: Span): Point | null {
  const [first, more] = chain?.inside ?? [];
  if (chain?.kind !== 'if' || first === undefined || more === undefined) return null;
  const link = statementsAround(chain, selector.start).findLast(({ kind }) => kind === 'if');
  const [body, next] = link?.inside ?? [];
  if (body === undefined) return null;
  // The last link stands as the first does.
  const gap = next === undefined ? ([first, more] as const) : ([body, next] as const);
  const isBelow = text.slice(gap[0].span.end, gap[1].span.start).split('else')[0]?.includes('\n') === true;
  const isBlock = body.kind === 'block';
  if (!isBelow && !isBlock && next !== undefined) return null;
  const chained = isBelow || !isBlock ? 'below' : 'beside';
  return { offset: body.span.end, indent: indentAt(text, chain.span.start), apart: false, chained };
}

/** True when empty lines separate the conditional statements of the list. */
function isApart(text: string, list: readonly Statement[]): boolean {
  return list.some((statement, index) => {
    const next = list[index + 1];
    if (statement.kind !== 'if' || next?.kind !== 'if') return false;
    return /\n[ \t]*\r?\n/.test(text.slice(statement.span.end, next.span.start));
  });
}

/** Before the statement with which the arc is rejected, and before the first test that it fails. */
export function pointsBefore(context: MendContext, site: Site, arc: Arc): readonly Point[] {
  const { rejection, steps } = wayOf(context, site, arc);
  const test = steps.find(({ kind }) => kind === 'condition')?.location;
  return [rejection, test].flatMap((place) =>
    place === undefined ? [] : (pointsAround(site, place.span.start).at(-1) ?? []),
  );
}

/**
 * Before each statement of the site that decides about the arc, and before the statements around it: from the one that rejects
 * the arc upwards, so that as many of the driver's own guards as can be still come first. At last before what it only calls.
 */
export function pointsAhead(context: MendContext, site: Site, arc: Arc): readonly Point[] {
  const { rejection, steps } = wayOf(context, site, arc);
  const decides = steps.filter(({ kind }) => kind === 'condition').map(({ location }) => location);
  const all = [
    ...upwards(site, rejection === undefined ? decides : [rejection, ...decides]),
    ...upwards(
      site,
      steps.map(({ location }) => location),
    ),
  ];
  return [...new Map(all.map((point) => [point.offset, point])).values()];
}

/** Before the places and what is around them, the last first. */
function upwards(site: Site, places: readonly Location[]): readonly Point[] {
  return places.flatMap(({ span }) => pointsAround(site, span.start)).sort((a, b) => b.offset - a.offset);
}

/** What the arc's execution comes through in the site. */
function wayOf(
  { driver, module }: MendContext,
  { decl }: Site,
  arc: Arc,
): { readonly rejection: Location | undefined; readonly steps: readonly Evidence[] } {
  const isHere = (place: Location) => functionAt(module, place) === decl;
  const rejection = driver.missing.find((each) => sameArc(each, arc))?.rejectedAt;
  const evidence = driver.arcs.find((each) => sameArc(each, arc))?.evidence ?? [];
  return {
    rejection: rejection !== undefined && isHere(rejection) ? rejection : undefined,
    steps: evidence.filter(({ location }) => isHere(location)),
  };
}

/** Before the statement that an offset is in and before those that it is a part of, the outermost first. */
function pointsAround(site: Site, offset: number): readonly Point[] {
  const { text } = site;
  return statementsAround(site.body, offset).flatMap((block): readonly Point[] => {
    if (block.kind !== 'block') return [];
    const own = block.inside.find(({ span }) => span.start <= offset && offset < span.end);
    if (own === undefined || own.kind === 'case' || own.kind === 'label') return [];
    const start = lineStart(text, own.span.start);
    const isOwnLine = text.slice(start, own.span.start).trim() === '';
    return isOwnLine ? [{ offset: start, indent: indentAt(text, own.span.start), apart: false }] : [];
  });
}
