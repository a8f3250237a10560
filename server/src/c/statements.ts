import type { Draft, DraftTerminator } from './builder';
import { type CaseDraft, type Context, intExpr, type Jumps, type Label, load, loadLocal, UNKNOWN_TYPE, unsupported } from './context';
import { lowerDeclaration } from './declarations';
import { branchOnConfig, hasDamage, isDamaged, lowerCondition, lowerConstant, lowerEffect, lowerExpr, shorten, unwrap } from './expressions';
import { lowerForeignLoop, lowerOnceBlock } from './foreign';
import type { Expr, Place, Span } from './ir';
import { childOf, namedOf, type SyntaxNode } from './syntax';
import type { Builder } from './builder';

/** Statements: structured C becomes blocks and jumps. */

/** A context in a function body. */
export interface Body extends Context {
  readonly builder: Builder;
  readonly jumps: Jumps;
}

export function isBody(cx: Context): cx is Body {
  return cx.builder !== null && cx.jumps !== null;
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  'declaration', 'type_definition', 'struct_specifier', 'union_specifier', 'enum_specifier',
]);
const CONTROL_WORD = /[{}]|\b(if|else|for|while|do|switch|case|default|return|goto|break|continue)\b/;

/** Lowers statements in a row; those that preprocessor conditions take away are branched around. */
export function lowerStatements(cx: Body, nodes: readonly SyntaxNode[], region: number): void {
  for (let i = 0; i < nodes.length; ) {
    const node = nodes[i];
    if (node === undefined) break;
    const inner = cx.source.regionOf(node);
    const tests = cx.source.testsBetween(region, inner);
    if (tests.length === 0) {
      lowerStatement(cx, node, inner);
      i++;
      continue;
    }
    // Neighbours under the same condition share one branch.
    let end = i + 1;
    while (end < nodes.length && cx.source.regionOf(nodes[end] ?? node) === inner) end++;
    const after = cx.builder.block();
    const group = nodes.slice(i, end);
    const last = group.at(-1);
    const rest = last === undefined ? [] : outsideParts(cx, last, inner);
    const off = rest.length > 0 ? cx.builder.block() : after;
    for (const test of tests) branchOnConfig(cx, test, off, node);
    for (const statement of group) lowerStatement(cx, statement, inner);
    cx.builder.goto(after);
    if (rest.length > 0) {
      cx.builder.enter(off);
      for (const part of rest) lowerStatement(cx, part, region);
      cx.builder.goto(after);
    }
    cx.builder.enter(after);
    i = end;
  }
}

/** The arms of an `if` whose head is under a condition and which are not: `#ifdef A / if (x) / #endif / foo();` */
function outsideParts(cx: Body, node: SyntaxNode, region: number): SyntaxNode[] {
  if (node.type !== 'if_statement') return [];
  const inRegion = (part: SyntaxNode): boolean => {
    const at = cx.source.regionOf(part);
    return at === region || cx.source.testsBetween(region, at).length > 0;
  };
  const parts: SyntaxNode[] = [];
  const consequence = childOf(node, 'consequence');
  if (consequence !== undefined && !inRegion(consequence)) parts.push(consequence);
  const alternative = childOf(node, 'alternative');
  const arm = alternative === undefined ? undefined : namedOf(alternative)[0];
  if (arm !== undefined && !inRegion(arm)) parts.push(arm);
  return parts;
}

/** Lowers one statement that is in `region`. */
export function lowerStatement(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  const span = source.span(node);
  if (node.type === 'ERROR' || node.type === 'too_deep') {
    lose(cx, node);
    return;
  }
  const foreign = source.masks.get(node.start);
  if (foreign?.k === 'loop' && node.type === 'while_statement') return lowerForeignLoop(cx, node, foreign.name, region);
  if (foreign?.k === 'once' && node.type === 'if_statement') return lowerOnceBlock(cx, node, foreign, region);
  if (DECLARATIONS.has(node.type)) {
    if (hasDamage(node)) reportDamage(cx, node);
    lowerDeclaration(cx, node, region);
    return;
  }
  switch (node.type) {
    case 'compound_statement':
      if (source.damaged && source.indentation(node.start) !== source.indentation(node.end - 1)) {
        end(cx, { k: 'lost', reason: 'the braces of this block do not match', span });
        return;
      }
      builder.scoped(() => lowerStatements(cx, namedOf(node), region));
      return;
    case 'expression_statement': {
      const expression = namedOf(node)[0];
      if (hasDamage(node)) lose(cx, node);
      else if (expression !== undefined) lowerEffect(cx, expression);
      return;
    }
    case 'if_statement':
      return lowerIf(cx, node, region);
    case 'switch_statement':
      return lowerSwitch(cx, node, region);
    case 'case_statement':
      return lowerCase(cx, node, region);
    case 'while_statement':
      return lowerWhile(cx, node, region);
    case 'do_statement':
      return lowerDo(cx, node, region);
    case 'for_statement':
      return lowerFor(cx, node, region);
    case 'return_statement': {
      const value = namedOf(node)[0];
      if (hasDamage(node)) reportDamage(cx, node);
      builder.end({ k: 'return', value: value === undefined ? null : lowerExpr(cx, value), span });
      return;
    }
    case 'break_statement':
      return jump(cx, cx.jumps.breaks.at(-1), 'break outside a loop or switch', span);
    case 'continue_statement':
      return jump(cx, cx.jumps.continues.at(-1), 'continue outside a loop', span);
    case 'goto_statement': {
      const label = childOf(node, 'label');
      if (label === undefined || isDamaged(node)) return end(cx, { k: 'lost', reason: 'computed goto', span });
      return builder.goto(labelOf(cx, source.textOf(label), span).block);
    }
    case 'labeled_statement':
      return lowerLabeled(cx, node, region);
    case 'attributed_statement':
      return lowerStatements(cx, namedOf(node).filter((child) => !child.type.startsWith('attribute')), region);
    case 'else_clause':
      return lowerStatements(cx, namedOf(node), region);
    case 'function_definition':
      builder.problem('unsupported', 'a function inside a function', source.span(childOf(node, 'declarator') ?? node));
      return;
    default:
      if (node.broken) return lose(cx, node);
      if (node.named && node.type !== 'attribute_specifier' && node.type !== 'attribute_declaration') lowerEffect(cx, node);
  }
}

function end(cx: Body, terminator: DraftTerminator): void {
  cx.builder.end(terminator);
}

function jump(cx: Body, target: Draft | undefined, reason: string, span: Span): void {
  if (target === undefined) end(cx, { k: 'lost', reason, span });
  else cx.builder.goto(target);
}

export function labelOf(cx: Body, name: string, span: Span): Label {
  let label = cx.jumps.labels.get(name);
  if (label === undefined) {
    label = { block: cx.builder.block(), defined: false, span };
    cx.jumps.labels.set(name, label);
  }
  return label;
}

function reportDamage(cx: Body, node: SyntaxNode): void {
  cx.builder.problem('syntax', `this is not C: ${shorten(cx.source.textOf(node))}`, cx.source.span(node));
}

/** Text that is no statement: its effects are unknown, and with control flow in it so is what comes next. */
function lose(cx: Body, node: SyntaxNode): void {
  const span = cx.source.span(node);
  const text = cx.source.textOf(node);
  reportDamage(cx, node);
  if (CONTROL_WORD.test(text) || node.type === 'too_deep') {
    end(cx, { k: 'lost', reason: node.type === 'too_deep' ? 'nested too deeply' : 'the text is not C', span });
    return;
  }
  const places: Place[] = [];
  for (const name of new Set(text.match(/[A-Za-z_]\w*/g) ?? [])) {
    const place = cx.builder.resolve(name);
    if (place !== undefined) places.push(place, { k: 'deref', pointer: load(place, span) });
  }
  cx.builder.emit({ k: 'havoc', places, reason: 'the text is not C', span });
}

/** The expression in a control statement's parentheses; unknown when the text is broken there. */
function condition(cx: Body, node: SyntaxNode, field = 'condition'): SyntaxNode | Expr {
  const found = childOf(node, field);
  const span = cx.source.span(node);
  if (found === undefined) return unsupported('the condition is missing', { start: span.start, end: span.start });
  if (hasDamage(found)) {
    cx.builder.problem('syntax', `this condition is not C: ${shorten(cx.source.textOf(found))}`, cx.source.span(found));
    return unsupported('the condition is not C', cx.source.span(found));
  }
  return found;
}

function isNode(value: SyntaxNode | Expr): value is SyntaxNode {
  return 'children' in value;
}

function branch(cx: Body, on: SyntaxNode | Expr, yes: Draft, no: Draft): void {
  if (isNode(on)) lowerCondition(cx, on, yes, no);
  else cx.builder.end({ k: 'branch', cond: on, then: yes, else: no, span: on.span });
}

/** Broken text between the parts of a control statement: nothing after it can be trusted. */
function isLost(cx: Body, node: SyntaxNode): boolean {
  const stray = node.children.find((child) => child.broken && child.type !== 'MISSING ;');
  if (stray === undefined) return false;
  reportDamage(cx, stray.end > stray.start ? stray : node);
  end(cx, { k: 'lost', reason: 'the text is not C', span: cx.source.span(node) });
  return true;
}

/** An if and its `else if` chain, without recursion: such chains may be long. */
function lowerIf(cx: Body, first: SyntaxNode, firstRegion: number): void {
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

function lowerSwitch(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  const span = source.span(node);
  if (isLost(cx, node)) return;
  const on = condition(cx, node);
  const value = isNode(on) ? lowerExpr(cx, on) : on;
  const dispatch = builder.current;
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
  dispatch.terminator = dispatchOf(cx, cases, value, exit, condSpan);
  builder.enter(exit);
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
    if (entry.low === null || guarded.has(entry.text)) return;
    const draft = target(index, fallback);
    guarded.set(entry.text, draft);
    list.push({ low: entry.low, high: entry.high, target: draft, span: entry.span });
  });
  return { k: 'switch', value, cases: list, default: fallback, span };
}

function lowerCase(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  const owner = cx.jumps.switches.at(-1);
  const colon = node.children.findIndex((child) => child.type === ':');
  const valueNode = childOf(node, 'value');
  const label = node.children[colon];
  const span = source.range(node.start, label?.end ?? node.end);
  const target = builder.block();
  builder.fallInto(target);
  if (owner === undefined) builder.problem('syntax', 'case outside a switch', span);
  else {
    const isDefault = node.children[0]?.type === 'default';
    const { low, high } = isDefault ? { low: null, high: null } : caseRange(cx, valueNode, span);
    const tests = source.testsBetween(owner.region, source.regionOf(node));
    const text = isDefault ? 'default' : valueNode === undefined ? `?${node.start}` : source.textOf(valueNode).replace(/\s+/g, '');
    owner.cases.push({ low, high, text, target, tests, span });
  }
  if (colon < 0) return lose(cx, node);
  const before = source.testsBetween(region, source.regionOf(node)).length > 0 ? region : source.regionOf(node);
  lowerStatements(cx, node.children.slice(colon + 1).filter((child) => child.named || child.broken), before);
}

function caseRange(cx: Body, node: SyntaxNode | undefined, span: Span): { low: Expr; high: Expr | null } {
  if (node === undefined || hasDamage(node)) return { low: unsupported('the case is not C', span), high: null };
  if (node.type === 'binary_expression') {
    const operator = node.children.find((child) => !child.named);
    const left = childOf(node, 'left');
    const right = childOf(node, 'right');
    if (operator !== undefined && left !== undefined && right !== undefined && cx.source.masks.get(operator.start)?.k === 'range') {
      return { low: lowerConstant(cx, left), high: lowerConstant(cx, right) };
    }
  }
  return { low: lowerConstant(cx, node), high: null };
}

/** Lowers a loop's body with its own break and continue. */
export function lowerLoopBody(cx: Body, body: SyntaxNode | undefined, next: Draft, exit: Draft, region: number): void {
  cx.jumps.breaks.push(exit);
  cx.jumps.continues.push(next);
  if (body !== undefined) lowerStatements(cx, [body], region);
  cx.jumps.breaks.pop();
  cx.jumps.continues.pop();
}

function lowerWhile(cx: Body, node: SyntaxNode, region: number): void {
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

function lowerDo(cx: Body, node: SyntaxNode, region: number): void {
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

function lowerFor(cx: Body, node: SyntaxNode, region: number): void {
  if (isLost(cx, node)) return;
  const { builder } = cx;
  builder.scoped(() => {
    const initializer = childOf(node, 'initializer');
    if (initializer?.type === 'declaration') lowerDeclaration(cx, initializer, region);
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

function lowerLabeled(cx: Body, node: SyntaxNode, region: number): void {
  const name = childOf(node, 'label');
  if (name !== undefined) {
    const label = labelOf(cx, cx.source.textOf(name), cx.source.span(name));
    label.defined = true;
    cx.builder.fallInto(label.block);
  }
  lowerStatements(cx, namedOf(node).filter((child) => child.field !== 'label'), region);
}

/** `({ ...; value; })`: the value of its last statement. */
export function lowerStatementExpression(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  if (!isBody(cx)) return unsupported('a block outside a function', span);
  const region = cx.source.regionOf(node);
  return cx.builder.scoped(() => {
    const statements = namedOf(node);
    const last = statements.at(-1);
    const value = last?.type === 'expression_statement' && !hasDamage(last) ? namedOf(last)[0] : undefined;
    if (value === undefined) {
      lowerStatements(cx, statements, region);
      return intExpr(0n, span);
    }
    lowerStatements(cx, statements.slice(0, -1), region);
    if (isVoidCast(cx, value)) {
      lowerEffect(cx, value);
      return intExpr(0n, span);
    }
    return loadLocal(cx.builder.hold(lowerExpr(cx, value), span, UNKNOWN_TYPE), span);
  });
}

function isVoidCast(cx: Context, node: SyntaxNode): boolean {
  const type = node.type === 'cast_expression' ? childOf(node, 'type') : undefined;
  return type !== undefined && cx.source.textOf(type) === 'void';
}
