import type { Context } from './context';
import { expandText } from './expand';
import { lowerConstant } from './expressions';
import { findWord, globalsOf, hasWord, type Placed, type SourceFile, structsOf } from './file';
import type { CType, Expr, GlobalIR, Location, StructDecl } from './ir';
import { lex } from './lex';
import type { Macro } from './macros';
import { maskItem } from './mask';
import type { CModule, FunctionDecl } from './module';
import { IDENTITY } from './offsets';
import { Source } from './source';
import { childOf, namedOf, type Syntax } from './syntax';

/** The files of a module seen as one. Lookups search file by file; nothing is merged, so an edit costs nothing here. */
export class LinkedModule implements CModule {
  private readonly byPath: ReadonlyMap<string, SourceFile>;
  private readonly sharedFunctions = new Map<string, readonly FunctionDecl[]>();
  private readonly sharedGlobals = new Map<string, readonly GlobalIR[]>();
  private readonly constants = new Map<string, Expr | undefined>();
  private readonly types = new Map<string, StructDecl | undefined>();
  private readonly aliases = new Map<string, CType | undefined>();

  constructor(
    readonly files: readonly SourceFile[],
    private readonly syntax: Syntax,
  ) {
    this.byPath = new Map(files.map((file) => [file.path, file]));
  }

  file(path: string): SourceFile | undefined {
    return this.byPath.get(path);
  }

  functions(name: string, fromFile: string): readonly FunctionDecl[] {
    const own = this.byPath.get(fromFile)?.functionsNamed(name) ?? [];
    if (own.length > 0) return own;
    return remember(this.sharedFunctions, name, () =>
      this.files.flatMap((file) => file.functionsNamed(name).filter((fn) => !fn.isStatic || file.isHeader)),
    );
  }

  globals(name: string, fromFile: string): readonly GlobalIR[] {
    const own = this.byPath.get(fromFile)?.globalsNamed(name) ?? [];
    if (own.length > 0) return own;
    return remember(this.sharedGlobals, name, () =>
      this.files.flatMap((file) => file.globalsNamed(name).filter((g) => !g.isStatic || file.isHeader)),
    );
  }

  struct(name: string): StructDecl | undefined {
    return remember(this.types, name, () => {
      const pick = (placed: Placed): StructDecl | undefined => structsOf(placed).find((struct) => struct.name === name);
      // An anonymous type's name starts with the name of what it stands in.
      const owner = /^\(anonymous (.*)\+\d+\)$/.exec(name)?.[1];
      const word = owner === undefined ? name : (/\w+$/.exec(owner)?.[0] ?? '');
      return this.first(word, pick) ?? this.structInFunction(name, word, pick);
    });
  }

  /** A struct that a function's body defines. */
  private structInFunction(
    name: string,
    word: string,
    pick: (placed: Placed) => StructDecl | undefined,
  ): StructDecl | undefined {
    const inside = new RegExp(`\\b(struct|union)\\s+${word}\\b[^;{}()]*\\{`);
    for (const file of this.files) {
      const found = first(file.functions, (fn) => {
        const { text } = fn.unit.input;
        return fn.name === word || (name === word && hasWord(text, word) && inside.test(text)) ? pick(fn) : undefined;
      });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  typedef(name: string): CType | undefined {
    return remember(this.aliases, name, () =>
      this.first(name, (placed) => placed.unit.declarations().typedefs.get(name)),
    );
  }

  constant(name: string, fromFile: string): Expr | undefined {
    return remember(this.constants, `${fromFile}\0${name}`, () => {
      const own = this.byPath.get(fromFile);
      const order = own === undefined ? this.files : [own, ...this.files.filter((file) => file !== own)];
      for (const file of order) {
        const entry = first(file.declarationsWith(name), (placed) => enumerator(placed, name)?.value);
        if (entry !== undefined) return entry;
      }
      const file = own ?? this.files[0];
      return file === undefined ? undefined : remember(file.macroConstants, name, () => this.macroConstant(name, file));
    });
  }

  mentions(name: string): readonly FunctionDecl[] {
    return this.files.flatMap((file) => {
      const words = [name, ...file.env.mentioning(name)];
      return file.functions.filter((fn) => words.some((word) => hasWord(fn.unit.input.text, word)));
    });
  }

  globalMentions(name: string): readonly GlobalIR[] {
    return this.files.flatMap((file) => {
      const words = [name, ...file.env.mentioning(name)];
      return file.declarations
        .filter((placed) => words.some((word) => hasWord(placed.unit.input.text, word)))
        .flatMap((placed) => globalsOf(placed).filter((global) => global.initializer !== null));
    });
  }

  declaration(name: string): Location | undefined {
    for (const file of this.files) {
      const fn = file.functionsNamed(name)[0];
      if (fn !== undefined) return { file: file.path, span: fn.nameSpan };
      const macro = file.scan.macros.find((m) => m.name === name);
      if (macro !== undefined)
        return { file: file.path, span: { start: macro.nameStart, end: macro.nameStart + name.length } };
    }
    for (const file of this.files) {
      const found = first(file.declarationsWith(name), (placed) => declarationIn(placed, name));
      if (found !== undefined) return { file: file.path, span: found };
    }
    return undefined;
  }

  private first<T>(word: string, pick: (placed: Placed) => T | undefined): T | undefined {
    for (const file of this.files) {
      const found = first(file.declarationsWith(word), pick);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** An object-like macro whose text is a constant expression. */
  private macroConstant(name: string, file: SourceFile): Expr | undefined {
    const macro = file.env.lookup(name, Number.MAX_SAFE_INTEGER)[0];
    if (macro === undefined || macro.params !== null || macro.bodyText === '') return undefined;
    const expanded = expandText(macro.name, Number.MAX_SAFE_INTEGER, file.env);
    if (expanded === null) return undefined;
    return this.parseConstant(macro, expanded.text, expanded.choices);
  }

  private parseConstant(macro: Macro, text: string, choices: readonly string[]): Expr | undefined {
    const { tokens } = lex(`int x = ${text};`, false);
    const masked = maskItem(tokens, [], 3);
    const root = this.syntax.parse(masked.text);
    const declarator = root === null ? undefined : namedOf(root).find((node) => node.type === 'declaration');
    const init = declarator === undefined ? undefined : childOf(declarator, 'declarator');
    const value = init === undefined ? undefined : childOf(init, 'value');
    if (root === null || root.hasError || value === undefined || namedOf(root).length !== 1) return undefined;
    const source = new Source(tokens.text, IDENTITY, masked.masks, choices, [], 0, false);
    const context: Context = {
      source,
      file: macro.file,
      builder: null,
      jumps: null,
      structs: [],
      constants: [],
      anonymous: (start) => `(anonymous ${macro.name}+${start})`,
    };
    const expr = lowerConstant(context, value);
    return isConstant(expr) ? expr : undefined;
  }
}

/** Whether an expression is built from numbers and names alone. */
function isConstant(expr: Expr): boolean {
  switch (expr.k) {
    case 'int':
    case 'config':
    case 'string':
    case 'sizeof':
      return true;
    case 'load':
      return expr.place.k === 'global';
    case 'unary':
    case 'cast':
      return isConstant(expr.arg);
    case 'binary':
      return isConstant(expr.left) && isConstant(expr.right);
    default:
      return false;
  }
}

function remember<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined || map.has(key)) return known as V;
  const value = make();
  map.set(key, value);
  return value;
}

function first<A, B>(list: readonly A[], pick: (item: A) => B | undefined): B | undefined {
  for (const item of list) {
    const found = pick(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function enumerator({ unit }: Placed, name: string): { readonly value: Expr } | undefined {
  return unit.declarations().constants.find((constant) => constant.name === name);
}

/** Where a unit declares `name` as a type, member, enum constant or variable. */
function declarationIn(placed: Placed, name: string): { start: number; end: number } | undefined {
  const { unit, start } = placed;
  const declared = unit.declarations();
  const move = (span: { start: number; end: number }): { start: number; end: number } => ({
    start: span.start + start,
    end: span.end + start,
  });
  const constant = declared.constants.find((c) => c.name === name);
  if (constant !== undefined) return move(constant.span);
  const struct = structsOf(placed).find((s) => s.name === name);
  if (struct !== undefined) return struct.location.span;
  const global = declared.globals.find((g) => g.name === name);
  if (global !== undefined) return move(global.nameSpan);
  const member = declared.structs.some((s) => s.fields.some((f) => f.name === name));
  if (!member && !declared.typedefs.has(name)) return undefined;
  const at = unit.input.made === null ? findWord(unit.input.text, name) : 0;
  return move({ start: at, end: unit.input.made === null ? at + name.length : unit.input.length });
}
