import type { Span } from '../c/ir';

/** Columns that a tab takes in kernel code, and where its lines should end. */
const tab = 8;
const maxColumns = 80;
const hardLimit = 100;

/** The offset of the first character of the line that an offset is in. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset behind the line feed of the line that an offset is in; the text's end for the last line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The white space at the beginning of the line that an offset is in. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

/** One level of indentation: that with which most blocks at the margin begin; a tab, as the kernel has it, where none does. */
export function indentUnit(text: string): string {
  const counts = new Map<string, number>();
  for (const [, unit = ''] of text.matchAll(/^(?:\S.*)?\{\r?\n(\t| {2,8})(?=\S)/gm))
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? '\t';
}

/** The lines that a span's text has, without the indentation that they share. */
export function dedented(text: string, { start, end }: Span): readonly string[] {
  const lines = `${indentAt(text, start)}${text.slice(start, end)}`.split('\n');
  const filled = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const shared = Math.min(...filled.map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0));
  return lines.map((line) => (line.startsWith('#') ? line : line.slice(shared).trimEnd()));
}

/** Lines one level deeper; empty ones and those of the preprocessor stay at the margin. */
export function indented(lines: readonly string[], by: string): readonly string[] {
  return lines.map((line) => (line === '' || line.startsWith('#') ? line : by + line));
}

/** How many columns a line takes. */
export function columns(line: string): number {
  let width = 0;
  for (const c of line) width += c === '\t' ? tab - (width % tab) : 1;
  return width;
}

/** A comment in the kernel's manner: on one line where it fits, else with its text wrapped. */
export function comment(sentences: string, indent: string): readonly string[] {
  const single = `/* ${sentences} */`;
  if (columns(indent + single) <= maxColumns) return [single];
  const lines: string[] = ['/*'];
  let line = ' *';
  for (const word of sentences.split(/\s+/)) {
    if (columns(`${indent}${line} ${word}`) > maxColumns && line !== ' *') {
      lines.push(line);
      line = ' *';
    }
    line += ` ${word}`;
  }
  return [...lines, line, ' */'];
}

/** White space of as many columns, with tabs where the file has them. */
function margin(width: number, unit: string): string {
  return unit === '\t' ? '\t'.repeat(Math.floor(width / tab)) + ' '.repeat(width % tab) : ' '.repeat(width);
}

/** How the lines of a condition are laid out. */
interface HeadLayout {
  /** Of the line that it begins on. */
  readonly indent: string;
  /** A brace follows. */
  readonly opens: boolean;
  /** What stands before `if` on its line: `} else `. */
  readonly before?: string;
  readonly unit?: string;
}

/** `if (a && b)`, its operands on lines of their own where they do not fit on one. */
export function ifHead(
  operands: readonly string[],
  { indent, opens, before = '', unit = '\t' }: HeadLayout,
): readonly string[] {
  const end = opens ? ') {' : ')';
  const single = `${before}if (${operands.join(' && ')}${end}`;
  if (columns(indent + single) <= hardLimit) return [single];
  const aligned = margin(`${before}if (`.length, unit);
  return operands.map((operand, index) => {
    const head = index === 0 ? `${before}if (` : aligned;
    return `${head}${operand}${index === operands.length - 1 ? end : ' &&'}`;
  });
}
