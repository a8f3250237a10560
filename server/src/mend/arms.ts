import { askedIn } from '../analysis/asking';
import type { Statement } from '../c/outline';
import { outlineOf } from '../c/outline';
import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import { conditions, conditionsAt } from './conditions';
import type { Content } from './contents';
import { contentsFor } from './contents';
import type { Edit, Ways } from './edit';
import { ifHead, indented, indentUnit } from './layout';
import type { Point } from './points';
import { pointAfter, pointInChain, pointsAhead, pointsBefore } from './points';
import type { Arm, MendContext, Site } from './site';
import { isVisible, sitesFor } from './site';
import { constantsIn, madeOver, wholeSelector } from './spelling';

/**
 * Ways to write an arc into code that selects arcs by conditions or cases, the most fitting first. They are not proved: who
 * tries them says what came of each, so that what could not be reached is not tried with other contents.
 */
export function* armWays(context: MendContext, arc: Arc): Ways {
  for (const site of sitesFor(context, arc)) {
    for (const arm of neighbours(site, arc)) {
      yield* arm.kind === 'case' ? besideCase(context, site, arm, arc) : besideIf(context, site, arm, arc);
    }
    for (const point of pointsBefore(context, site, arc)) {
      for (const condition of conditions(context, site, arc)) yield* arms(context, site, point, condition, arc);
    }
  }
}

/**
 * Ways to write an arc where no place beside others takes it: as a condition of its own ahead of what turns it away, wherever
 * both states can be read. They are not proved.
 */
export function* aheadWays(context: MendContext, arc: Arc): Ways {
  for (const site of sitesFor(context, arc).filter(givesFile)) {
    for (const point of pointsAhead(context, site, arc)) {
      const found = conditionsAt(context, site, point.offset, arc);
      for (const condition of found) yield* arms(context, site, point, condition, arc);
    }
  }
}

/** True for a function that returns a file, or an errno beside it; false for one that only tells something of the pair. */
function givesFile({ decl }: Site): boolean {
  const { returns } = decl.ir();
  return returns.k === 'pointer' || (returns.k === 'int' && returns.signed && returns.bits > 1);
}

/** Where an arc is not reached behind so many arms, something before them refuses it. */
const maxNeighbours = 3;

/** The arms to write behind: the arc's own, those that leave the same state, those that enter the same, the others; last first. */
function neighbours({ arms }: Site, arc: Arc): readonly Arm[] {
  const rank = (arm: Arm) =>
    [sameArc(arm.arc, arc), arm.arc.from === arc.from, arm.arc.to === arc.to, true].indexOf(true);
  return [...arms].sort((a, b) => rank(a) - rank(b) || b.selector.start - a.selector.start).slice(0, maxNeighbours);
}

function* besideCase(context: MendContext, site: Site, arm: Arm, arc: Arc): Ways {
  const head = arm.list[arm.index]?.head;
  const point = pointAfter(site, arm.list, arm.last, arm.index);
  if (head == null || point === null) return;
  const spot = { file: site.decl.file, offset: point.offset };
  const value = madeOver(context.module, spot, site.text.slice(head.start, head.end), arm.arc, arc);
  if (value === null || hasCase(context, site, arm.list, value)) return;
  const unit = indentUnit(site.text);
  const at = { offset: point.offset, indent: point.indent + unit, isCase: true };
  yield* tried(contentsFor(context, site, arc, at), ({ lines, support }) => [
    ...inserted(site, point, [`case ${value}:`, ...indented(lines, unit)]),
    ...support,
  ]);
}

/** True when a case of the list stands for the value already, by itself or in a range. */
function hasCase({ module }: MendContext, { decl, text }: Site, list: readonly Statement[], value: string): boolean {
  const numbersIn = (label: string) => constantsIn(module, decl.file, label);
  const own = numbersIn(value);
  return list.some(({ kind, head }) => {
    if (kind !== 'case' || head === null) return false;
    const label = text.slice(head.start, head.end);
    const numbers = numbersIn(label);
    if (!label.includes('...')) return numbers.join() === own.join();
    const [low, high, at] = [numbers[0], numbers.at(-1), own[0]];
    return low !== undefined && high !== undefined && at !== undefined && low <= at && at <= high;
  });
}

function* besideIf(context: MendContext, site: Site, arm: Arm, arc: Arc): Ways {
  const inChain = pointInChain(site, arm.list[arm.index], arm.selector);
  const behind = pointAfter(site, arm.list, arm.last, arm.index);
  for (const point of [inChain, behind]) if (point !== null) yield* besideIfAt(context, site, arm, arc, point);
}

function* besideIfAt(context: MendContext, site: Site, arm: Arm, arc: Arc, point: Point): Ways {
  const like = wholeSelector(site, arm.selector)?.replace(/\s+/g, ' ') ?? null;
  const spot = { file: site.decl.file, offset: point.offset };
  const made = like === null ? null : madeOver(context.module, spot, like, arm.arc, arc);
  const likeOthers = made === null ? [] : [[made]];
  const plain = conditions(context, site, arc);
  // What has a name in the driver is called by it; what is spelled out may have more in it than the pair.
  const isNamed = like !== null && /^\w+ ?\([^()]*\)$/.test(like);
  const all = isNamed ? [...likeOthers, ...plain] : [...plain, ...likeOthers];
  for (const condition of all) yield* arms(context, site, point, condition, arc);
}

/** True before the function asks the core for the next state: there nothing holds it yet. */
function isBeforeAsking({ module }: MendContext, { decl }: Site, offset: number): boolean {
  const asked = askedIn(module, decl);
  return asked !== null && offset < asked.end;
}

function* arms(context: MendContext, site: Site, point: Point, condition: readonly string[], arc: Arc): Ways {
  if (!isVisible(site, condition.join(' '), point.offset) || isBeforeAsking(context, site, point.offset)) return;
  const unit = indentUnit(site.text);
  const at = { offset: point.offset, indent: point.indent + unit, isCase: false };
  yield* tried(contentsFor(context, site, arc, at), ({ lines, support }) => {
    const { indent, chained } = point;
    // A brace would ask the `else` that follows to stand beside it, and without one an `if` would take that for its own.
    const opens = chained !== 'below' || !isOnePlain(lines);
    const before = chained === undefined ? '' : chained === 'beside' ? '} else ' : 'else ';
    const head = ifHead(condition, { indent, opens, before, unit });
    return [...inserted(site, point, [...head, ...indented(lines, unit), ...(opens ? ['}'] : [])]), ...support];
  });
}

/** True when the lines of an arm are one statement that has no other in it, comments apart. */
function isOnePlain(lines: readonly string[]): boolean {
  const text = `f()\n{\n${lines.join('\n')}\n}`;
  const [only, more] = outlineOf(text, { start: 0, end: text.length })?.inside ?? [];
  return only?.kind === 'plain' && more === undefined;
}

/**
 * The contents of one place in turn, until it shows that the place is not reached: with one that leaves at once. Where a repeated
 * one is not, it may be because of what it does, but the other repeated ones are not worth the time.
 */
export function* tried(contents: readonly Content[], edits: (content: Content) => readonly Edit[]): Ways {
  let isLikelyUnreached = false;
  for (const content of contents) {
    if (isLikelyUnreached && content.repeats) continue;
    const trial = yield edits(content);
    if (trial !== 'unreached' || !content.leaves) continue;
    if (!content.repeats) return;
    isLikelyUnreached = true;
  }
}

/** Lines as an insertion at a point. */
export function inserted({ decl }: Site, point: Point, lines: readonly string[]): readonly Edit[] {
  const { offset, indent, apart, chained } = point;
  const whole = indented(lines, indent).join('\n');
  const insert = (text: string): readonly Edit[] => [{ file: decl.file, start: offset, end: offset, text }];
  // The brace before the `else` is there already.
  if (chained === 'beside') return insert(whole.slice(indent.length + 1));
  if (chained === 'below') return insert(`\n${whole}`);
  return insert(apart ? `\n${whole}\n` : `${whole}\n`);
}
