/** A place in a text as editors and mails count: both from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Converts between offsets (UTF-16 code units from 0) and lines and columns of one text.
 * A line ends after `\n`, `\r\n` or a lone `\r`, as in the Language Server Protocol.
 */
export class LineIndex {
  /** The offset of each line's first character. */
  readonly starts: readonly number[];
  private readonly text: string;

  constructor(text: string) {
    const starts = [0];
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) {
        starts.push(at + 1);
      }
    }
    this.starts = starts;
    this.text = text;
  }

  /** How many lines the text has: one more than its line ends. */
  get count(): number {
    return this.starts.length;
  }

  /** The position of an offset; one outside of the text is taken as the nearest end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= at) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low + 1, column: at - (this.starts[low] ?? 0) + 1 };
  }

  /** The offset of a position; a line or column that the text does not have is taken as the nearest one that it has. */
  offset(position: Position): number {
    const line = Math.max(1, Math.min(position.line, this.count));
    const start = this.starts[line - 1] ?? 0;
    return start + Math.max(0, Math.min(position.column - 1, this.line(line).length));
  }

  /** The text of a line, counted from 1, without its line end; empty when there is no such line. */
  line(line: number): string {
    const start = this.starts[line - 1];
    if (start === undefined) {
      return '';
    }
    let end = this.starts[line] ?? this.text.length;
    while (end > start && (this.text[end - 1] === '\n' || this.text[end - 1] === '\r')) {
      end--;
    }
    return this.text.slice(start, end);
  }
}

const indexes = new WeakMap<{ readonly text: string }, LineIndex>();

/** The line index of a file's text, made once per file object. */
export function linesOf(file: { readonly text: string }): LineIndex {
  let index = indexes.get(file);
  if (index === undefined) {
    index = new LineIndex(file.text);
    indexes.set(file, index);
  }
  return index;
}
