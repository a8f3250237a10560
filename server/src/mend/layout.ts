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

/** One level of indentation in the file: a tab, unless its lines are indented by spaces. */
export function indentUnit(text: string): string {
  const spaces = /\n( {2,8})\S/.exec(text)?.[1];
  return spaces === undefined || /\n\t/.test(text) ? '\t' : spaces;
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

/** `if (a && b)`, its operands on lines of their own where they do not fit on one. */
export function ifHead(operands: readonly string[], indent: string, opens: boolean): readonly string[] {
  const end = opens ? ') {' : ')';
  const single = `if (${operands.join(' && ')}${end}`;
  if (columns(indent + single) <= hardLimit) return [single];
  return operands.map((operand, index) => {
    const head = index === 0 ? 'if (' : '    ';
    return `${head}${operand}${index === operands.length - 1 ? end : ' &&'}`;
  });
}
