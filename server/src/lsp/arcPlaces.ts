import type { ArcModel } from '../analysis/model';
import { functionAt, selectionsOf } from '../analysis/selection';
import type { Span } from '../c/ir';
import type { ListedArc } from './arcList';
import { listedArcs } from './arcList';
import type { CheckedDriver } from './checkedDriver';
import { tableRowsOf } from './tableRows';

/** Where in the text a driver decides on an arc. */

/** No condition is longer; looking for its ends further away only costs time. */
const longestCondition = 2000;
/** No variable for an errno has a longer name. */
const longestTarget = 80;

/**
 * The arcs that a word takes part in, by its offset: one of a condition, the function of a call, a return's first, one of the
 * expression at which missing arcs fall through, or one of a row of a table. Of the arcs that the driver owes or handles and whose execution goes
 * through the smallest place there, those that go through most of the whole condition: under `cur == A` in
 * `cur == A && new == B` that is A -> B alone. Empty outside of such tables and of the functions where arcs are selected.
 */
export function arcsAt(known: CheckedDriver, path: string, text: string, offset: number): readonly ArcModel[] {
  if (!isSelecting(known, path, offset)) return rowsAround(known, path, offset);
  const listed = listedArcs(known);
  const fallen = listed.filter((each) => fallsThrough(each, path, text, offset));
  if (fallen.length > 0) return fallen.map(({ arc }) => arc);
  const places = new Map(listed.map(({ arc }) => [arc, placesIn(arc, path, offset)]));
  const around = [...places.values()].flat().filter((span) => has(span, offset));
  const smallest = Math.min(...around.map(lengthOf));
  const [low, high] = conditionAround(text, offset);
  const ranked = [...places]
    .filter(([, spans]) => spans.some((span) => has(span, offset) && lengthOf(span) === smallest))
    .map(([arc, spans]) => {
      const inside = spans.filter(({ start, end }) => low <= start && end <= high);
      return { arc, weight: new Set(inside.map(({ start, end }) => `${start}-${end}`)).size };
    });
  const most = Math.max(0, ...ranked.map(({ weight }) => weight));
  return ranked.filter(({ weight }) => weight === most).map(({ arc }) => arc);
}

/** The arc of the row that is around the offset. */
function rowsAround(known: CheckedDriver, path: string, offset: number): readonly ArcModel[] {
  return tableRowsOf(known)
    .filter(({ place }) => place.file === path && has(place.span, offset))
    .map(({ arc }) => arc);
}

/** True when the arc is missing because of the return around the offset, or of the assignment that leaves the errno. */
function fallsThrough({ arc, missing }: ListedArc, path: string, text: string, offset: number): boolean {
  if (missing === null || missing.rejectedAt.file !== path) return false;
  const { span } = missing.rejectedAt;
  const returns = arc.evidence.filter(({ kind, location }) => kind === 'return' && location.file === path);
  const around = returns.map(({ location }) => location.span).filter((each) => has(each, span.start));
  const target =
    /[\w.>*[\]-]+[ \t]*=[ \t]*$/.exec(text.slice(Math.max(0, span.start - longestTarget), span.start))?.[0] ?? '';
  const assignment = { start: span.start - target.length, end: span.end };
  return [assignment, ...around].some((each) => has(each, offset));
}

function placesIn(arc: ArcModel, path: string, offset: number): readonly Span[] {
  return arc.evidence.flatMap(({ kind, location: { file, span } }) => {
    const whole = kind === 'condition' || kind === 'assumption';
    return file === path && (whole || span.start === offset) ? [span] : [];
  });
}

function has({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset < end;
}

function lengthOf({ start, end }: Span): number {
  return end - start;
}

/** True in a function that selects arcs, or that rejects one which is missing. */
function isSelecting({ driver, code }: CheckedDriver, path: string, offset: number): boolean {
  const decl = functionAt(code, { file: path, span: { start: offset, end: offset } });
  if (decl === undefined) return false;
  const selections = selectionsOf(driver, code);
  const selected = driver.arcs.flatMap((arc) => selections.of(arc) ?? []);
  const places = [...selected, ...driver.missing.map(({ rejectedAt }) => rejectedAt)];
  return places.some((place) => functionAt(code, place) === decl);
}

/** Where the condition ends that a selection is in: behind its closing parenthesis, behind a case's colon. */
export function endOfCondition(text: string, { start, end }: Span): number {
  return Math.max(end, conditionAround(text, start)[1]);
}

/** The outermost parentheses around an offset that are in its statement; the offset itself when there are none. */
function conditionAround(text: string, offset: number): readonly [number, number] {
  let start = offset;
  for (let at = offset - 1, depth = 0; at >= 0 && at > offset - longestCondition; at--) {
    const c = text.charAt(at);
    if (c === ';' || c === '{' || c === '}') break;
    if (c === ')') depth++;
    else if (c === '(' && depth > 0) depth--;
    else if (c === '(') start = at;
  }
  if (start === offset) return [offset, offset];
  for (let at = start, depth = 0; at < text.length && at < start + longestCondition; at++) {
    const c = text.charAt(at);
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (depth === 0) return [start, at + 1];
  }
  return [start, offset];
}
