import { Language, Parser, type TreeCursor } from 'web-tree-sitter';

/**
 * The one user of the parser: text in, plain objects out. No tree outlives a call, so there is nothing to delete later.
 */

/** A node of the concrete syntax tree, without comments. */
export interface SyntaxNode {
  readonly type: string;
  readonly named: boolean;
  /** The name that the parent gives it, or ''. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  readonly children: readonly SyntaxNode[];
  /** Text that the parser could not place, or a token that it had to invent. */
  readonly broken: boolean;
  /** `broken` here or anywhere below. */
  readonly hasError: boolean;
}

/** Nesting deeper than this is cut off: a node of type `too_deep` stands for the rest. */
const MAX_DEPTH = 300;
/** Text longer than this in one item is no human's C, and is not parsed. */
const MAX_LENGTH = 1_000_000;

interface MutableNode {
  type: string;
  named: boolean;
  field: string;
  start: number;
  end: number;
  children: MutableNode[];
  broken: boolean;
  hasError: boolean;
}

/** What the grammar says about a node type, by the type's number: asking the parser again for each node is slow. */
interface NodeKind {
  readonly type: string;
  readonly named: boolean;
  /** Brackets and separators, which say nothing that their neighbours do not. */
  readonly punctuation: boolean;
}

const PUNCTUATION: ReadonlySet<string> = new Set([';', ',', '(', ')', '[', ']', '{', '}']);
const ERROR_KIND: NodeKind = { type: 'ERROR', named: true, punctuation: false };

/** A C parser. One per front end; not to be used after dispose(). */
export class Syntax {
  private readonly kinds: NodeKind[];
  private readonly fields: string[];

  private constructor(
    private readonly parser: Parser,
    language: Language,
  ) {
    this.kinds = Array.from({ length: language.nodeTypeCount }, (_, id) => {
      const type = language.nodeTypeForId(id) ?? '';
      const named = language.nodeTypeIsNamed(id);
      return { type, named, punctuation: !named && PUNCTUATION.has(type) };
    });
    this.fields = Array.from({ length: language.fieldCount + 1 }, (_, id) => language.fieldNameForId(id) ?? '');
  }

  /** Loads the WebAssembly modules from their bytes. Throws when they are not what they should be. */
  static async create(runtime: Uint8Array, grammar: Uint8Array): Promise<Syntax> {
    await Parser.init({ wasmBinary: runtime });
    const language = await Language.load(grammar);
    const parser = new Parser();
    parser.setLanguage(language);
    return new Syntax(parser, language);
  }

  dispose(): void {
    this.parser.delete();
  }

  /** Parses all of `text` as top-level C. Null when it is too long. */
  parse(text: string): SyntaxNode | null {
    if (text.length > MAX_LENGTH) return null;
    const tree = this.parser.parse(text);
    if (tree === null) return null;
    const cursor = tree.walk();
    try {
      return this.convert(cursor, tree.rootNode.hasError);
    } finally {
      cursor.delete();
      tree.delete();
    }
  }

  private read(cursor: TreeCursor, kind: NodeKind, mayBeBroken: boolean): MutableNode {
    const missing = mayBeBroken && cursor.nodeIsMissing;
    const broken = missing || kind === ERROR_KIND;
    const start = cursor.startIndex;
    return {
      type: missing ? `MISSING ${kind.type}` : kind.type,
      named: kind.named,
      field: this.fields[cursor.currentFieldId] ?? '',
      start,
      end: kind.named || missing ? cursor.endIndex : start + kind.type.length,
      children: [],
      broken,
      hasError: broken,
    };
  }

  /** Turns a tree into plain nodes. With `broken` false nothing in it is an error. */
  private convert(cursor: TreeCursor, broken: boolean): SyntaxNode {
    const root = this.read(cursor, this.kinds[cursor.nodeTypeId] ?? ERROR_KIND, broken);
    const path: MutableNode[] = [root];
    if (!cursor.gotoFirstChild()) return root;
    for (;;) {
      const kind = this.kinds[cursor.nodeTypeId] ?? ERROR_KIND;
      if (!kind.punctuation || (broken && cursor.nodeIsMissing)) {
        const node = this.read(cursor, kind, broken);
        path.at(-1)?.children.push(node);
        if (kind.named && cursor.gotoFirstChild()) {
          if (path.length < MAX_DEPTH) {
            path.push(node);
            continue;
          }
          cursor.gotoParent();
          node.type = 'too_deep';
          node.broken = true;
          node.hasError = true;
        }
      }
      while (!cursor.gotoNextSibling()) {
        path.pop();
        if (path.length === 0 || !cursor.gotoParent()) {
          propagate(root);
          return root;
        }
      }
    }
  }
}

/** Carries `hasError` upwards. */
function propagate(node: MutableNode): boolean {
  for (const child of node.children) if (propagate(child)) node.hasError = true;
  return node.hasError;
}

/** The child with that field name. */
export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** All children with that field name. */
export function childrenOf(node: SyntaxNode, field: string): SyntaxNode[] {
  return node.children.filter((child) => child.field === field);
}

/** The named children. */
export function namedOf(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((child) => child.named);
}

/** The text of the first anonymous child, e.g. an operator. */
export function operatorOf(node: SyntaxNode): string {
  const operator = childOf(node, 'operator');
  if (operator !== undefined) return operator.type;
  return node.children.find((child) => !child.named)?.type ?? '';
}
