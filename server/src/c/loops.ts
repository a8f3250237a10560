import type { Draft } from './builder';
import { lowerEffect } from './expressions';
import { type Body, branch, condition, isLost, lowerStatement, lowerStatements } from './statements';
import { childOf, type SyntaxNode } from './syntax';

/** Loops of C itself; those that macros make are in `foreign.ts`. */

/** Lowers a loop's body with its own break and continue. */
export function lowerLoopBody(cx: Body, body: SyntaxNode | undefined, next: Draft, exit: Draft, region: number): void {
  cx.jumps.breaks.push(exit);
  cx.jumps.continues.push(next);
  if (body !== undefined) lowerStatements(cx, [body], region);
  cx.jumps.breaks.pop();
  cx.jumps.continues.pop();
}

export function lowerWhile(cx: Body, node: SyntaxNode, region: number): void {
  if (isLost(cx, node)) return;
  const { builder } = cx;
  const head = builder.block();
  const body = builder.block();
  const exit = builder.block();
  builder.fallInto(head);
  branch(cx, condition(cx, node), body, exit);
  builder.enter(body);
  lowerLoopBody(cx, childOf(node, 'body'), head, exit, region);
  builder.goto(head);
  builder.enter(exit);
}

export function lowerDo(cx: Body, node: SyntaxNode, region: number): void {
  if (isLost(cx, node)) return;
  const { builder } = cx;
  const body = builder.block();
  const test = builder.block();
  const exit = builder.block();
  builder.fallInto(body);
  lowerLoopBody(cx, childOf(node, 'body'), test, exit, region);
  builder.fallInto(test);
  branch(cx, condition(cx, node), body, exit);
  builder.enter(exit);
}

export function lowerFor(cx: Body, node: SyntaxNode, region: number): void {
  if (isLost(cx, node)) return;
  const { builder } = cx;
  builder.scoped(() => {
    const initializer = childOf(node, 'initializer');
    if (initializer?.type === 'declaration') lowerStatement(cx, initializer, region);
    else if (initializer !== undefined) lowerEffect(cx, initializer);
    const head = builder.block();
    const body = builder.block();
    const update = builder.block();
    const exit = builder.block();
    builder.fallInto(head);
    if (childOf(node, 'condition') === undefined) builder.goto(body);
    else branch(cx, condition(cx, node), body, exit);
    builder.enter(body);
    lowerLoopBody(cx, childOf(node, 'body'), update, exit, region);
    builder.fallInto(update);
    const step = childOf(node, 'update');
    if (step !== undefined) lowerEffect(cx, step);
    builder.goto(head);
    builder.enter(exit);
  });
}
