import { type Context, unsupported } from './context';
import { hasDamage, isDamaged, lowerConstant, lowerExpr } from './expressions';
import { lowerInitializer } from './initializers';
import type { ConfigTest, CType, GlobalIR, Initializer } from './ir';
import type { Body } from './statements';
import { childOf, namedOf, type SyntaxNode } from './syntax';
import { type Declared, declaratorsOf, declaratorType, hasSpecifier, specifierType } from './types';

/** A declaration in a function: locals with their initialisers, static locals as globals. */
export function lowerDeclaration(cx: Body, node: SyntaxNode, region: number): void {
  const { builder, source } = cx;
  if (node.type.endsWith('_specifier')) {
    specifierType(cx, node, lowerConstant);
    return;
  }
  const base = specifierType(cx, childOf(node, 'type'), lowerConstant);
  if (node.type === 'type_definition') return;
  const isStatic = hasSpecifier(cx, node, 'static');
  const isExtern = hasSpecifier(cx, node, 'extern');
  for (const declarator of declaratorsOf(node)) {
    const sizes = (inner: Context, size: SyntaxNode) =>
      isStatic ? lowerConstant(inner, size) : lowerExpr(inner, size);
    const declared = declaratorType(cx, declarator, base, sizes);
    const { name, nameNode } = declared;
    if (name === null || nameNode === null) continue;
    const valueNode = declarator.type === 'init_declarator' ? childOf(declarator, 'value') : undefined;
    if (isExtern || (declared.type.k === 'function' && valueNode === undefined)) {
      builder.bind(name, { k: 'global', name });
      continue;
    }
    const span = source.span(declarator);
    if (isStatic) {
      const globalName = `${builder.functionName}.${name}`;
      builder.bind(name, { k: 'global', name: globalName });
      const when = source.testsBetween(-1, source.regionOf(node));
      builder.statics.push({ ...globalOf(cx, node, declared, valueNode, region, when), name: globalName });
      continue;
    }
    const id = builder.addLocal(name, declared.type, source.span(nameNode));
    // Where a semicolon is missing an initialiser may be what is meant by the text behind.
    if (node.children.some((child) => child.broken) || isDamaged(declarator)) {
      builder.assign({ k: 'local', id }, unsupported('the text is not C', span), span);
    } else if (valueNode === undefined) {
      builder.emit({ k: 'declare', local: id, span });
    } else if (valueNode.type === 'initializer_list') {
      const value = lowerInitializer(cx, valueNode, region);
      builder.emit({ k: 'initialize', dest: { k: 'local', id }, type: declared.type, value, span });
    } else {
      builder.assign({ k: 'local', id }, lowerExpr(cx, valueNode), span);
    }
  }
}

/** A global's IR with `start` and `end` relative to the item, as all spans are here. */
export function globalOf(
  cx: Context,
  node: SyntaxNode,
  declared: Declared,
  valueNode: SyntaxNode | undefined,
  region: number,
  when: readonly ConfigTest[],
): GlobalIR {
  const span = cx.source.span(node);
  const initializer: Initializer | null =
    valueNode === undefined ? null : lowerInitializer({ ...cx, builder: null, jumps: null }, valueNode, region);
  return {
    name: declared.name ?? '',
    file: cx.file,
    start: 0,
    end: span.end,
    nameSpan: declared.nameNode === null ? span : cx.source.span(declared.nameNode),
    isStatic: hasSpecifier(cx, node, 'static'),
    isConst: hasSpecifier(cx, node, 'const'),
    type: declared.type,
    initializer,
    when,
  };
}

/** What the declarations of an item define; spans relative to the item. */
export interface Declarations {
  readonly globals: readonly GlobalIR[];
  readonly typedefs: ReadonlyMap<string, CType>;
}

/** Lowers top-level declarations. */
export function lowerTopLevel(cx: Context, nodes: readonly SyntaxNode[], when: readonly ConfigTest[]): Declarations {
  const globals: GlobalIR[] = [];
  const typedefs = new Map<string, CType>();
  for (const node of nodes) {
    switch (node.type) {
      case 'struct_specifier':
      case 'union_specifier':
      case 'enum_specifier':
        specifierType(cx, node, lowerConstant);
        break;
      case 'type_definition': {
        const base = specifierType(cx, childOf(node, 'type'), lowerConstant);
        for (const declarator of declaratorsOf(node)) {
          const declared = declaratorType(cx, declarator, base, lowerConstant);
          if (declared.name !== null) typedefs.set(declared.name, declared.type);
        }
        break;
      }
      case 'declaration': {
        const base = specifierType(cx, childOf(node, 'type'), lowerConstant);
        if (hasSpecifier(cx, node, 'extern')) break;
        for (const declarator of declaratorsOf(node)) {
          const declared = declaratorType(cx, declarator, base, lowerConstant);
          if (declared.name === null || declared.type.k === 'function') continue;
          const valueNode = declarator.type === 'init_declarator' ? childOf(declarator, 'value') : undefined;
          globals.push(globalOf(cx, node, declared, valueNode, cx.source.regionOf(node), when));
        }
        break;
      }
      default:
        // What the parser could not place may still hold types.
        if (hasDamage(node) || node.type === 'ERROR') {
          for (const child of namedOf(node))
            if (child.type.endsWith('_specifier')) specifierType(cx, child, lowerConstant);
        }
    }
  }
  return { globals, typedefs };
}

/** The type of a function's parameter as its body sees it: arrays and functions are pointers. */
export function parameterType(type: CType): CType {
  if (type.k === 'array') return { k: 'pointer', to: type.of };
  if (type.k === 'function') return { k: 'pointer', to: type };
  return type;
}
