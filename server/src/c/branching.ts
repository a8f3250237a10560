import type { Builder, Draft } from './builder';
import { type Context, INT, intExpr, load, UNKNOWN_TYPE, unsupported } from './context';
import { isDamaged, lowerEffect, lowerExpr, unwrap } from './expressions';
import type { Expr, Place, Span } from './ir';
import { childOf, operatorOf, type SyntaxNode } from './syntax';

/** What decides: `&&`, `||`, `!` and `?:`, as conditions and as values. */

/** `c ? f() : g();` and `c && f();` as statements. */
export function lowerBranchEffect(cx: Context, node: SyntaxNode): void {
  const { builder } = cx;
  if (builder === null) return;
  const done = builder.block();
  if (node.type === 'binary_expression') {
    const right = childOf(node, 'right');
    const left = childOf(node, 'left');
    if (left === undefined || right === undefined) return;
    const more = builder.block();
    if (operatorOf(node) === '&&') lowerCondition(cx, left, more, done);
    else lowerCondition(cx, left, done, more);
    builder.enter(more);
    lowerEffect(cx, right);
    builder.fallInto(done);
    return;
  }
  const condition = childOf(node, 'condition');
  if (condition === undefined) return;
  const yes = builder.block();
  const no = builder.block();
  lowerCondition(cx, condition, yes, no);
  for (const [block, field] of [
    [yes, 'consequence'],
    [no, 'alternative'],
  ] as const) {
    builder.enter(block);
    const arm = childOf(node, field);
    if (arm !== undefined) lowerEffect(cx, arm);
    builder.goto(done);
  }
  builder.enter(done);
}

/** `&&`, `||` and a `!` over them as a value: 1 or 0 in a temporary. */
export function lowerLogical(cx: Context, node: SyntaxNode, span: Span): Expr {
  const { builder } = cx;
  if (builder === null) return pureLogical(cx, node, span);
  const result: Place = { k: 'local', id: builder.temporary(INT, span) };
  const yes = builder.block();
  const no = builder.block();
  const done = builder.block();
  lowerCondition(cx, node, yes, no);
  builder.enter(yes);
  builder.assign(result, intExpr(1n, span), span);
  builder.goto(done);
  builder.enter(no);
  builder.assign(result, intExpr(0n, span), span);
  builder.fallInto(done);
  return load(result, span);
}

/** At file scope both sides are constant, so that bit operations on truth values do. */
function pureLogical(cx: Context, node: SyntaxNode, span: Span): Expr {
  const truth = (side: SyntaxNode | undefined): Expr =>
    side === undefined
      ? unsupported('operand', span)
      : { k: 'binary', op: '!=', left: lowerExpr(cx, side), right: intExpr(0n, span), span: cx.source.span(side) };
  const op = operatorOf(node) === '&&' ? '&' : '|';
  return { k: 'binary', op, left: truth(childOf(node, 'left')), right: truth(childOf(node, 'right')), span };
}

/** Where nothing can branch: `c ? a : b` is `(c != 0) * a + (c == 0) * b`. */
function pureConditional(condition: Expr, yes: Expr, no: Expr, span: Span): Expr {
  if (condition.k === 'unsupported') return condition;
  if (condition.k === 'int') return condition.value !== 0n ? yes : no;
  const zero = intExpr(0n, span);
  const weighed = (op: '!=' | '==', arm: Expr): Expr => {
    const weight: Expr = { k: 'binary', op, left: condition, right: zero, span };
    return { k: 'binary', op: '*', left: weight, right: arm, span };
  };
  return { k: 'binary', op: '+', left: weighed('!=', yes), right: weighed('==', no), span };
}

export function lowerConditional(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const { builder } = cx;
  const condition = childOf(node, 'condition');
  const consequence = childOf(node, 'consequence');
  const alternative = childOf(node, 'alternative');
  if (condition === undefined || alternative === undefined) return unsupported('conditional', span);
  if (builder === null) {
    return pureConditional(
      lowerExpr(cx, condition),
      lowerExpr(cx, consequence ?? condition),
      lowerExpr(cx, alternative),
      span,
    );
  }
  const result: Place = { k: 'local', id: builder.temporary(UNKNOWN_TYPE, span) };
  const yes = builder.block();
  const no = builder.block();
  const done = builder.block();
  if (consequence === undefined) {
    builder.assign(result, lowerExpr(cx, condition), span);
    builder.end({ k: 'branch', cond: load(result, span), then: done, else: no, span: cx.source.span(condition) });
  } else {
    lowerCondition(cx, condition, yes, no);
    builder.enter(yes);
    builder.assign(result, lowerExpr(cx, consequence), cx.source.span(consequence));
    builder.goto(done);
  }
  builder.enter(no);
  builder.assign(result, lowerExpr(cx, alternative), cx.source.span(alternative));
  builder.fallInto(done);
  return load(result, span);
}

/** Branches on an expression: each operand of `&&`, `||` and `!` becomes its own branch. */
export function lowerCondition(cx: Context, outer: SyntaxNode, yes: Draft, no: Draft): void {
  const { builder } = cx;
  const node = unwrap(outer);
  if (builder === null) return;
  if (!isDamaged(node) && lowerParts(cx, builder, node, yes, no)) return;
  const cond = lowerExpr(cx, node);
  if (cond.k === 'int') builder.goto(cond.value !== 0n ? yes : no);
  else builder.end({ k: 'branch', cond, then: yes, else: no, span: cx.source.span(node) });
}

/** Branches on the operands of an expression that has its own control flow; false when it has none. */
function lowerParts(cx: Context, builder: Builder, node: SyntaxNode, yes: Draft, no: Draft): boolean {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  switch (node.type) {
    case 'unary_expression': {
      const argument = childOf(node, 'argument');
      if (operatorOf(node) !== '!' || argument === undefined) return false;
      lowerCondition(cx, argument, no, yes);
      return true;
    }
    case 'binary_expression': {
      const op = operatorOf(node);
      if ((op !== '&&' && op !== '||') || left === undefined || right === undefined) return false;
      const more = builder.block();
      // An operand under #if that its left side is not under counts only when it is there.
      const tests = cx.source.testsBetween(cx.source.regionOf(left), cx.source.regionOf(right));
      if (op === '&&') lowerCondition(cx, left, more, no);
      else lowerCondition(cx, left, yes, more);
      builder.enter(more);
      for (const test of tests) branchOnConfig(cx, test, op === '&&' ? yes : no, right);
      lowerCondition(cx, right, yes, no);
      return true;
    }
    case 'comma_expression':
      if (left === undefined || right === undefined) return false;
      lowerEffect(cx, left);
      lowerCondition(cx, right, yes, no);
      return true;
    case 'conditional_expression': {
      const condition = childOf(node, 'condition');
      const consequence = childOf(node, 'consequence');
      const alternative = childOf(node, 'alternative');
      if (condition === undefined || consequence === undefined || alternative === undefined) return false;
      const first = builder.block();
      const second = builder.block();
      lowerCondition(cx, condition, first, second);
      builder.enter(first);
      lowerCondition(cx, consequence, yes, no);
      builder.enter(second);
      lowerCondition(cx, alternative, yes, no);
      return true;
    }
    default:
      return false;
  }
}

/** Goes on only when the preprocessor test holds, else to `off`. */
export function branchOnConfig(cx: Context, test: { text: string; value: boolean }, off: Draft, at: SyntaxNode): void {
  const { builder } = cx;
  if (builder === null) return;
  const span = cx.source.span(at);
  const on = builder.block();
  const cond: Expr = { k: 'config', text: test.text, span };
  builder.end({ k: 'branch', cond, then: test.value ? on : off, else: test.value ? off : on, span });
  builder.enter(on);
}
