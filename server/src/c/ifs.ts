import { branchOnConfig } from './branching';
import type { Draft } from './builder';
import { type Body, branch, condition, isLost, lowerStatements } from './statements';
import { childOf, namedOf, type SyntaxNode } from './syntax';

/** If statements and their chains. */

/** An if and its `else if` chain, without recursion: such chains may be long. */
export function lowerIf(cx: Body, first: SyntaxNode, firstRegion: number): void {
  const { builder, source } = cx;
  const after = builder.block();
  let node = first;
  let region = firstRegion;
  for (;;) {
    if (isLost(cx, node)) break;
    const yes = builder.block();
    const no = builder.block();
    branch(cx, condition(cx, node), yes, no);
    const consequence = childOf(node, 'consequence');
    builder.enter(yes);
    if (consequence !== undefined) lowerStatements(cx, [consequence], regionForArm(cx, consequence, region));
    builder.goto(after);
    builder.enter(no);
    const alternative = childOf(node, 'alternative');
    const arm = alternative === undefined ? undefined : namedOf(alternative)[0];
    if (alternative === undefined || arm === undefined) break;
    if (isLost(cx, alternative)) break;
    const inner = source.regionOf(alternative);
    const tests = source.testsBetween(region, inner);
    if (arm.type !== 'if_statement' || source.masks.has(arm.start)) {
      for (const test of tests) branchOnConfig(cx, test, after, arm);
      lowerStatements(cx, [arm], tests.length > 0 ? inner : regionForArm(cx, arm, region));
      break;
    }
    // `#ifdef A / } else if (x) { / #endif`: without A the chain goes on at this arm's own else.
    if (tests.length > 0) {
      const next = childOf(arm, 'alternative');
      const skip = builder.block();
      for (const test of tests) branchOnConfig(cx, test, skip, arm);
      const body = childOf(arm, 'consequence');
      const own = builder.block();
      if (!isLost(cx, arm)) branch(cx, condition(cx, arm), own, skip);
      builder.enter(own);
      if (body !== undefined) lowerStatements(cx, [body], inner);
      builder.goto(after);
      builder.enter(skip);
      const nextArm = next === undefined ? undefined : namedOf(next)[0];
      if (next === undefined || nextArm === undefined) break;
      const nextRegion = source.regionOf(next);
      if (nextArm.type !== 'if_statement' || source.testsBetween(region, nextRegion).length > 0) {
        lowerElse(cx, next, region, after);
        break;
      }
      node = nextArm;
      region = nextRegion;
      continue;
    }
    node = arm;
    region = inner;
  }
  builder.fallInto(after);
}

/** An arm's statement whose own region is not inside the if's is taken as it stands. */
function regionForArm(cx: Body, arm: SyntaxNode, region: number): number {
  const inner = cx.source.regionOf(arm);
  return inner === region || cx.source.testsBetween(region, inner).length > 0 ? region : inner;
}

function lowerElse(cx: Body, clause: SyntaxNode, region: number, after: Draft): void {
  const inner = cx.source.regionOf(clause);
  const arm = namedOf(clause)[0];
  if (arm === undefined) return;
  const tests = cx.source.testsBetween(region, inner);
  if (arm.type !== 'if_statement') {
    for (const test of tests) branchOnConfig(cx, test, after, arm);
    lowerStatements(cx, [arm], inner);
    return;
  }
  const skip = cx.builder.block();
  for (const test of tests) branchOnConfig(cx, test, skip, arm);
  const own = cx.builder.block();
  if (!isLost(cx, arm)) branch(cx, condition(cx, arm), own, skip);
  cx.builder.enter(own);
  const body = childOf(arm, 'consequence');
  if (body !== undefined) lowerStatements(cx, [body], inner);
  cx.builder.goto(after);
  cx.builder.enter(skip);
  const next = childOf(arm, 'alternative');
  if (next !== undefined) lowerElse(cx, next, region, after);
}
