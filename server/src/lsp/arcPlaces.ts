import type { ArcModel, DriverModel, Evidence } from '../analysis/model';
import { constantName } from '../uapi';
import type { TextOf } from './convert';

/** Where in the text a driver decides on an arc. */

/** No condition is longer; looking for its ends further away only costs time. */
const longestCondition = 2000;

/**
 * The evidence that selects an arc, the most telling first: what names both of its states, then what names the one it leads
 * to; then all other conditions. Empty when the arc has no condition at all.
 */
export function selecting(arc: ArcModel, textOf: TextOf): readonly Evidence[] {
  const names = (evidence: Evidence) => {
    const text = textOf(evidence.location.file)?.getText() ?? '';
    const words: readonly string[] =
      text.slice(evidence.location.span.start, evidence.location.span.end).match(/\w+/g) ?? [];
    return Number(words.includes(constantName(arc.to))) * 2 + Number(words.includes(constantName(arc.from)));
  };
  return arc.evidence
    .map((evidence, index) => ({ evidence, index, rank: names(evidence) }))
    .filter(({ evidence, rank }) => rank > 0 && !/^(?:calls|returns|asks) /.test(evidence.what))
    .sort((a, b) => b.rank - a.rank || b.index - a.index)
    .map(({ evidence }) => evidence);
}

/**
 * The arcs that the condition around an offset decides on. Of those for which the smallest place there is evidence, the ones
 * for which most of the whole condition is: under `cur == A` in `cur == A && new == B` that is A -> B alone.
 */
export function arcsAt(driver: DriverModel, path: string, text: string, offset: number): readonly ArcModel[] {
  const places = (arc: ArcModel) => arc.evidence.filter(({ location }) => location.file === path);
  let smallest = Number.POSITIVE_INFINITY;
  for (const arc of driver.arcs) {
    for (const { location } of places(arc)) {
      const { start, end } = location.span;
      if (start <= offset && offset < end) smallest = Math.min(smallest, end - start);
    }
  }
  const [low, high] = conditionAround(text, offset);
  const ranked = driver.arcs
    .filter((arc) =>
      places(arc).some(
        ({ location: { span } }) => span.end - span.start === smallest && span.start <= offset && offset < span.end,
      ),
    )
    .map((arc) => {
      const inside = places(arc).filter(({ location: { span } }) => low <= span.start && span.end <= high);
      return { arc, weight: new Set(inside.map(({ location: { span } }) => `${span.start}-${span.end}`)).size };
    });
  const most = Math.max(0, ...ranked.map(({ weight }) => weight));
  return ranked.filter(({ weight }) => weight === most).map(({ arc }) => arc);
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
