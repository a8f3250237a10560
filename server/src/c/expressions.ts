import { branchOnConfig, lowerBranchEffect, lowerConditional, lowerLogical } from './branching';
import { lowerCall } from './calls';
import { type Context, dereference, intExpr, load, loadLocal, UNKNOWN_TYPE, unsupported } from './context';
import { choiceOf } from './expand';
import { isTypeName, RESERVED } from './idioms';
import { lowerInitializer } from './initializers';
import type { BinaryOp, ConfigTest, CType, Expr, Place, Span, UnaryOp } from './ir';
import { parseCharacter, parseNumber, parseString } from './literals';
import { lowerStatementExpression } from './statements';
import { childOf, namedOf, operatorOf, type SyntaxNode } from './syntax';
import { descriptorType, namedType, typeFromText } from './types';

/** Expressions: side effects become instructions, `&&`, `||` and `?:` become branches, what is left is pure. */

const BINARY: ReadonlySet<string> = new Set<BinaryOp>([
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
]);
const UNARY: ReadonlySet<string> = new Set<UnaryOp>(['-', '~', '!']);
const isBinary = (op: string): op is BinaryOp => BINARY.has(op);
const isUnary = (op: string): op is UnaryOp => UNARY.has(op);

/** True when the parser lost something directly in this node; an invented `;` is harmless. */
export function isDamaged(node: SyntaxNode): boolean {
  return node.broken || node.children.some((child) => child.broken && child.type !== 'MISSING ;');
}

/** True when anything below is broken, except for a forgotten `;`. */
export function hasDamage(node: SyntaxNode): boolean {
  return node.hasError && ((node.broken && node.type !== 'MISSING ;') || node.children.some(hasDamage));
}

/** Takes the parentheses off. */
export function unwrap(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.type === 'parenthesized_expression' || at.type === 'extension_expression') {
    const inner = namedOf(at)[0];
    if (inner === undefined || isDamaged(at)) return at;
    at = inner;
  }
  return at;
}

/** The value of an expression; its side effects are emitted on the way. */
export function lowerExpr(cx: Context, outer: SyntaxNode): Expr {
  const node = unwrap(outer);
  const span = cx.source.span(node);
  if (isDamaged(node)) return damaged(cx, node);
  switch (node.type) {
    case 'identifier':
    case 'field_expression':
    case 'subscript_expression':
      return lowerLoad(cx, node);
    case 'compound_literal_expression':
      return load(lowerPlace(cx, node), span);
    case 'number_literal':
      return parseNumber(cx.source.textOf(node), span);
    case 'char_literal':
      return parseCharacter(cx.source.textOf(node), span);
    case 'string_literal':
    case 'concatenated_string':
      return { k: 'string', text: stringText(cx, node), span };
    case 'true':
      return intExpr(1n, span);
    case 'false':
      return intExpr(0n, span);
    case 'null':
      return intExpr(0n, span, { k: 'pointer', to: { k: 'void' } });
    case 'pointer_expression':
      return operatorOf(node) === '&' ? lowerAddress(cx, node) : lowerLoad(cx, node);
    case 'unary_expression':
      return lowerUnary(cx, node);
    case 'binary_expression':
      return lowerBinary(cx, node);
    case 'conditional_expression':
      return lowerConditional(cx, node);
    case 'assignment_expression':
      return lowerAssignment(cx, node, true);
    case 'update_expression':
      return lowerUpdate(cx, node, true);
    case 'comma_expression':
      return lowerComma(cx, node);
    case 'cast_expression':
      return lowerCast(cx, node);
    case 'sizeof_expression':
      return lowerSizeof(cx, node);
    case 'call_expression':
    case 'alignof_expression':
      return lowerCall(cx, node, true);
    case 'compound_statement':
      return lowerStatementExpression(cx, node);
    case 'gnu_asm_expression':
      lowerAsm(cx, node);
      return unsupported('inline assembly', span);
    case 'type_descriptor':
      return { k: 'type', type: descriptorType(cx, node, lowerConstant), span };
    case 'primitive_type':
    case 'type_identifier':
      return { k: 'type', type: namedType(cx.source.textOf(node)), span };
    case 'too_deep':
      return unsupported('nested too deeply', span);
    default:
      return unsupported(`${node.type.replaceAll('_', ' ')}`, span);
  }
}

/** Evaluates for the side effects alone. */
export function lowerEffect(cx: Context, outer: SyntaxNode): void {
  const node = unwrap(outer);
  if (cx.builder === null) return;
  if (isDamaged(node)) {
    damaged(cx, node);
    return;
  }
  switch (node.type) {
    case 'assignment_expression':
      lowerAssignment(cx, node, false);
      break;
    case 'update_expression':
      lowerUpdate(cx, node, false);
      break;
    case 'call_expression':
      lowerCall(cx, node, false);
      break;
    case 'comma_expression':
      for (const part of namedOf(node)) lowerEffect(cx, part);
      break;
    case 'cast_expression': {
      const value = childOf(node, 'value');
      if (value !== undefined) lowerEffect(cx, value);
      break;
    }
    case 'gnu_asm_expression':
      lowerAsm(cx, node);
      break;
    case 'binary_expression':
    case 'conditional_expression': {
      if (node.type === 'conditional_expression' || operatorOf(node) === '&&' || operatorOf(node) === '||') {
        lowerBranchEffect(cx, node);
      } else {
        lowerExpr(cx, node);
      }
      break;
    }
    case 'compound_statement':
      lowerStatementExpression(cx, node);
      break;
    default: {
      const value = lowerExpr(cx, node);
      if (value.k === 'unsupported') cx.builder.problem('unsupported', value.reason, value.span);
    }
  }
}

/** A constant: nothing is emitted, whatever is not pure is `unsupported`. */
export function lowerConstant(cx: Context, node: SyntaxNode): Expr {
  return lowerExpr({ ...cx, builder: null, jumps: null }, node);
}

function damaged(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const reason = node.type === 'too_deep' ? 'nested too deeply' : 'the text is not C';
  cx.builder?.problem('syntax', `${reason}: ${shorten(cx.source.textOf(node))}`, span);
  return unsupported(reason, span);
}

export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function lowerLoad(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  if (node.type === 'identifier') {
    const mask = cx.source.masks.get(node.start);
    if (mask?.k === 'type') {
      return { k: 'type', type: typeFromText(mask.text, (name) => typeOfName(cx, name)), span };
    }
    const name = cx.source.textOf(node);
    // The grammar takes a keyword for a name where no keyword can be.
    if (RESERVED.has(name)) return damaged(cx, node);
    const choice = choiceOf(name, cx.source.choices);
    if (choice !== undefined) return { k: 'config', text: choice, span };
    const local = cx.builder?.resolve(name);
    if (local !== undefined) return load(local, span);
    if (name === '__func__' || name === '__FUNCTION__')
      return { k: 'string', text: cx.builder?.functionName ?? '', span };
    if (isTypeName(name)) return { k: 'type', type: namedType(name), span };
    return load({ k: 'global', name }, span);
  }
  return load(lowerPlace(cx, node), span);
}

function typeOfName(cx: Context, name: string): CType | undefined {
  const place = cx.builder?.resolve(name);
  return place?.k === 'local' ? cx.builder?.locals[place.id]?.type : undefined;
}

/** The place that an expression designates; a value without one is put into a temporary. */
export function lowerPlace(cx: Context, outer: SyntaxNode): Place {
  const node = unwrap(outer);
  if (!isDamaged(node)) {
    switch (node.type) {
      case 'identifier': {
        const name = cx.source.textOf(node);
        if (RESERVED.has(name)) break;
        return cx.builder?.resolve(name) ?? { k: 'global', name };
      }
      case 'field_expression': {
        const argument = childOf(node, 'argument');
        const field = childOf(node, 'field');
        if (argument === undefined || field === undefined) break;
        const name = cx.source.textOf(field);
        const base = operatorOf(node) === '->' ? dereference(lowerExpr(cx, argument)) : lowerPlace(cx, argument);
        return { k: 'field', base, name };
      }
      case 'subscript_expression': {
        const argument = childOf(node, 'argument');
        const index = childOf(node, 'index') ?? namedOf(node)[1];
        if (argument === undefined || index === undefined) break;
        const base = lowerPlace(cx, argument);
        return { k: 'index', base, index: lowerExpr(cx, index) };
      }
      case 'pointer_expression': {
        const argument = childOf(node, 'argument');
        if (argument === undefined || operatorOf(node) !== '*') break;
        return dereference(lowerExpr(cx, argument));
      }
      case 'compound_literal_expression':
        return lowerCompoundLiteral(cx, node);
      default:
    }
  }
  const value = lowerExpr(cx, node);
  if (value.k === 'load') return value.place;
  if (cx.builder === null) return { k: 'deref', pointer: unsupported('not constant', cx.source.span(node)) };
  return { k: 'local', id: cx.builder.hold(value, cx.source.span(node)) };
}

function lowerCompoundLiteral(cx: Context, node: SyntaxNode): Place {
  const span = cx.source.span(node);
  const typeNode = childOf(node, 'type');
  const valueNode = childOf(node, 'value');
  const type = typeNode === undefined ? UNKNOWN_TYPE : descriptorType(cx, typeNode, lowerConstant);
  const { builder } = cx;
  if (builder === null || valueNode === undefined)
    return { k: 'deref', pointer: unsupported('compound literal', span) };
  const value = lowerInitializer(cx, valueNode, cx.source.regionOf(node));
  const dest: Place = { k: 'local', id: builder.temporary(type, span) };
  builder.emit({ k: 'initialize', dest, type, value, span });
  return dest;
}

function lowerAddress(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const argument = childOf(node, 'argument');
  if (argument === undefined) return unsupported('address', span);
  if (argument.type === 'pointer_expression' && operatorOf(argument) === '&')
    return unsupported('the address of a label', span);
  return { k: 'addr', place: lowerPlace(cx, argument), span };
}

function lowerUnary(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const argument = childOf(node, 'argument');
  if (argument === undefined) return unsupported('operand', span);
  const mask = cx.source.masks.get(node.start);
  const op = mask?.k === 'operator' ? mask.text : operatorOf(node);
  if (op === '&') return { k: 'addr', place: lowerPlace(cx, argument), span };
  const arg = lowerExpr(cx, argument);
  if (op === '*') return load(dereference(arg), span);
  if (op === '+') return arg;
  if (!isUnary(op)) return unsupported(`operator ${op}`, span);
  return { k: 'unary', op, arg, span };
}

function lowerBinary(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  const op = operatorOf(node);
  if (left === undefined || right === undefined) return unsupported('operand', span);
  if (op === '&&' || op === '||') return lowerLogical(cx, node, span);
  if (!isBinary(op)) return unsupported(`operator ${op}`, span);
  const tests = cx.source.testsBetween(cx.source.regionOf(left), cx.source.regionOf(right));
  if (tests.length > 0) return lowerConditionalOperand(cx, { op, left, right, span }, tests);
  return { k: 'binary', op, left: lowerExpr(cx, left), right: lowerExpr(cx, right), span };
}

/** `A | / #ifdef X / B | / #endif / C`: without X there is neither B nor its operator. */
function lowerConditionalOperand(
  cx: Context,
  { op, left, right, span }: { op: BinaryOp; left: SyntaxNode; right: SyntaxNode; span: Span },
  tests: readonly ConfigTest[],
): Expr {
  const { builder } = cx;
  if (builder === null) return unsupported('an operand under a preprocessor condition', span);
  const result: Place = { k: 'local', id: builder.hold(lowerExpr(cx, left), span) };
  const done = builder.block();
  for (const test of tests) branchOnConfig(cx, test, done, right);
  builder.assign(result, { k: 'binary', op, left: load(result, span), right: lowerExpr(cx, right), span }, span);
  builder.fallInto(done);
  return load(result, span);
}

function lowerAssignment(cx: Context, node: SyntaxNode, wanted: boolean): Expr {
  const span = cx.source.span(node);
  const { builder } = cx;
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (builder === null || left === undefined || right === undefined) return unsupported('assignment', span);
  const op = operatorOf(node).slice(0, -1);
  if (op === '') {
    const value = lowerExpr(cx, right);
    const dest = lowerPlace(cx, left);
    builder.assign(dest, value, span);
    return load(dest, span);
  }
  if (!isBinary(op)) return unsupported(`operator ${op}=`, span);
  const value = lowerExpr(cx, right);
  const dest = lowerPlace(cx, left);
  builder.assign(dest, { k: 'binary', op, left: load(dest, cx.source.span(left)), right: value, span }, span);
  return wanted ? load(dest, span) : intExpr(0n, span);
}

function lowerUpdate(cx: Context, node: SyntaxNode, wanted: boolean): Expr {
  const span = cx.source.span(node);
  const { builder } = cx;
  const argument = childOf(node, 'argument');
  if (builder === null || argument === undefined) return unsupported('increment', span);
  const op: BinaryOp = operatorOf(node) === '--' ? '-' : '+';
  const prefix = node.children[0]?.field !== 'argument';
  const dest = lowerPlace(cx, argument);
  const old: Expr =
    wanted && !prefix ? loadLocal(builder.hold(load(dest, span), span, typeOfPlace(cx, dest)), span) : load(dest, span);
  builder.assign(dest, { k: 'binary', op, left: old, right: intExpr(1n, span), span }, span);
  return prefix ? load(dest, span) : old;
}

function typeOfPlace(cx: Context, place: Place): CType {
  return (place.k === 'local' ? cx.builder?.locals[place.id]?.type : undefined) ?? UNKNOWN_TYPE;
}

function lowerComma(cx: Context, node: SyntaxNode): Expr {
  const left = childOf(node, 'left');
  const right = childOf(node, 'right');
  if (left !== undefined) lowerEffect(cx, left);
  return right === undefined ? unsupported('operand', cx.source.span(node)) : lowerExpr(cx, right);
}

function lowerCast(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const typeNode = childOf(node, 'type');
  const value = childOf(node, 'value');
  if (typeNode === undefined || value === undefined) return unsupported('cast', span);
  const type = descriptorType(cx, typeNode, lowerConstant);
  return { k: 'cast', type, arg: lowerExpr(cx, value), span };
}

function lowerSizeof(cx: Context, node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const typeNode = childOf(node, 'type');
  if (typeNode !== undefined) return { k: 'sizeof', of: { type: descriptorType(cx, typeNode, lowerConstant) }, span };
  const value = childOf(node, 'value');
  if (value === undefined) return unsupported('sizeof', span);
  const inner = unwrap(value);
  if (inner.type === 'identifier') {
    const expr = lowerLoad(cx, inner);
    if (expr.k === 'type') return { k: 'sizeof', of: { type: expr.type }, span };
    return { k: 'sizeof', of: { place: lowerPlace(cx, inner) }, span };
  }
  if (inner.type === 'string_literal' || inner.type === 'concatenated_string') {
    return intExpr(BigInt(stringText(cx, inner).length + 1), span, {
      k: 'int',
      bits: 64,
      signed: false,
      name: 'size_t',
    });
  }
  // The operand is not evaluated: what it emits goes where nothing leads.
  const { builder } = cx;
  const here = builder?.current;
  if (builder !== null) builder.current = builder.block();
  const place = lowerPlace(cx, inner);
  if (builder !== null && here !== undefined) builder.current = here;
  return { k: 'sizeof', of: { place }, span };
}

function stringText(cx: Context, node: SyntaxNode): string {
  if (node.type === 'string_literal') return parseString(cx.source.textOf(node));
  return namedOf(node)
    .map((part) => (part.type === 'string_literal' ? parseString(cx.source.textOf(part)) : ''))
    .join('');
}

function lowerAsm(cx: Context, node: SyntaxNode): void {
  const places: Place[] = [];
  const collect = (at: SyntaxNode): void => {
    if (at.type === 'gnu_asm_output_operand') {
      const value = childOf(at, 'value');
      if (value !== undefined) places.push(lowerPlace(cx, value));
      return;
    }
    at.children.forEach(collect);
  };
  collect(node);
  cx.builder?.emit({ k: 'havoc', cause: 'unmodelled', places, reason: 'inline assembly', span: cx.source.span(node) });
}
