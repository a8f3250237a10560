import { unwrap } from './expressions';
import { childOf, namedOf, operatorOf, type SyntaxNode } from './syntax';

/** What the parser's grammar lets pass and C does not: `a < b = c`, `&(a + b)`, `1++`, `& & x`. */
export function* looseNodes(node: SyntaxNode): Generator<SyntaxNode> {
  if (isLoose(node)) yield node;
  for (const child of node.children) yield* looseNodes(child);
}

function isLoose(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'assignment_expression':
      return isValue(childOf(node, 'left'));
    case 'update_expression':
      return isValue(childOf(node, 'argument'));
    case 'pointer_expression': {
      const argument = childOf(node, 'argument');
      return operatorOf(node) === '&' && (isValue(argument) || isValue(addressed(argument)));
    }
    case 'binary_expression':
      return namedOf(node).some(({ type }) => type === 'assignment_expression');
    default:
      return false;
  }
}

/** What `&` stands before; GNU C has the address of a label, `&&name`, which looks like an address of an address. */
function addressed(node: SyntaxNode | undefined): SyntaxNode | undefined {
  return node?.type === 'pointer_expression' && operatorOf(node) === '&' ? childOf(node, 'argument') : undefined;
}

/** What an operator gives, and a number: it is nowhere in memory. */
function isValue(node: SyntaxNode | undefined): boolean {
  return node !== undefined && /^((binary|unary|conditional|cast)_expression|number_literal)$/.test(unwrap(node).type);
}
