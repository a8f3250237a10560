import type { Expr, FrontEnd, FunctionIR } from '../../server/src/c';
import { validate } from '../../server/src/c';
import type { FunctionDecl, ParsedFile } from '../../server/src/c/module';
import { visitInitializer, visitInstruction, visitTerminator } from '../../server/src/c/visit';

/** A file with its text, as the front end takes it. */
export interface Text {
  readonly path: string;
  readonly text: string;
}

/** What a run of files through the front end came to. Plain data, for it passes between processes. */
export interface Survey {
  files: number;
  functions: number;
  /** Functions of the files alone that are in `share`'s folder. */
  withUnsupported: number;
  /** Places that can not be modelled, by reason. */
  unsupported: Record<string, number>;
  /** One sentence for each exception and each broken invariant; empty when the front end is right. */
  exceptions: string[];
  violations: string[];
  /** The functions of `withUnsupported`, when asked for. */
  names: string[];
}

export function emptySurvey(): Survey {
  return { files: 0, functions: 0, withUnsupported: 0, unsupported: {}, exceptions: [], violations: [], names: [] };
}

/** Adds the second survey to the first. */
export function addSurvey(into: Survey, more: Survey): void {
  into.files += more.files;
  into.functions += more.functions;
  into.withUnsupported += more.withUnsupported;
  for (const [reason, times] of Object.entries(more.unsupported)) note(into.unsupported, reason, times);
  into.exceptions.push(...more.exceptions);
  into.violations.push(...more.violations);
  into.names.push(...more.names);
}

/** The functions that lower without an unsupported node, of all: 1 is all of them. */
export function shareSupported({ functions, withUnsupported }: Survey): number {
  return functions === 0 ? 1 : (functions - withUnsupported) / functions;
}

/**
 * Takes the files, as one module, through parsing, the lowering of every function and declaration, and the validation of
 * the result. Never throws: an exception is what is looked for.
 */
export function survey(frontEnd: FrontEnd, texts: readonly Text[]): Survey {
  const result = emptySurvey();
  const parsed = attempt(result, texts[0]?.path ?? '', () => frontEnd.module(texts).files) ?? [];
  result.files = texts.length;
  for (const file of parsed) {
    attempt(result, file.path, () => declarations(file));
    for (const fn of file.functions) surveyFunction(result, fn);
  }
  for (const { path } of texts) frontEnd.forget(path);
  return result;
}

function declarations({ globals, structs, problems }: ParsedFile): number {
  return globals.length + structs.length + problems.length;
}

function surveyFunction(result: Survey, fn: FunctionDecl): void {
  result.functions += 1;
  const where = `${fn.file}: ${fn.name}()`;
  attempt(result, where, () => {
    const ir = fn.ir();
    result.violations.push(...validate(ir).map((violation) => `${where}: ${violation}`));
    const reasons = unsupportedIn(ir);
    if (reasons.length > 0) {
      result.withUnsupported += 1;
      result.names.push(`${where}: ${[...new Set(reasons)].join('; ')}`);
    }
    for (const reason of reasons) note(result.unsupported, kindOf(reason), 1);
  });
}

/** The reasons of everything in a function that can not be modelled. */
export function unsupportedIn(ir: FunctionIR): string[] {
  const reasons: string[] = [];
  const visitor = {
    expr: (expr: Expr): void => {
      if (expr.k === 'unsupported') reasons.push(expr.reason);
    },
  };
  for (const { instructions, terminator } of ir.blocks) {
    for (const instruction of instructions) {
      if (instruction.k === 'havoc' && instruction.cause === 'unmodelled') reasons.push(instruction.reason);
      visitInstruction(instruction, visitor);
    }
    if (terminator.k === 'lost') reasons.push(terminator.reason);
    visitTerminator(terminator, visitor);
  }
  for (const { initializer } of ir.statics) if (initializer !== null) visitInitializer(initializer, visitor);
  return reasons;
}

/** A reason without the name that it is about. */
function kindOf(reason: string): string {
  return reason.replace(/\b(the label|at) \w+/, '$1 ...').slice(0, 100);
}

function attempt<T>(result: Survey, where: string, action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : `${error}`;
    result.exceptions.push(`${where}: ${what}`);
    return null;
  }
}

function note(counts: Record<string, number>, key: string, times: number): void {
  counts[key] = (counts[key] ?? 0) + times;
}
