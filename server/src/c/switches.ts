import type { Draft, DraftTerminator } from './builder';
import type { CaseDraft } from './context';
import { unsupported } from './context';
import { hasDamage, lowerConstant, lowerExpr, unwrap } from './expressions';
import type { Expr, Span } from './ir';
import { type Body, condition, isLost, isNode, lose, lowerStatements, reportDamage } from './statements';
import { childOf, type SyntaxNode } from './syntax';

/** Switches: cases anywhere in the body, fall-through, ranges, cases under preprocessor conditions. */

export function lowerSwitch(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  const span = source.span(node);
  if (isLost(cx, node)) return;
  const on = condition(cx, node);
  const value = isNode(on) ? lowerExpr(cx, on) : on;
  const dispatch = builder.current;
  cx.jumps.dispatches.push(dispatch);
  const exit = builder.block();
  builder.enter(builder.block());
  const cases: CaseDraft[] = [];
  cx.jumps.switches.push({ cases, region });
  cx.jumps.breaks.push(exit);
  const body = childOf(node, 'body');
  if (body !== undefined) lowerStatements(cx, [body], region);
  cx.jumps.breaks.pop();
  cx.jumps.switches.pop();
  builder.goto(exit);
  const condSpan = isNode(on) ? source.span(unwrap(on)) : span;
  const lostCase = body === undefined ? undefined : findLostCase(cx, body);
  if (lostCase === undefined) dispatch.terminator = dispatchOf(cx, cases, value, exit, condSpan);
  else dispatch.terminator = { k: 'lost', reason: 'a case of this switch is not C', span: source.span(lostCase) };
  builder.enter(exit);
}

/** Broken text that holds a case of this switch: then it can not be told where its values go. */
export function findLostCase(cx: Body, node: SyntaxNode): SyntaxNode | undefined {
  if (/^(statement_|type_)?identifier$/.test(node.type) && /^(case|default)$/.test(cx.source.textOf(node))) return node;
  if (!node.hasError) return undefined;
  if ((node.broken || node.type.startsWith('preproc_')) && /\b(case|default)\b/.test(cx.source.textOf(node)))
    return node;
  for (const child of node.children) {
    const found = child.type === 'switch_statement' ? undefined : findLostCase(cx, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A case that a preprocessor condition takes away leaves its values to a later case of the same text, or to default. */
function dispatchOf(cx: Body, cases: readonly CaseDraft[], value: Expr, exit: Draft, span: Span): DraftTerminator {
  const guarded = new Map<string, Draft>();
  const target = (index: number, otherwise: Draft): Draft => {
    const entry = cases[index];
    if (entry === undefined) return otherwise;
    if (entry.tests.length === 0) return entry.target;
    const later = cases.findIndex((other, i) => i > index && other.text === entry.text);
    const off = later < 0 ? otherwise : target(later, otherwise);
    const first = cx.builder.block();
    cx.builder.enter(first);
    for (const test of entry.tests) {
      const on = cx.builder.block();
      const cond: Expr = { k: 'config', text: test.text, span: entry.span };
      cx.builder.end({ k: 'branch', cond, then: test.value ? on : off, else: test.value ? off : on, span: entry.span });
      cx.builder.enter(on);
    }
    cx.builder.goto(entry.target);
    return first;
  };
  const defaultIndex = cases.findIndex((c) => c.low === null);
  const fallback = defaultIndex < 0 ? exit : target(defaultIndex, exit);
  const list: { low: Expr; high: Expr | null; target: Draft; span: Span }[] = [];
  cases.forEach((entry, index) => {
    if (entry.low === null) return;
    if (guarded.has(entry.text)) {
      const isTwice = cases.some((other, i) => i < index && other.text === entry.text && other.tests.length === 0);
      if (isTwice && entry.tests.length === 0) cx.builder.problem('syntax', 'this case is there twice', entry.span);
      return;
    }
    const draft = target(index, fallback);
    guarded.set(entry.text, draft);
    list.push({ low: entry.low, high: entry.high, target: draft, span: entry.span });
  });
  return { k: 'switch', value, cases: list, default: fallback, span };
}

export function lowerCase(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  const owner = cx.jumps.switches.at(-1);
  const colon = node.children.findIndex((child) => child.type === ':');
  const valueNode = childOf(node, 'value');
  const label = node.children[colon];
  const span = source.range(node.start, label?.end ?? node.end);
  const target = builder.block();
  builder.fallInto(target);
  if (owner === undefined) {
    builder.problem('syntax', 'case outside a switch', span);
    builder.isTorn = true;
  } else {
    const isDefault = node.children[0]?.type === 'default';
    const whole = node.children.every((child, index) => index > colon || !child.broken);
    if (!whole) reportDamage(cx, node);
    const value = whole ? valueNode : undefined;
    const { low, high } = isDefault ? { low: null, high: null } : caseRange(cx, value, span);
    const tests = source.testsBetween(owner.region, source.regionOf(node));
    const text = isDefault
      ? 'default'
      : valueNode === undefined
        ? `?${node.start}`
        : source.textOf(valueNode).replace(/\s+/g, '');
    owner.cases.push({ low, high, text, target, tests, span });
  }
  if (colon < 0) {
    lose(cx, node);
    return;
  }
  const before = source.testsBetween(region, source.regionOf(node)).length > 0 ? region : source.regionOf(node);
  lowerStatements(
    cx,
    node.children.slice(colon + 1).filter((child) => child.named || child.broken),
    before,
  );
}

function caseRange(cx: Body, node: SyntaxNode | undefined, span: Span): { low: Expr; high: Expr | null } {
  if (node === undefined || hasDamage(node)) return { low: unsupported('the case is not C', span), high: null };
  if (node.type === 'binary_expression') {
    const operator = node.children.find((child) => !child.named);
    const left = childOf(node, 'left');
    const right = childOf(node, 'right');
    if (
      operator !== undefined &&
      left !== undefined &&
      right !== undefined &&
      cx.source.masks.get(operator.start)?.k === 'range'
    ) {
      return { low: lowerConstant(cx, left), high: lowerConstant(cx, right) };
    }
  }
  return { low: lowerConstant(cx, node), high: null };
}
