import type { Span } from '../c/ir';
import type { Statement } from '../c/outline';
import { statementsAround } from '../c/outline';
import type { Arc } from '../uapi';
import { sameArc } from '../uapi';
import type { Ways } from './edit';
import { lineStart, nextLine } from './layout';
import { rowRemovals } from './rows';
import type { Arm, MendContext, Site } from './site';
import { sitesFor } from './site';

/** Ways to take an arc out of the code that selects arcs by conditions, cases or rows. They are not proved. */
export function* removalWays(context: MendContext, arc: Arc): Ways {
  for (const site of sitesFor(context, arc)) {
    for (const arm of site.arms.filter((each) => sameArc(each.arc, arc))) {
      const removal = arm.kind === 'if' ? ofCondition(site, arm) : ofCase(site, arm);
      if (removal !== null) yield [{ file: site.decl.file, text: '', ...removal }];
    }
  }
  yield* rowRemovals(context, arc);
}

/** What goes, and what comes instead of it if anything does. */
type Removal = Span & { readonly text?: string };

function ofCondition(site: Site, arm: Arm): Removal | null {
  const whole = arm.list[arm.index];
  const isShared = site.arms.some((other) => other !== arm && other.list[other.index] === whole);
  if (!isShared) return whole === undefined ? null : linesOf(site, arm, whole.span);
  const link = whole === undefined ? null : ofLink(site, whole, arm);
  if (link !== null) return link;
  const operand = operandAround(site.text, innermost(site.text, arm.selector));
  return operand === null ? null : (withParentheses(site.text, operand) ?? operand);
}

/** A link of a chain of `else if`, where it is there for this arm alone; null elsewhere. */
function ofLink({ arms, text }: Site, chain: Statement, arm: Arm): Span | null {
  const linksAround = ({ selector }: Arm) =>
    statementsAround(chain, selector.start).filter(({ kind }) => kind === 'if');
  const around = linksAround(arm);
  const [before, link] = [around.at(-2)?.inside[0], around.at(-1)];
  const [then, more] = link?.inside ?? [];
  const isShared = arms.some((other) => other !== arm && linksAround(other).at(-1) === link);
  if (link === undefined || then === undefined || isShared) return null;
  const [start, end] =
    before === undefined
      ? [link.span.start, more?.kind === 'if' ? more.span.start : null]
      : [before.span.end, then.span.end];
  return end === null || /^[ \t]*#/m.test(text.slice(start, end)) ? null : { start, end };
}

/** An operand with the parentheses around it, where only one comparison remains in them that needs none; null elsewhere. */
function withParentheses(text: string, { start, end }: Span): Removal | null {
  const inside = innermost(text, { start: lineStart(text, start), end: start });
  const open = inside.start - 1;
  const close = text.indexOf(')', end);
  if (text[open] !== '(' || close < 0 || /\w\s*$/.test(text.slice(0, open))) return null;
  const remains = (text.slice(inside.start, start) + text.slice(end, close)).trim();
  const isJoined = /(?:&&|\|\|)\s*$/.test(text.slice(0, open)) || /^\s*(?:&&|\|\|)/.test(text.slice(close + 1));
  return isJoined && /^[\w.>-]+ [!=]= \w+$/.test(remains) ? { start: open, end: close + 1, text: remains } : null;
}

/** The part of a selector behind its last parenthesis that it does not close: `new == B` of `cur == A && (new == B`. */
function innermost(text: string, { start, end }: Span): Span {
  let depth = 0;
  for (let at = end - 1; at >= start; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth < 0) return { start: at + 1, end };
  }
  return { start, end };
}

/** A whole operand of `||` with the operator that joins it to the others. */
function operandAround(text: string, { start, end }: Span): Span | null {
  let [from, to] = [start, end];
  for (;;) {
    const before = /[ \t\r\n]*$/.exec(text.slice(0, from))?.[0].length ?? 0;
    const after = /^[ \t\r\n]*/.exec(text.slice(to))?.[0].length ?? 0;
    const follows = text.slice(to + after, to + after + 2) === '||';
    const leads = text.slice(from - before - 2, from - before) === '||';
    if (follows) {
      const gap = /^[ \t\r\n]*/.exec(text.slice(to + after + 2))?.[0].length ?? 0;
      return { start: from, end: to + after + 2 + gap };
    }
    if (leads) {
      const gap = /[ \t\r\n]*$/.exec(text.slice(0, from - before - 2))?.[0].length ?? 0;
      return { start: from - before - 2 - gap, end: to };
    }
    if (text[from - before - 1] !== '(' || text[to + after] !== ')') return null;
    [from, to] = [from - before - 1, to + after + 1];
  }
}

function ofCase(site: Site, arm: Arm): Span | null {
  const label = arm.list[arm.index];
  if (label === undefined) return null;
  const [before, after] = [arm.list[arm.index - 1], arm.list[arm.index + 1]];
  const isOneOfSeveral = before?.kind === 'case' || after?.kind === 'case';
  const last = isOneOfSeveral ? label : arm.list[arm.last];
  return last === undefined ? null : linesOf(site, arm, { start: label.span.start, end: last.span.end });
}

/** Whole lines: with a comment directly above that nothing else stands before, and one of the empty lines around. */
function linesOf({ text }: Site, { list, index, last }: Arm, span: Span): Span | null {
  const gapStart = endOf(list[index - 1]) ?? lineStart(text, span.start);
  const gap = text.slice(gapStart, span.start);
  if (/^[ \t]*#/m.test(gap) || text.slice(lineStart(text, span.start), span.start).trim() !== '') return null;
  const after = nextLine(text, span.end);
  if (text.slice(span.end, after).trim() !== '' && list[last + 1] !== undefined) return null;
  const above = /\n(?:[ \t]*\n)*(?:[ \t]*\/\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\n)*[ \t]*$/.exec(`\n${gap}`)?.[0];
  const comment = above === undefined ? '' : above.replace(/^\n(?:[ \t]*\n)*/, '');
  const start = comment === '' ? lineStart(text, span.start) : span.start - comment.length;
  const emptyBefore = /\n[ \t]*\n$/.test(text.slice(0, start));
  return { start, end: emptyBefore && /^[ \t]*\n/.test(text.slice(after)) ? nextLine(text, after) : after };
}

function endOf(statement: Statement | undefined): number | null {
  return statement === undefined ? null : statement.span.end;
}
