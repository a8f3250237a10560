import type { Region } from './conditions';
import type { Context, EnumConstant } from './context';
import { type Declarations, lowerTopLevel } from './declarations';
import { expandItem } from './expand';
import { lowerFunction } from './function';
import type { ConfigTest, FunctionIR, Problem, Span, StructDecl } from './ir';
import { describe, type ItemKind } from './items';
import { lex } from './lex';
import type { MacroEnv } from './macros';
import { maskItem } from './mask';
import { IDENTITY, type OffsetMap } from './offsets';
import { Source } from './source';
import { namedOf, type Syntax, type SyntaxNode } from './syntax';

/** What a unit is made from. All offsets are relative to the item's start, so that a moved item is the same unit. */
export interface UnitInput {
  readonly file: string;
  readonly kind: ItemKind;
  readonly text: string;
  /** Length of the item in the source; differs from the text's when a macro made the text. */
  readonly length: number;
  readonly name: string;
  readonly nameSpan: Span;
  readonly isStatic: boolean;
  readonly damaged: boolean;
  readonly when: readonly ConfigTest[];
  readonly regions: readonly Region[];
  /** What is wrong with the preprocessor conditions in the item. */
  readonly problems: readonly Problem[];
  /** For text that a macro at file scope made. */
  readonly made: { readonly map: OffsetMap; readonly shift: number; readonly choices: readonly string[] } | null;
}

/** Lowered declarations of a unit. */
export interface UnitDeclarations extends Declarations {
  readonly structs: readonly StructDecl[];
  readonly constants: readonly EnumConstant[];
  /** The first place that is no C; no brackets that do not match, which the item itself tells. */
  readonly problems: readonly Problem[];
}

/** One top-level item: parsed and lowered when first asked for, kept as long as its text and its macros stay the same. */
export class Unit {
  private lowered: FunctionIR | null = null;
  private localStructs: readonly StructDecl[] = [];
  private identifiers: ReadonlySet<string> | null = null;
  private declared: UnitDeclarations | null = null;

  constructor(
    readonly input: UnitInput,
    private readonly env: MacroEnv,
    /** Absolute offset at which the macros in force are looked up. */
    private readonly base: number,
    private readonly syntax: Syntax,
  ) {}

  /** Every identifier in the text. */
  words(): ReadonlySet<string> {
    this.identifiers ??= new Set(this.input.text.match(/[A-Za-z_$][\w$]*/g) ?? []);
    return this.identifiers;
  }

  /** The function's IR with `start` 0. */
  ir(): FunctionIR {
    if (this.lowered === null) {
      const prepared = this.prepare();
      const { name, nameSpan, length, isStatic } = this.input;
      const root = this.syntax.parse(prepared.masked);
      const head = { name, nameSpan, length, isStatic };
      this.lowered = lowerFunction(prepared.context, root, head, prepared.problems);
      this.localStructs = prepared.context.structs;
    }
    return this.lowered;
  }

  /** Structs that the function's body defines. */
  structsInside(): readonly StructDecl[] {
    this.ir();
    return this.localStructs;
  }

  declarations(): UnitDeclarations {
    if (this.declared === null) {
      const prepared = this.prepare();
      // What lost its end is read as far as it goes.
      const root = this.syntax.parse(prepared.masked + (this.input.damaged ? closing(prepared.masked) : ''));
      const { context } = prepared;
      const nodes = root === null ? [] : root.type === 'ERROR' ? [root] : namedOf(root);
      const lowered = lowerTopLevel(context, nodes, this.input.when);
      const problems = this.input.damaged ? [] : brokenIn(context.source, root);
      this.declared = { ...lowered, structs: context.structs, constants: context.constants, problems };
    }
    return this.declared;
  }

  /** The text that the parser gets, and what lowering has to know about it. */
  prepare(): { masked: string; context: Context; problems: readonly Problem[] } {
    const { input } = this;
    let lexed = lex(input.text);
    let map = input.made?.map ?? IDENTITY;
    let choices = input.made?.choices ?? [];
    let problems = input.problems;
    if (input.made === null) {
      const expanded = expandItem(lexed.tokens, this.base, this.env);
      if (expanded !== null) {
        lexed = lex(expanded.text);
        map = expanded.map;
        choices = expanded.choices;
        problems = [...problems, ...expanded.problems];
      }
    }
    const { tokens, directives } = lexed;
    const shape = describe(tokens, 0, tokens.count, false);
    const codeFrom =
      input.kind === 'function' || (shape.headEnd < tokens.count && tokens.code[shape.headEnd] === 61)
        ? shape.headEnd
        : tokens.count;
    const masked = maskItem(tokens, directives, codeFrom);
    const source = new Source(
      tokens.text,
      map,
      masked.masks,
      choices,
      input.regions,
      input.made?.shift ?? 0,
      input.damaged,
    );
    const owner = input.name !== '' ? input.name : shorten(input.text);
    const context: Context = {
      source,
      file: input.file,
      builder: null,
      jumps: null,
      structs: [],
      constants: [],
      anonymous: (start) => `(anonymous ${owner}+${start})`,
    };
    return { masked: masked.text, context, problems };
  }
}

function brokenIn(source: Source, root: SyntaxNode | null): Problem[] {
  if (root === null) return [];
  const other = namedOf(root).find((node) => !node.hasError && !isDeclaration(node));
  if (!root.hasError && other === undefined) return [];
  let at = other ?? root;
  for (let next = at.children.find(hasError); next !== undefined; next = at.children.find(hasError)) at = next;
  return [{ kind: 'syntax', message: 'this declaration is not C', span: source.range(at.start, at.end) }];
}

const hasError = (node: SyntaxNode): boolean => node.hasError;

/** A semicolon alone is one that declares nothing; assembly may stand beside declarations. */
function isDeclaration({ type, children }: SyntaxNode): boolean {
  if (children.length === 0 || type === 'type_definition') return true;
  return /(^declaration|_specifier)$/.test(type) || children[0]?.type === 'gnu_asm_expression';
}

/** The brackets that are missing at the end of a declaration. */
function closing(text: string): string {
  const open: string[] = [];
  for (const bracket of text.replace(/"(?:\\.|[^"\\\n])*"/g, '').match(/[(){}[\]]/g) ?? []) {
    const end = { '(': ')', '[': ']', '{': '}' }[bracket];
    if (end !== undefined) open.push(end);
    else if (open.at(-1) === bracket) open.pop();
  }
  return open.length === 0 ? '' : ` ${open.reverse().join(' ')};`;
}

function shorten(text: string): string {
  return (/^[^{=;]*/.exec(text.slice(0, 80))?.[0] ?? '').replace(/\s+/g, ' ').trim();
}
