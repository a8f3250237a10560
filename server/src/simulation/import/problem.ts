import { printable } from '../../analysis/printable';

/** Why a file can not be read. */
export interface ImportProblem {
  /** One sentence without a full stop, harmless wherever it is shown. */
  readonly problem: string;
  /** Counts from 1; null when the whole file is meant. */
  readonly line: number | null;
}

export function isProblem(value: object): value is ImportProblem {
  return 'problem' in value;
}

/** Text of a file as it is quoted in a message: one harmless line, not longer than a glance. */
export function quoted(text: string): string {
  const shown = text.trim().replaceAll('\t', ' ');
  return `"${printable(shown.length > longestQuote ? `${shown.slice(0, longestQuote)}…` : shown)}"`;
}

const longestQuote = 60;
