/**
 * The C intermediate representation: functions as control flow graphs over pure expressions.
 *
 * Invariants (held by validate.ts):
 * - Expressions have no side effects: calls, assignments, `++`, `?:`, `&&`, `||` and statement expressions have been
 *   lowered to instructions and branches over temporaries, in C's order of evaluation.
 * - Every block ends in exactly one terminator, every target is a block of the same function, block 0 is the entry.
 * - Every local that is named by a place is in `locals`; temporaries have no name.
 * - Spans are offsets in UTF-16 code units *relative to the function's own start* (`FunctionIR.start`), so that an
 *   unchanged function can be used again after an edit above it. Text that a macro produced has the span of the
 *   outermost macro invocation.
 * - C that is not modelled is the value `unsupported`, with a reason; it never throws.
 *
 * Nothing here knows VFIO.
 */

/** A half-open range of UTF-16 code units. Inside IR nodes: relative to the function's start. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a file of the module; offsets are absolute in that file. */
export interface Location {
  readonly file: string;
  readonly span: Span;
}

/** As much of a C type as can be told from the module's own text. */
export type CType =
  | { readonly k: 'void' }
  /** `_Bool` has 1 bit. `name` is the spelling in the source, e.g. `u32`. */
  | { readonly k: 'int'; readonly bits: 1 | 8 | 16 | 32 | 64; readonly signed: boolean; readonly name: string }
  | { readonly k: 'enum'; readonly name: string }
  | { readonly k: 'pointer'; readonly to: CType }
  /** `length` is null for `[]`; the initialiser then decides. */
  | { readonly k: 'array'; readonly of: CType; readonly length: Expr | null }
  /** Anonymous structs get a name made from their position. */
  | { readonly k: 'struct'; readonly name: string; readonly union: boolean }
  | { readonly k: 'function'; readonly returns: CType }
  /** A typedef name; CModule.typedef() may know it. */
  | { readonly k: 'named'; readonly name: string }
  | { readonly k: 'unknown' };

export type LocalId = number;
export type BlockId = number;

export interface Local {
  readonly id: LocalId;
  /** null for a temporary. */
  readonly name: string | null;
  readonly type: CType;
  readonly span: Span;
}

export type UnaryOp = '-' | '~' | '!';
export type BinaryOp =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>=';

/** A pure expression. */
export type Expr =
  | { readonly k: 'int'; readonly value: bigint; readonly type: CType; readonly span: Span }
  | { readonly k: 'string'; readonly text: string; readonly span: Span }
  /** The value that a place holds. A function's name is a load of a global place. */
  | { readonly k: 'load'; readonly place: Place; readonly span: Span }
  /** `&place` */
  | { readonly k: 'addr'; readonly place: Place; readonly span: Span }
  | { readonly k: 'unary'; readonly op: UnaryOp; readonly arg: Expr; readonly span: Span }
  | { readonly k: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr; readonly span: Span }
  | { readonly k: 'cast'; readonly type: CType; readonly arg: Expr; readonly span: Span }
  | { readonly k: 'sizeof'; readonly of: { readonly type: CType } | { readonly place: Place }; readonly span: Span }
  /** A preprocessor condition, normalised: `CONFIG_X` (for #ifdef, IS_ENABLED, defined()) or the text of the #if. Its value is 0 or 1. */
  | { readonly k: 'config'; readonly text: string; readonly span: Span }
  /** A type where C has none: an argument of container_of() and its kin. */
  | { readonly k: 'type'; readonly type: CType; readonly span: Span }
  | { readonly k: 'unsupported'; readonly reason: string; readonly span: Span };

/** Something that holds a value (an lvalue). */
export type Place =
  | { readonly k: 'local'; readonly id: LocalId }
  /** Any identifier that is not a local: a variable, function or enum constant of the module, or a foreign name. */
  | { readonly k: 'global'; readonly name: string }
  | { readonly k: 'deref'; readonly pointer: Expr }
  | { readonly k: 'field'; readonly base: Place; readonly name: string }
  /** `base[index]`; base may hold an array or a pointer, which only its type tells. */
  | { readonly k: 'index'; readonly base: Place; readonly index: Expr };

export type Designator =
  | { readonly k: 'field'; readonly name: string }
  /** `[low ... high]`; high is null for `[low]`. */
  | { readonly k: 'index'; readonly low: Expr; readonly high: Expr | null };

export type Initializer =
  | { readonly k: 'expr'; readonly value: Expr }
  | {
      readonly k: 'list';
      readonly entries: readonly InitializerEntry[];
      /** Some of it is no C: more may be meant than the entries say, and those without a designator may be other ones. */
      readonly isDamaged: boolean;
      readonly span: Span;
    };

export interface InitializerEntry {
  readonly designators: readonly Designator[];
  readonly value: Initializer;
  readonly span: Span;
  /** The preprocessor conditions around the entry, outermost first; empty outside any. */
  readonly when: readonly ConfigTest[];
}

/** One preprocessor test and the outcome under which the text is there. */
export interface ConfigTest {
  /** As in Expr's `config`. */
  readonly text: string;
  readonly value: boolean;
}

export type Instruction =
  | { readonly k: 'assign'; readonly dest: Place; readonly value: Expr; readonly span: Span }
  /** An aggregate initialiser; members that it does not name become 0. */
  | {
      readonly k: 'initialize';
      readonly dest: Place;
      readonly type: CType;
      readonly value: Initializer;
      readonly span: Span;
    }
  /** A declaration without initialiser: the local's value is indeterminate from here. */
  | { readonly k: 'declare'; readonly local: LocalId; readonly span: Span }
  /**
   * A call of a function, a function pointer or a macro that the module does not define.
   * `name` is the callee's identifier when it is a plain one. `span` covers the whole call.
   */
  | {
      readonly k: 'call';
      readonly dest: LocalId | null;
      readonly callee: Expr;
      readonly name: string | null;
      readonly args: readonly Expr[];
      readonly span: Span;
    }
  /**
   * The places become unknown: because an iteration macro moves its variables on to another element, or because C
   * that is not modelled may have written them.
   */
  | {
      readonly k: 'havoc';
      readonly cause: 'iteration' | 'unmodelled';
      readonly places: readonly Place[];
      readonly reason: string;
      readonly span: Span;
    };

export type Terminator =
  | { readonly k: 'goto'; readonly target: BlockId }
  | { readonly k: 'branch'; readonly cond: Expr; readonly then: BlockId; readonly else: BlockId; readonly span: Span }
  | {
      readonly k: 'switch';
      readonly value: Expr;
      readonly cases: readonly SwitchCase[];
      readonly default: BlockId;
      readonly span: Span;
    }
  | { readonly k: 'return'; readonly value: Expr | null; readonly span: Span }
  /** Control can not be followed here: broken text or a computed goto. */
  | { readonly k: 'lost'; readonly reason: string; readonly span: Span };

/** `case low ... high:`; high is null for a single value. */
export interface SwitchCase {
  readonly low: Expr;
  readonly high: Expr | null;
  readonly target: BlockId;
  readonly span: Span;
}

export interface Block {
  readonly id: BlockId;
  readonly instructions: readonly Instruction[];
  readonly terminator: Terminator;
}

export interface FunctionIR {
  readonly name: string;
  readonly file: string;
  /** Absolute offset of the definition in its file; all spans inside are relative to it. */
  readonly start: number;
  readonly end: number;
  /** Span of the name, relative to start. */
  readonly nameSpan: Span;
  readonly isStatic: boolean;
  readonly returns: CType;
  readonly params: readonly LocalId[];
  readonly locals: readonly Local[];
  readonly blocks: readonly Block[];
  /** `static` locals, as globals whose names are `function.name`. */
  readonly statics: readonly GlobalIR[];
  /** True when brackets do not match or a case has no switch: nobody knows what is inside of what. */
  readonly isDamaged: boolean;
  /** Text in the function that could not be parsed or modelled. */
  readonly problems: readonly Problem[];
}

export interface GlobalIR {
  readonly name: string;
  readonly file: string;
  /** Absolute offset that the spans in `initializer` are relative to. */
  readonly start: number;
  readonly end: number;
  readonly nameSpan: Span;
  readonly isStatic: boolean;
  readonly isConst: boolean;
  readonly type: CType;
  readonly initializer: Initializer | null;
  readonly when: readonly ConfigTest[];
}

export interface FieldDecl {
  readonly name: string;
  readonly type: CType;
  /** For a member of a union, also of one without a name: the union, and which of its members it is or is in. */
  readonly union: { readonly name: string; readonly part: number } | null;
}

export interface StructDecl {
  readonly name: string;
  readonly union: boolean;
  readonly fields: readonly FieldDecl[];
  /** False when there may be members besides: text that could not be read, or a macro that makes some. */
  readonly isWhole: boolean;
  readonly location: Location;
}

/**
 * Trouble with the text itself; never thrown. `syntax`: it is no C. `unsupported`: it has no model, its value is not known.
 * `omitted`: it was not looked at.
 */
export interface Problem {
  readonly kind: 'syntax' | 'unsupported' | 'omitted';
  readonly message: string;
  readonly span: Span;
}
