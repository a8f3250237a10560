import { Language, Parser } from 'web-tree-sitter';

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

/** A C parser. One per front end; not to be used after dispose(). */
export class Syntax {
  private constructor(private readonly parser: Parser) {}

  /** Loads the WebAssembly modules from their bytes. Throws when they are not what they should be. */
  static async create(runtime: Uint8Array, grammar: Uint8Array): Promise<Syntax> {
    await Parser.init({ wasmBinary: runtime });
    const language = await Language.load(grammar);
    const parser = new Parser();
    parser.setLanguage(language);
    return new Syntax(parser);
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
      return convert(cursor);
    } finally {
      cursor.delete();
      tree.delete();
    }
  }
}

type Cursor = ReturnType<NonNullable<ReturnType<Parser['parse']>>['walk']>;

function read(cursor: Cursor): MutableNode {
  const type = cursor.nodeType;
  const missing = cursor.nodeIsMissing;
  const broken = missing || type === 'ERROR';
  return {
    type: missing ? `MISSING ${type}` : type,
    named: cursor.nodeIsNamed,
    field: cursor.currentFieldName ?? '',
    start: cursor.startIndex,
    end: cursor.endIndex,
    children: [],
    broken,
    hasError: broken,
  };
}

function convert(cursor: Cursor): SyntaxNode {
  const root = read(cursor);
  const path: MutableNode[] = [root];
  if (!cursor.gotoFirstChild()) return root;
  for (;;) {
    const node = read(cursor);
    const parent = path.at(-1) ?? root;
    if (node.type !== 'comment') parent.children.push(node);
    if (path.length < MAX_DEPTH) {
      if (cursor.gotoFirstChild()) {
        path.push(node);
        continue;
      }
    } else if (node.named && cursor.gotoFirstChild()) {
      cursor.gotoParent();
      node.type = 'too_deep';
      node.broken = true;
      node.hasError = true;
    }
    while (!cursor.gotoNextSibling()) {
      const done = path.pop();
      const above = path.at(-1);
      if (done === undefined || above === undefined || !cursor.gotoParent()) {
        propagate(root);
        return root;
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
