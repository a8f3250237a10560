import type { Context } from './context';
import { unsupported } from './context';
import { hasDamage, isDamaged, lowerConstant, lowerExpr } from './expressions';
import type { Designator, Initializer, InitializerEntry } from './ir';
import { childOf, childrenOf, namedOf, type SyntaxNode } from './syntax';

/** Lowers what stands after `=`. `region` is the preprocessor region that the initialiser itself is in. */
export function lowerInitializer(cx: Context, node: SyntaxNode, region: number): Initializer {
  if (node.type !== 'initializer_list') return { k: 'expr', value: lowerExpr(cx, node) };
  const entries: InitializerEntry[] = [];
  let damaged = cx.source.damaged || isDamaged(node);
  for (const child of node.children) {
    if (!child.named) continue;
    const span = cx.source.span(child);
    const inner = cx.source.regionOf(child);
    const when = cx.source.testsBetween(region, inner);
    if (child.type !== 'initializer_pair') {
      const value: Initializer = child.broken
        ? { k: 'expr', value: unsupported('the text is not C', span) }
        : lowerInitializer(cx, child, inner);
      if (child.broken) cx.builder?.problem('syntax', 'this entry is not C', span);
      damaged ||= child.type !== 'initializer_list' && (hasDamage(child) || child.type === 'assignment_expression');
      entries.push({ designators: [], value, span, when });
      continue;
    }
    const valueNode = childOf(child, 'value');
    const readable = valueNode !== undefined && !isDamaged(child);
    damaged ||=
      !readable ||
      (valueNode.type !== 'initializer_list' && hasDamage(valueNode)) ||
      childrenOf(child, 'designator').some(hasDamage);
    const value: Initializer = readable
      ? lowerInitializer(cx, valueNode, inner)
      : { k: 'expr', value: unsupported('the text is not C', span) };
    entries.push({
      designators: childrenOf(child, 'designator').map((d) => lowerDesignator(cx, d)),
      value,
      span,
      when,
    });
  }
  return { k: 'list', entries, isDamaged: damaged, span: cx.source.span(node) };
}

function lowerDesignator(cx: Context, node: SyntaxNode): Designator {
  if (node.type === 'field_designator' || node.type === 'field_identifier') {
    const name = node.type === 'field_identifier' ? node : namedOf(node)[0];
    return { k: 'field', name: name === undefined ? '' : cx.source.textOf(name) };
  }
  const range = childOf(node, 'start');
  const low = range ?? namedOf(node)[0];
  const high = childOf(node, 'end');
  return {
    k: 'index',
    low: low === undefined ? unsupported('index', cx.source.span(node)) : lowerConstant(cx, low),
    high: high === undefined ? null : lowerConstant(cx, high),
  };
}
