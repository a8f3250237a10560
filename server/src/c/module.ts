import type { ConfigTest, CType, Expr, FunctionIR, GlobalIR, Location, Problem, Span, StructDecl } from './ir';

/** One function definition of a file, lowered when its IR is first asked for. */
export interface FunctionDecl {
  readonly name: string;
  readonly file: string;
  readonly isStatic: boolean;
  /** Absolute, of the whole definition and of the name in it. */
  readonly span: Span;
  readonly nameSpan: Span;
  /** The preprocessor conditions around the definition; several definitions of one name differ in these. */
  readonly when: readonly ConfigTest[];
  /** Lowers once and keeps the result. */
  ir(): FunctionIR;
}

/** One use of an identifier in a function body or initialiser, for hover and for finding callers. */
export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly functions: readonly FunctionDecl[];
  readonly globals: readonly GlobalIR[];
  readonly structs: readonly StructDecl[];
  /** Absolute spans: parse errors, unbalanced preprocessor conditions. */
  readonly problems: readonly Problem[];
  /** The names in `#include "..."`. */
  readonly localIncludes: readonly string[];
}

/**
 * The linked view of a module's files. Lookups honour `static`: a name is looked for in the asking file first, then
 * among the others' non-static definitions and all headers' definitions.
 */
export interface CModule {
  readonly files: readonly ParsedFile[];
  file(path: string): ParsedFile | undefined;
  /** All definitions that a call from `fromFile` may reach: more than one only when preprocessor conditions tell them apart. */
  functions(name: string, fromFile: string): readonly FunctionDecl[];
  /** Like functions(), for variables. `function.name` finds a static local. */
  globals(name: string, fromFile: string): readonly GlobalIR[];
  struct(name: string): StructDecl | undefined;
  typedef(name: string): CType | undefined;
  /** The value of an enum constant or of an object-like macro that is one constant; macros in code are already expanded. */
  constant(name: string, fromFile: string): Expr | undefined;
  /** Functions whose text has the identifier `name` as a word; cheap, does not lower. Includes struct members and macro arguments. */
  mentions(name: string): readonly FunctionDecl[];
  /** Globals whose initialiser's text has the identifier. */
  globalMentions(name: string): readonly GlobalIR[];
  /** Where a struct member, macro or constant is declared; for links. */
  declaration(name: string): Location | undefined;
}
