import type { Builder, Draft } from './builder';
import type { CType, Expr, Place, Span, StructDecl } from './ir';
import type { Source } from './source';

/** What lowering knows while it walks one item. */
export interface Context {
  readonly source: Source;
  readonly file: string;
  /** null at file scope, where expressions are constant and nothing can be executed. */
  readonly builder: Builder | null;
  readonly jumps: Jumps | null;
  /** Structs and unions with members that the walk has met; locations are relative to the item. */
  readonly structs: StructDecl[];
  /** Enum constants that the walk has met. */
  readonly constants: EnumConstant[];
  /** A name for anonymous types that is not taken in the file. */
  readonly anonymous: (start: number) => string;
}

export interface EnumConstant {
  readonly name: string;
  readonly value: Expr;
  readonly span: Span;
}

/** Where break, continue and goto lead, and what the innermost switch collects. */
export interface Jumps {
  readonly labels: Map<string, Label>;
  readonly breaks: Draft[];
  readonly continues: Draft[];
  readonly switches: SwitchDraft[];
  /** Where the switches of the function dispatch, those that are done included. */
  readonly dispatches: Draft[];
  /** How many locals are parameters: they come first. */
  readonly parameters: number;
}

export interface Label {
  readonly block: Draft;
  defined: boolean;
  readonly span: Span;
}

export interface SwitchDraft {
  readonly cases: CaseDraft[];
  readonly region: number;
}

export interface CaseDraft {
  /** null for `default`. */
  readonly low: Expr | null;
  readonly high: Expr | null;
  readonly text: string;
  readonly target: Draft;
  readonly tests: readonly { readonly text: string; readonly value: boolean }[];
  readonly span: Span;
}

export const UNKNOWN_TYPE: CType = { k: 'unknown' };
export const VOID: CType = { k: 'void' };
export const INT: CType = { k: 'int', bits: 32, signed: true, name: 'int' };
export const BOOL: CType = { k: 'int', bits: 1, signed: false, name: 'bool' };

export const unsupported = (reason: string, span: Span): Expr => ({ k: 'unsupported', reason, span });
export const load = (place: Place, span: Span): Expr => ({ k: 'load', place, span });
export const loadLocal = (id: number, span: Span): Expr => ({ k: 'load', place: { k: 'local', id }, span });
export const intExpr = (value: bigint, span: Span, type: CType = INT): Expr => ({ k: 'int', value, type, span });

/** The place that a pointer's value points to. */
export function dereference(pointer: Expr): Place {
  return pointer.k === 'addr' ? pointer.place : { k: 'deref', pointer };
}
