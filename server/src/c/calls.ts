import { type Context, intExpr, load, loadLocal, UNKNOWN_TYPE, unsupported } from './context';
import { isDamaged, lowerConstant, lowerEffect, lowerExpr, lowerPlace, unwrap } from './expressions';
import { isTypeName, RESERVED } from './idioms';
import type { Expr } from './ir';
import { childOf, namedOf, operatorOf, type SyntaxNode } from './syntax';
import { descriptorType, namedType } from './types';

const CONFIG_TESTS: ReadonlySet<string> = new Set(['IS_ENABLED', 'IS_REACHABLE', 'IS_BUILTIN', 'IS_MODULE']);

/** A call, or what looks like one: casts, configuration tests, alignof. */
export function lowerCall(cx: Context, node: SyntaxNode, wanted: boolean): Expr {
  const span = cx.source.span(node);
  if (node.type === 'alignof_expression') {
    const type = childOf(node, 'type');
    const arg: Expr = {
      k: 'type',
      type: type === undefined ? UNKNOWN_TYPE : descriptorType(cx, type, lowerConstant),
      span,
    };
    return emitCall(cx, 'alignof', [arg], node, wanted);
  }
  const target = childOf(node, 'function');
  const list = childOf(node, 'arguments');
  if (target === undefined || list === undefined) return unsupported('call', span);
  const inner = unwrap(target);
  const args = namedOf(list);
  if (inner.type === 'identifier') {
    const name = cx.source.textOf(inner);
    if (RESERVED.has(name)) return lowerExpr(cx, inner);
    const only = args.length === 1 ? args[0] : undefined;
    if (target.type === 'parenthesized_expression' && only !== undefined && isTypeName(name)) {
      return { k: 'cast', type: namedType(name), arg: lowerExpr(cx, only), span };
    }
    if (CONFIG_TESTS.has(name) && only?.type === 'identifier')
      return { k: 'config', text: cx.source.textOf(only), span };
    if (cx.builder === null) return pureCall(cx, name, args, node);
  }
  const { builder } = cx;
  if (builder === null) return unsupported('call outside a function', span);
  // guard(mutex)(&lock): one call, its arguments in a row.
  if (inner.type === 'call_expression') {
    const guard = childOf(inner, 'function');
    const first = childOf(inner, 'arguments');
    if (guard?.type === 'identifier' && first !== undefined && cx.source.textOf(guard) === 'guard') {
      return emitCall(
        cx,
        'guard',
        [...namedOf(first), ...args].map((arg) => lowerArgument(cx, arg)),
        node,
        wanted,
      );
    }
  }
  const callee = lowerCallee(cx, inner);
  const region = cx.source.regionOf(node);
  const values = args.map((arg) => {
    const always = cx.source.testsBetween(region, cx.source.regionOf(arg)).length === 0;
    return always
      ? lowerArgument(cx, arg)
      : unsupported('an argument under a preprocessor condition', cx.source.span(arg));
  });
  const dest = wanted ? builder.temporary(UNKNOWN_TYPE, span) : null;
  const name = callee.k === 'load' && callee.place.k === 'global' ? callee.place.name : null;
  if (isDamaged(list)) {
    builder.problem('syntax', 'the arguments of this call are not C', cx.source.span(list));
    values.push(unsupported('the text is not C', cx.source.span(list)));
  }
  builder.emit({ k: 'call', dest, callee, name, args: values, span });
  return dest === null ? intExpr(0n, span) : loadLocal(dest, span);
}

function emitCall(cx: Context, name: string, args: readonly Expr[], node: SyntaxNode, wanted: boolean): Expr {
  const { builder } = cx;
  const span = cx.source.span(node);
  if (builder === null) return unsupported(`${name} outside a function`, span);
  const dest = wanted ? builder.temporary(UNKNOWN_TYPE, span) : null;
  builder.emit({ k: 'call', dest, callee: load({ k: 'global', name }, span), name, args, span });
  return dest === null ? intExpr(0n, span) : loadLocal(dest, span);
}

/** `f`, `*f` and `(*f)` call the same. */
function lowerCallee(cx: Context, node: SyntaxNode): Expr {
  if (node.type === 'pointer_expression' && operatorOf(node) === '*') {
    const argument = childOf(node, 'argument');
    if (argument !== undefined) return lowerExpr(cx, argument);
  }
  return lowerExpr(cx, node);
}

function lowerArgument(cx: Context, node: SyntaxNode): Expr {
  if (node.type === 'compound_statement') {
    lowerEffect(cx, node);
    return unsupported('a block as an argument', cx.source.span(node));
  }
  return lowerExpr(cx, node);
}

/** The kernel's constant macros, where nothing can be called. */
function pureCall(cx: Context, name: string, args: readonly SyntaxNode[], node: SyntaxNode): Expr {
  const span = cx.source.span(node);
  const [first, second] = args;
  const wide = { k: 'int', bits: 64, signed: false, name: 'unsigned long' } as const;
  if (first !== undefined && args.length === 1) {
    if (name === 'BIT' || name === 'BIT_ULL' || name === '_BITUL' || name === '_BITULL') {
      return { k: 'binary', op: '<<', left: intExpr(1n, span, wide), right: lowerExpr(cx, first), span };
    }
    if (name === 'ARRAY_SIZE') {
      const place = lowerPlace(cx, first);
      const element = { k: 'index', base: place, index: intExpr(0n, span) } as const;
      return {
        k: 'binary',
        op: '/',
        left: { k: 'sizeof', of: { place }, span },
        right: { k: 'sizeof', of: { place: element }, span },
        span,
      };
    }
    if (name.startsWith('cpu_to_') || name === 'likely' || name === 'unlikely') return lowerExpr(cx, first);
  }
  if (first !== undefined && second !== undefined && (name === 'GENMASK' || name === 'GENMASK_ULL')) {
    const high = lowerExpr(cx, first);
    const low = lowerExpr(cx, second);
    if (high.k === 'int' && low.k === 'int' && high.value < 64n && low.value <= high.value) {
      return intExpr(((1n << (high.value - low.value + 1n)) - 1n) << low.value, span, wide);
    }
  }
  return unsupported(`${name}() outside a function`, span);
}
