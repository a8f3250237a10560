import { type Context, intExpr, UNKNOWN_TYPE, VOID } from './context';
import { INTEGER_TYPES, QUALIFIERS, TAG_WORDS } from './idioms';
import type { CType, Expr, FieldDecl, Span } from './ir';
import { childOf, childrenOf, namedOf, type SyntaxNode } from './syntax';

/** Lowers a constant expression; given by the caller, so that types do not depend on expressions. */
export type LowerConstant = (cx: Context, node: SyntaxNode) => Expr;

const integer = (bits: 1 | 8 | 16 | 32 | 64, signed: boolean, name: string): CType => ({
  k: 'int',
  bits,
  signed,
  name,
});

/** The integer type of words such as `unsigned long int`. */
export function integerType(words: readonly string[]): CType | null {
  const name = words.join(' ');
  const known = words.length === 1 ? INTEGER_TYPES.get(name) : undefined;
  if (known !== undefined) return integer(known.bits, known.signed, name);
  let longs = 0;
  let unsigned = false;
  let bits: 8 | 16 | 32 | 64 = 32;
  for (const word of words) {
    if (word === 'unsigned') unsigned = true;
    else if (word === 'long') longs++;
    else if (word === 'char') bits = 8;
    else if (word === 'short') bits = 16;
    else if (word !== 'signed' && word !== 'int') return null;
  }
  return integer(longs > 0 ? 64 : bits, !unsigned, name);
}

/** The type that a name alone stands for. */
export function namedType(name: string): CType {
  if (name === 'void') return VOID;
  return integerType([name]) ?? (name === '__auto_type' ? UNKNOWN_TYPE : { k: 'named', name });
}

/** Reads a type from text that the grammar did not see as one: `const struct foo *`, `u32`, `typeof(x)`. */
export function typeFromText(text: string, typeOfName: (name: string) => CType | undefined = () => undefined): CType {
  const typeOf = /^_*typeof(?:_unqual)?_*\s*\(\s*(\w+)\s*\)$/.exec(text.trim());
  if (typeOf?.[1] !== undefined) return typeOfName(typeOf[1]) ?? UNKNOWN_TYPE;
  const words = text.match(/\w+|\*|[^\s\w*]/g) ?? [];
  const names = words.filter((w) => w !== '*' && !QUALIFIERS.has(w));
  if (names.some((w) => !/^\w+$/.test(w))) return UNKNOWN_TYPE;
  const stars = words.filter((w) => w === '*').length;
  const [first, second] = names;
  let type: CType = UNKNOWN_TYPE;
  if (first !== undefined && TAG_WORDS.has(first)) {
    if (second !== undefined) type = tagType(first, second);
  } else if (names.length === 1 && first !== undefined) type = namedType(first);
  else if (names.length > 1) type = integerType(names) ?? UNKNOWN_TYPE;
  for (let i = 0; i < stars; i++) type = { k: 'pointer', to: type };
  return type;
}

function tagType(tag: string, name: string): CType {
  return tag === 'enum' ? { k: 'enum', name } : { k: 'struct', name, union: tag === 'union' };
}

/** The type that a declaration's `type` child names; collects the members and constants that it defines. */
export function specifierType(cx: Context, node: SyntaxNode | undefined, constant: LowerConstant): CType {
  if (node === undefined) return UNKNOWN_TYPE;
  const { source } = cx;
  switch (node.type) {
    case 'primitive_type':
    case 'type_identifier':
    case 'identifier': {
      const mask = source.masks.get(node.start);
      if (mask?.k === 'type') return typeFromText(mask.text, (name) => typeOfLocal(cx, name));
      return namedType(source.textOf(node));
    }
    case 'sized_type_specifier':
      return integerType(source.textOf(node).split(/\s+/)) ?? UNKNOWN_TYPE;
    case 'struct_specifier':
    case 'union_specifier':
      return structType(cx, node, constant);
    case 'enum_specifier':
      return enumType(cx, node, constant);
    case 'type_descriptor':
      return descriptorType(cx, node, constant);
    default:
      return UNKNOWN_TYPE;
  }
}

function typeOfLocal(cx: Context, name: string): CType | undefined {
  const place = cx.builder?.resolve(name);
  return place?.k === 'local' ? cx.builder?.locals[place.id]?.type : undefined;
}

/** The type of a cast, sizeof or compound literal. */
export function descriptorType(cx: Context, node: SyntaxNode, constant: LowerConstant): CType {
  const base = specifierType(cx, childOf(node, 'type'), constant);
  const declarator = childOf(node, 'declarator');
  return declarator === undefined ? base : declaratorType(cx, declarator, base, constant).type;
}

export interface Declared {
  readonly name: string | null;
  readonly nameNode: SyntaxNode | null;
  readonly type: CType;
  /** The parameter list that belongs to the name itself, when it is declared as a function. */
  readonly parameters: SyntaxNode | null;
}

/** Applies a declarator, outside in, to the type that its specifiers name. */
export function declaratorType(cx: Context, node: SyntaxNode, base: CType, constant: LowerConstant): Declared {
  const inner = childOf(node, 'declarator') ?? namedOf(node).find((child) => child.type.endsWith('declarator'));
  const descend = (type: CType): Declared =>
    inner === undefined
      ? { name: null, nameNode: null, type, parameters: null }
      : declaratorType(cx, inner, type, constant);
  switch (node.type) {
    case 'pointer_declarator':
    case 'abstract_pointer_declarator':
      return descend({ k: 'pointer', to: base });
    case 'array_declarator':
    case 'abstract_array_declarator': {
      const size = childOf(node, 'size');
      return descend({ k: 'array', of: base, length: size === undefined ? null : constant(cx, size) });
    }
    case 'function_declarator':
    case 'abstract_function_declarator': {
      const declared = descend({ k: 'function', returns: base });
      const own = inner !== undefined && isName(inner);
      return own ? { ...declared, parameters: childOf(node, 'parameters') ?? null } : declared;
    }
    case 'init_declarator':
    case 'parenthesized_declarator':
    case 'abstract_parenthesized_declarator':
    case 'attributed_declarator':
      return inner === undefined ? namedDeclarator(cx, node, base, constant) : descend(base);
    default:
      if (isName(node)) return { name: cx.source.textOf(node), nameNode: node, type: base, parameters: null };
      return inner === undefined ? { name: null, nameNode: null, type: base, parameters: null } : descend(base);
  }
}

function namedDeclarator(cx: Context, node: SyntaxNode, base: CType, constant: LowerConstant): Declared {
  const name = namedOf(node)[0];
  return name === undefined
    ? { name: null, nameNode: null, type: base, parameters: null }
    : declaratorType(cx, name, base, constant);
}

const isName = (node: SyntaxNode): boolean =>
  node.type === 'identifier' ||
  node.type === 'field_identifier' ||
  node.type === 'type_identifier' ||
  node.type === 'primitive_type';

/** The declarators of a declaration, in order. */
export function declaratorsOf(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node, 'declarator');
}

/** True when a declaration has that storage class or qualifier. */
export function hasSpecifier(cx: Context, node: SyntaxNode, word: string): boolean {
  return node.children.some(
    (child) =>
      (child.type === 'storage_class_specifier' || child.type === 'type_qualifier') && cx.source.textOf(child) === word,
  );
}

function structType(cx: Context, node: SyntaxNode, constant: LowerConstant): CType {
  const union = node.type === 'union_specifier';
  const nameNode = childOf(node, 'name');
  const span = cx.source.span(nameNode ?? node);
  const name = nameNode === undefined ? cx.anonymous(span.start) : cx.source.textOf(nameNode);
  const body = childOf(node, 'body');
  if (body !== undefined) {
    const fields: FieldDecl[] = [];
    const isWhole = collectFields(cx, body, fields, constant, union ? name : null) && !cx.source.damaged;
    cx.structs.push({ name, union, fields, isWhole, location: { file: cx.file, span } });
  }
  return { k: 'struct', name, union };
}

/** Collects the members of a struct's body; false when it may have others. */
function collectFields(
  cx: Context,
  body: SyntaxNode,
  fields: FieldDecl[],
  constant: LowerConstant,
  unionName: string | null,
): boolean {
  let isWhole = !body.hasError;
  for (const [part, member] of body.children.entries()) {
    const union = unionName === null ? null : { name: unionName, part };
    if (member.type !== 'field_declaration' || cx.source.masks.get(member.start)?.k === 'members') {
      isWhole &&= !member.named;
      continue;
    }
    const base = specifierType(cx, childOf(member, 'type'), constant);
    const declarators = declaratorsOf(member);
    for (const declarator of declarators) {
      if (cx.source.masks.get(declarator.start)?.k === 'unnamed') continue;
      const declared = declaratorType(cx, declarator, base, constant);
      if (declared.name !== null) fields.push({ name: declared.name, type: declared.type, union });
      isWhole &&= declared.name !== null && declared.type.k !== 'function';
    }
    // The members of an anonymous struct or union are the outer one's.
    if (declarators.length === 0 && base.k === 'struct') {
      const inner = cx.structs.find((s) => s.name === base.name);
      if (inner !== undefined) fields.push(...inner.fields.map((field) => ({ ...field, union: union ?? field.union })));
      isWhole &&= inner?.isWhole ?? false;
    } else if (declarators.length === 0) {
      isWhole = false;
    }
  }
  return isWhole;
}

function enumType(cx: Context, node: SyntaxNode, constant: LowerConstant): CType {
  const nameNode = childOf(node, 'name');
  const span = cx.source.span(nameNode ?? node);
  const body = childOf(node, 'body');
  if (body !== undefined) {
    let [base, distance]: [Expr, bigint] = [intExpr(0n, span), 0n];
    for (const entry of body.children) {
      if (entry.type !== 'enumerator') continue;
      const entryName = childOf(entry, 'name') ?? namedOf(entry)[0];
      if (entryName === undefined) continue;
      const entrySpan = cx.source.span(entryName);
      const valueNode = childOf(entry, 'value');
      if (valueNode !== undefined) [base, distance] = [constant(cx, valueNode), 0n];
      cx.constants.push({
        name: cx.source.textOf(entryName),
        value: further(base, distance, entrySpan),
        span: entrySpan,
      });
      distance++;
    }
  }
  return { k: 'enum', name: nameNode === undefined ? cx.anonymous(span.start) : cx.source.textOf(nameNode) };
}

/** The value of an enumerator without one of its own, as far behind the last that has one. */
function further(base: Expr, distance: bigint, span: Span): Expr {
  if (distance === 0n) return base;
  if (base.k === 'int') return intExpr(base.value + distance, span);
  return { k: 'binary', op: '+', left: base, right: intExpr(distance, span), span };
}
