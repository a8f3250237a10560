import type { Fact } from './facts';
import { hull, isAnything, meet, sameRange } from './facts';
import { isStable } from './value';

/**
 * One of the ways in which a merged path came about: what it assumed of capabilities and configuration, by symbol.
 * A path with ways took one of them; a path without any took no particular one.
 */
export type Way = ReadonlyMap<string, Fact>;

/** More ways than these are not told apart. */
const maxWays = 8;

/** The ways of a path, each with the path's own lasting assumptions; there is at least one. */
export function waysWith(facts: ReadonlyMap<string, Fact>, ways: readonly Way[]): Way[] {
  const lasting = new Map<string, Fact>();
  for (const [id, fact] of facts) if (isStable(fact.of) && !isAnything(fact)) lasting.set(id, fact);
  return waysAnd(ways, lasting);
}

/** Each of the ways with the assumptions besides; those that contradict them are left out. */
export function waysAnd(ways: readonly Way[], facts: Way): Way[] {
  if (ways.length === 0) return [facts];
  return ways.flatMap((way) => together(way, facts) ?? []);
}

/** The ways of paths that became one, without what can not be told apart any more. */
export function either(...paths: readonly (readonly Way[])[]): readonly Way[] {
  // A way that assumes nothing has all others in it.
  if (paths.some((path) => path.some((way) => way.size === 0))) return [];
  const ways: Way[] = [];
  for (const way of paths.flat()) add(ways, way);
  return ways.length > maxWays || ways.some((way) => way.size === 0) ? [] : ways;
}

function add(ways: Way[], way: Way): void {
  for (let i = 0; i < ways.length; i++) {
    const other = ways[i] as Way;
    const joined = within(way, other) ? other : within(other, way) ? way : resolved(way, other);
    if (!joined) continue;
    ways.splice(i, 1);
    add(ways, joined);
    return;
  }
  ways.push(way);
}

/** True when all that the second way says, the first says too. */
function within(narrow: Way, wide: Way): boolean {
  for (const [id, fact] of wide) {
    const own = narrow.get(id);
    if (!own || !sameRange(meet(own, fact) ?? fact, own)) return false;
  }
  return true;
}

/** Two ways that differ in one condition, which holds in one and not in the other: the way without the condition. */
function resolved(a: Way, b: Way): Way | null {
  if (a.size !== b.size) return null;
  const differing = [...a].filter(([id, fact]) => {
    const other = b.get(id);
    return !other || !sameRange(other, fact);
  });
  const [only] = differing;
  const other = only && b.get(only[0]);
  if (differing.length !== 1 || !only || !other || !isAnything(hull(only[1], other))) return null;
  return new Map([...a].filter(([id]) => id !== only[0]));
}

/** Both at once: every way of the one with every way of the other; null when none of them is possible. */
export function both(a: readonly Way[], b: readonly Way[]): readonly Way[] | null {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const ways: Way[] = [];
  for (const x of a) {
    for (const y of b) {
      const way = together(x, y);
      if (way) add(ways, way);
    }
  }
  if (ways.length === 0) return null;
  return ways.length > maxWays ? a : ways;
}

function together(a: Way, b: Way): Way | null {
  const way = new Map(a);
  for (const [id, fact] of b) {
    const other = way.get(id);
    const range = other ? meet(other, fact) : fact;
    if (!range) return null;
    way.set(id, { ...fact, ...range });
  }
  return way;
}

/** Those of the ways that the assumption allows; null when there were some and none is left. */
export function allowed(ways: readonly Way[], facts: ReadonlyMap<string, Fact>): readonly Way[] | null {
  if (ways.length === 0) return ways;
  const left = ways.filter((way) => compatible(way, facts));
  return left.length > 0 ? left : null;
}

/** True when one configuration can have both: nothing in one excludes what the other says. */
export function compatible(a: Way, b: Way): boolean {
  for (const [id, fact] of a) {
    const other = b.get(id);
    if (other && !meet(fact, other)) return false;
  }
  return true;
}
