import path from 'node:path';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import type { Position } from '../check';
import { linesOf } from '../check';

export { printable } from '../analysis/printable';

/** A path as people in `cwd` write it: relative where that is shorter. */
export function shownPath(cwd: string, file: string): string {
  const relative = path.relative(cwd, file).split(path.sep).join('/') || '.';
  return relative.length < file.length ? relative : file;
}

/** Where a location starts and ends, counted from 1. */
export interface Place {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** The source line that it starts on. */
  readonly source: string;
}

/** Lines and columns of a location; the start of the file when the module does not have it. */
export function placeIn(module: CModule, { file, span }: Location): Place {
  const parsed = module.file(file);
  if (parsed === undefined) {
    return { file, start: { line: 1, column: 1 }, end: { line: 1, column: 1 }, source: '' };
  }
  const lines = linesOf(parsed);
  const start = lines.position(span.start);
  return { file, start, end: lines.position(span.end), source: lines.line(start.line) };
}

const mostStepsBefore = 150;
const mostStepsAfter = 50;

/**
 * The steps of an execution with the middle left out where they are too many to read, as they are when a loop goes round
 * until the evaluation gives up.
 */
export function boundedSteps<T>(steps: readonly T[]): {
  readonly before: readonly T[];
  readonly leftOut: number;
  readonly after: readonly T[];
} {
  if (steps.length <= mostStepsBefore + mostStepsAfter) {
    return { before: steps, leftOut: 0, after: [] };
  }
  const leftOut = steps.length - mostStepsBefore - mostStepsAfter;
  return { before: steps.slice(0, mostStepsBefore), leftOut, after: steps.slice(-mostStepsAfter) };
}

/** Colours, or none. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

/** Colours for a terminal whose user did not turn them off (NO_COLOR, TERM=dumb); plain text for all others. */
export function styleFor(
  output: { readonly isTerminal: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const colours = output.isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const paint = (code: number) => (text: string) => (colours && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33), green: paint(32), cyan: paint(36) };
}

/** "1 error", "2 errors" */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
