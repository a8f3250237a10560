import { intExpr, load, loadLocal, UNKNOWN_TYPE } from './context';
import { lowerExpr, unwrap } from './expressions';
import type { Expr, Place } from './ir';
import { lowerLoopBody } from './loops';
import type { Mask } from './mask';
import { type Body, labelOf, lowerStatements } from './statements';
import { childOf, namedOf, type SyntaxNode } from './syntax';

/** Macros of the kernel that are the head of a block, and of which only the name and the arguments are known. */

/** The arguments in the parentheses that a mask made a condition of. */
function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const condition = childOf(node, 'condition');
  const inner = condition === undefined ? undefined : namedOf(condition)[0];
  const list: SyntaxNode[] = [];
  let at = inner;
  while (at !== undefined && at.type === 'comma_expression') {
    const left = childOf(at, 'left');
    if (left !== undefined) list.push(left);
    at = childOf(at, 'right');
  }
  if (at !== undefined) list.push(at);
  return list;
}

/** `for_each_x(i, ...) { }` goes any number of rounds; each sets the macro's loop variables to something. */
export function lowerForeignLoop(cx: Body, node: SyntaxNode, name: string, region: number): void {
  const { builder, source } = cx;
  const span = source.span(childOf(node, 'condition') ?? node);
  const head = builder.block();
  const body = builder.block();
  const exit = builder.block();
  const nodes = argumentsOf(node);
  builder.fallInto(head);
  const args = nodes.map((argument) => lowerExpr(cx, argument));
  const places = loopVariables(cx, args);
  if (places.length > 0)
    builder.emit({ k: 'havoc', cause: 'iteration', places, reason: `${name}() sets its loop variables`, span });
  const more = callMacro(cx, name, args, span, true);
  builder.end({ k: 'branch', cond: more, then: body, else: exit, span });
  builder.enter(body);
  lowerLoopBody(cx, childOf(node, 'body'), head, exit, region);
  builder.goto(head);
  builder.enter(exit);
}

/** The plain locals among the arguments; parameters of the function are what is looped over, unless they come first. */
function loopVariables(cx: Body, args: readonly Expr[]): Place[] {
  const places: Place[] = [];
  args.forEach((arg, index) => {
    if (arg.k !== 'load' || arg.place.k !== 'local') return;
    const isParameter = arg.place.id < cx.jumps.parameters;
    if (index === 0 || !isParameter) places.push(arg.place);
  });
  return places;
}

/** `scoped_guard(mutex, &lock) { }`: the body runs once; break and continue leave it. */
export function lowerOnceBlock(cx: Body, node: SyntaxNode, mask: Mask & { k: 'once' }, region: number): void {
  const { builder, source } = cx;
  const span = source.span(childOf(node, 'condition') ?? node);
  const nodes = argumentsOf(node);
  const exit = builder.block();
  if (mask.failure === null) {
    callMacro(
      cx,
      mask.name,
      nodes.map((argument) => lowerExpr(cx, argument)),
      span,
      false,
    );
  } else {
    const onFailure = nodes[1];
    const rest = nodes.filter((argument) => argument !== onFailure).map((argument) => lowerExpr(cx, argument));
    const taken = callMacro(cx, mask.name, rest, span, true);
    const body = builder.block();
    const failed = builder.block();
    builder.end({ k: 'branch', cond: taken, then: body, else: failed, span });
    builder.enter(failed);
    lowerFailure(cx, onFailure, mask.failure);
    builder.enter(body);
  }
  lowerLoopBody(cx, childOf(node, 'consequence'), exit, exit, region);
  builder.goto(exit);
  builder.enter(exit);
  const alternative = childOf(node, 'alternative');
  if (alternative !== undefined) lowerStatements(cx, namedOf(alternative), region);
}

function lowerFailure(cx: Body, node: SyntaxNode | undefined, failure: 'return' | 'goto'): void {
  const { builder, source } = cx;
  if (node === undefined) return;
  const span = source.span(node);
  const text = source.textOf(unwrap(node));
  if (failure === 'goto') builder.goto(labelOf(cx, text, span).block);
  else if (/^return\b/.test(text)) builder.end({ k: 'return', value: null, span });
  else builder.end({ k: 'return', value: lowerExpr(cx, node), span });
}

function callMacro(
  cx: Body,
  name: string,
  args: readonly Expr[],
  span: { start: number; end: number },
  wanted: boolean,
): Expr {
  const dest = wanted ? cx.builder.temporary(UNKNOWN_TYPE, span) : null;
  cx.builder.emit({ k: 'call', dest, callee: load({ k: 'global', name }, span), name, args, span });
  return dest === null ? intExpr(0n, span) : loadLocal(dest, span);
}
