import { branchOnConfig, lowerCondition } from './branching';
import type { Builder, Draft } from './builder';
import { type Context, intExpr, type Jumps, type Label, load, loadLocal, UNKNOWN_TYPE, unsupported } from './context';
import { lowerDeclaration } from './declarations';
import { hasDamage, isDamaged, lowerEffect, lowerExpr, shorten } from './expressions';
import { lowerForeignLoop, lowerOnceBlock } from './foreign';
import { RESERVED } from './idioms';
import { lowerIf } from './ifs';
import type { Expr, Place, Span } from './ir';
import { lowerDo, lowerFor, lowerWhile } from './loops';
import { lowerCase, lowerSwitch } from './switches';
import { childOf, namedOf, type SyntaxNode } from './syntax';

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
  'declaration',
  'type_definition',
  'struct_specifier',
  'union_specifier',
  'enum_specifier',
]);
/** What version control leaves where two changes clash: of the two, none is known to be the driver's. */
const CONFLICT = /<{7}|\|{7}|={7}|>{7}/;
const CONTROL_WORD = /[{}]|\b(if|else|for|while|do|switch|case|default|return|goto|break|continue)\b/;
/** What a macro that nothing declares may hold, no text tells. */
const MACRO_CALL = /\b[A-Z][A-Z0-9_]{2,}\s*\(/;
const STATEMENT_WORD = /\b(if|else|for|while|do|switch|return|goto)\b/;

/** Lowers statements in a row; those that preprocessor conditions take away are branched around. */
export function lowerStatements(cx: Body, nodes: readonly SyntaxNode[], region: number): void {
  for (let i = 0; i < nodes.length; ) {
    const node = nodes[i];
    if (node === undefined) break;
    const inner = cx.source.regionOf(node);
    const tests = cx.source.testsBetween(region, inner);
    if (tests.length === 0) {
      if (mayBelongTo(cx, nodes[i - 1], node)) lowerHeadless(cx, [node], inner, 'goes on');
      else lowerStatement(cx, node, inner);
      if (hasSwallowed(cx, node)) doubt(cx, node);
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

/** Whether a statement may have been the body of what stands broken before it: of some head, or of a condition alone. */
function mayBelongTo(cx: Body, before: SyntaxNode | undefined, node: SyntaxNode): boolean {
  if (!before?.hasError) return false;
  if (node.type === 'compound_statement') return true;
  // `i (x)` and then a statement that is indented more: an `if` on its way.
  if (cx.source.indentation(node.start) > cx.source.indentation(before.start)) return true;
  const [only, end] = before.children;
  return (
    before.type === 'expression_statement' && only?.type === 'parenthesized_expression' && end?.type === 'MISSING ;'
  );
}

const SIMPLE: ReadonlySet<string> = new Set([
  'return_statement',
  'expression_statement',
  'declaration',
  'goto_statement',
]);
const STATEMENT_BELOW = /\n[\s\S]*\b(if|for|while|do|switch|case|return|goto)\b/;

/** Whether a statement that has lost its end has taken statements below it for a part of itself. */
function hasSwallowed(cx: Body, node: SyntaxNode): boolean {
  if (!node.hasError) return false;
  if (SIMPLE.has(node.type)) return hasDamage(node) && STATEMENT_BELOW.test(cx.source.textOf(node));
  return node.children.some((child) => hasSwallowed(cx, child));
}

/** What comes after a statement may be lost, even where the statement itself is not come by. */
function doubt(cx: Body, node: SyntaxNode): void {
  const span = cx.source.span(node);
  const reason = 'the text is not C';
  const [lost, on] = [cx.builder.block(), cx.builder.block()];
  branch(cx, unsupported(reason, span), lost, on);
  cx.builder.enter(lost);
  cx.builder.end({ k: 'lost', reason, span });
  cx.builder.enter(on);
}

/** Statements of a block whose head is broken or not in the text: they run or do not. Says what comes when they do not. */
export function lowerHeadless(
  cx: Body,
  nodes: readonly SyntaxNode[],
  region: number,
  otherwise: 'goes on' | 'is lost',
): void {
  const { builder, source } = cx;
  const [first] = nodes;
  if (first === undefined) return;
  const span = source.span(first);
  const reason = 'what this block belongs to is not C';
  const [runs, ends] = [builder.block(), builder.block()];
  branch(cx, unsupported(reason, span), runs, ends);
  if (otherwise === 'is lost') {
    builder.enter(ends);
    builder.end({ k: 'lost', reason, span });
  }
  builder.enter(runs);
  for (const node of nodes) lowerStatement(cx, node, region);
  if (otherwise === 'goes on') builder.fallInto(ends);
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
  reportMissing(cx, node);
  const foreign = cx.source.masks.get(node.start);
  if (node.type === 'ERROR' || node.type === 'too_deep') lose(cx, node);
  else if (foreign?.k === 'loop' && node.type === 'while_statement') lowerForeignLoop(cx, node, foreign.name, region);
  else if (foreign?.k === 'once' && node.type === 'if_statement') lowerOnceBlock(cx, node, foreign, region);
  else if (isNoType(cx, childOf(node, 'type'))) {
    lose(cx, node);
  } else if (DECLARATIONS.has(node.type)) {
    const damage = hasDamage(node);
    if (damage && CONTROL_WORD.test(cx.source.textOf(node).replace(/[{}]/g, ' '))) lose(cx, node);
    else {
      if (damage) reportDamage(cx, node);
      lowerDeclaration(cx, node, region);
    }
  } else lowerPlainStatement(cx, node, region);
}

/** `foo(a) b = c;` is a call without its semicolon, `else x = y;` has lost its if, and a variable is no type. */
function isNoType(cx: Body, type: SyntaxNode | undefined): boolean {
  if (type === undefined) return false;
  const name = type.type === 'type_identifier' ? cx.source.textOf(type) : '';
  return type.type === 'macro_type_specifier' || RESERVED.has(name) || cx.builder.resolve(name) !== undefined;
}

function lowerPlainStatement(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  switch (node.type) {
    case 'compound_statement':
      lowerBlock(cx, node, region);
      break;
    case 'expression_statement': {
      const expression = namedOf(node)[0];
      // `x = if (y) goto z;` reads like a call named `if` and then a jump.
      // And a row of a list macro whose own macro has no definition may have been a whole arm.
      const open = node.hasError && (STATEMENT_WORD.test(source.textOf(node)) || MACRO_CALL.test(source.textOf(node)));
      if (hasDamage(node) || open) lose(cx, node);
      else if (expression !== undefined) lowerEffect(cx, expression);
      break;
    }
    case 'if_statement':
      lowerIf(cx, node, region);
      break;
    case 'switch_statement':
      lowerSwitch(cx, node, region);
      break;
    case 'case_statement':
      lowerCase(cx, node, region);
      break;
    case 'while_statement':
      lowerWhile(cx, node, region);
      break;
    case 'do_statement':
      lowerDo(cx, node, region);
      break;
    case 'for_statement':
      lowerFor(cx, node, region);
      break;
    case 'return_statement': {
      const value = namedOf(node)[0];
      const span = source.span(node);
      if (hasDamage(node)) reportDamage(cx, node);
      const result = isDamaged(node) ? unsupported('the text is not C', span) : value && lowerExpr(cx, value);
      builder.end({ k: 'return', value: result ?? null, span });
      break;
    }
    case 'break_statement':
      jump(cx, cx.jumps.breaks.at(-1), 'break outside a loop or switch', node);
      if (cx.jumps.breaks.length === 0) cx.builder.isTorn = true;
      break;
    case 'continue_statement':
      jump(cx, cx.jumps.continues.at(-1), 'continue outside a loop', node);
      if (cx.jumps.continues.length === 0) cx.builder.isTorn = true;
      break;
    case 'goto_statement': {
      const label = isDamaged(node) ? undefined : childOf(node, 'label');
      const target = label === undefined ? undefined : labelOf(cx, source.textOf(label), source.span(node)).block;
      jump(cx, target, 'computed goto', node);
      break;
    }
    case 'labeled_statement':
      lowerLabeled(cx, node, region);
      break;
    case 'attributed_statement':
      lowerStatements(
        cx,
        namedOf(node).filter((child) => !child.type.startsWith('attribute')),
        region,
      );
      break;
    case 'else_clause':
      lowerStatements(cx, namedOf(node), region);
      break;
    case 'function_definition':
      if (hasDamage(node) || isControl(cx, childOf(node, 'declarator'))) lose(cx, node);
      else builder.problem('syntax', 'a function inside a function', source.span(node));
      break;
    default:
      if (node.type.endsWith('_expression') && !hasDamage(node)) lowerEffect(cx, node);
      else if (node.named && !node.type.startsWith('attribute')) lose(cx, node);
  }
}

/** `x if (a) { }` reads like a function named `if`. */
function isControl(cx: Body, declarator: SyntaxNode | undefined): boolean {
  const name = declarator && childOf(declarator, 'declarator');
  return name !== undefined && RESERVED.has(cx.source.textOf(name));
}

function lowerBlock(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  if (source.damaged && source.indentation(node.start) !== source.indentation(node.end - 1)) {
    builder.end({ k: 'lost', reason: 'the braces of this block do not match', span: source.span(node) });
    return;
  }
  builder.scoped(() => lowerStatements(cx, namedOf(node), region));
}

function jump(cx: Body, target: Draft | undefined, reason: string, node: SyntaxNode): void {
  if (target === undefined) cx.builder.end({ k: 'lost', reason, span: cx.source.span(node) });
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

function reportMissing(cx: Body, node: SyntaxNode): void {
  if (!node.hasError || !node.children.some((child) => child.type === 'MISSING ;')) return;
  cx.builder.problem('syntax', `a ; is missing: ${shorten(cx.source.textOf(node))}`, cx.source.span(node));
}

export function reportDamage(cx: Body, node: SyntaxNode): void {
  cx.builder.problem('syntax', `this is not C: ${shorten(cx.source.textOf(node))}`, cx.source.span(node));
}

/** Text that is no statement: its effects are unknown, and with control flow in it so is what comes next. */
export function lose(cx: Body, node: SyntaxNode): void {
  const span = cx.source.span(node);
  const text = cx.source.textOf(node);
  reportDamage(cx, node);
  const reason =
    node.type === 'too_deep'
      ? 'nested too deeply'
      : CONFLICT.test(text)
        ? 'a conflict of two changes is not resolved'
        : 'the text is not C';
  if (CONTROL_WORD.test(text) || MACRO_CALL.test(text) || CONFLICT.test(text) || node.type === 'too_deep') {
    cx.builder.end({ k: 'lost', reason, span });
    return;
  }
  const places: Place[] = [];
  const words = new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
  for (const name of new Set(cx.builder.names())) {
    // A word may be a name that is not typed to its end.
    const place = [...words].some((word) => word === name || (word.length > 1 && name.startsWith(word)))
      ? cx.builder.resolve(name)
      : undefined;
    if (place !== undefined) places.push(place, { k: 'deref', pointer: load(place, span) });
  }
  for (const [path] of text.matchAll(/[A-Za-z_]\w*(?:\s*(?:->|\.)\s*\w+)+/g)) places.push(...placesOn(cx, path, span));
  cx.builder.emit({ k: 'havoc', cause: 'unmodelled', places, reason, span });
}

/** The members that a path such as `a->b.c` leads through, the last first. */
function placesOn(cx: Body, path: string, span: Span): Place[] {
  const [name = '', ...steps] = path.split(/\s*(->|\.)\s*/);
  let at = cx.builder.resolve(name);
  const found: Place[] = [];
  for (let i = 0; at !== undefined && i + 1 < steps.length; i += 2) {
    const base: Place = steps[i] === '->' ? { k: 'deref', pointer: load(at, span) } : at;
    at = { k: 'field', base, name: steps[i + 1] ?? '' };
    found.unshift(at);
  }
  return found;
}

/** The expression in a control statement's parentheses; unknown when the text is broken there. */
export function condition(cx: Body, node: SyntaxNode, field = 'condition'): SyntaxNode | Expr {
  const found = childOf(node, field);
  const span = cx.source.span(node);
  if (found === undefined) return unsupported('the condition is missing', { start: span.start, end: span.start });
  if (hasDamage(found)) {
    cx.builder.problem('syntax', `this condition is not C: ${shorten(cx.source.textOf(found))}`, cx.source.span(found));
    return unsupported('the condition is not C', cx.source.span(found));
  }
  return found;
}

export function isNode(value: SyntaxNode | Expr): value is SyntaxNode {
  return 'children' in value;
}

export function branch(cx: Body, on: SyntaxNode | Expr, yes: Draft, no: Draft): void {
  if (isNode(on)) lowerCondition(cx, on, yes, no);
  else cx.builder.end({ k: 'branch', cond: on, then: yes, else: no, span: on.span });
}

/** Broken text between the parts of a control statement: nothing after it can be trusted. */
export function isLost(cx: Body, node: SyntaxNode): boolean {
  const swallowed = (child: SyntaxNode): boolean =>
    child.field === 'condition' && hasDamage(child) && CONTROL_WORD.test(cx.source.textOf(child));
  const stray = node.children.find((child) => (child.broken && child.type !== 'MISSING ;') || swallowed(child));
  if (stray === undefined) return false;
  reportDamage(cx, stray.end > stray.start ? stray : node);
  cx.builder.end({ k: 'lost', reason: 'the text is not C', span: cx.source.span(node) });
  return true;
}

function lowerLabeled(cx: Body, node: SyntaxNode, region: number): void {
  const name = childOf(node, 'label');
  if (name !== undefined) {
    const label = labelOf(cx, cx.source.textOf(name), cx.source.span(name));
    label.defined = true;
    cx.builder.fallInto(label.block);
  }
  lowerStatements(
    cx,
    namedOf(node).filter((child) => child.field !== 'label'),
    region,
  );
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
    if (last !== undefined) reportMissing(cx, last);
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
