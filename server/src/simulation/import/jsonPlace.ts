import type { ValuePath } from '../../wire';

/** Where the text stops being JSON. */
export interface JsonError {
  readonly kind: 'error';
  readonly offset: number;
  /** What would have to stand there: "a comma or ]". */
  readonly expected: string;
}

/** Deeper than any file of ours; a text that nests deeper is not followed. */
const deepest = 500;

class Unexpected extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
  }
}

/**
 * Looks at a text that JSON.parse() refused, or whose value is not as it has to be: where it stops being JSON, else the offset
 * of the value that the path leads to (of the innermost one that is there). JSON.parse() alone tells neither the same way on
 * every version of Node.
 */
export function placeInJson(
  text: string,
  path: ValuePath,
): JsonError | { readonly kind: 'value'; readonly offset: number } {
  const scan = new Scan(text, path);
  try {
    scan.document();
    return { kind: 'value', offset: scan.found };
  } catch (error) {
    if (error instanceof Unexpected) {
      return { kind: 'error', offset: error.offset, expected: error.message };
    }
    throw error;
  }
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
  }
  return line;
}

class Scan {
  /** Offset of the innermost value on the wanted path that was seen. */
  found = 0;
  private at = 0;
  private readonly text: string;
  private readonly wanted: ValuePath;

  constructor(text: string, wanted: ValuePath) {
    this.text = text;
    this.wanted = wanted;
  }

  document(): void {
    this.value(0, 0);
    this.blanks();
    if (this.at < this.text.length) {
      throw new Unexpected(this.at, 'the end of the file');
    }
  }

  /** `onPath`: how many parts of the wanted path lead here, -1 beside it. */
  private value(depth: number, onPath: number): void {
    this.blanks();
    if (onPath >= 0) {
      this.found = this.at;
    }
    if (depth > deepest) {
      throw new Unexpected(this.at, `less than ${deepest} levels`);
    }
    const first = this.text[this.at];
    if (first === '{') {
      this.list('}', 'a comma or }', () => this.member(depth, onPath));
    } else if (first === '[') {
      this.list(']', 'a comma or ]', (index) => this.value(depth + 1, this.next(onPath, index)));
    } else if (first === '"') {
      this.string();
    } else {
      this.take(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, 'a value');
    }
  }

  private list(close: string, expected: string, element: (index: number) => void): void {
    this.at++;
    this.blanks();
    for (let index = 0; this.text[this.at] !== close; index++) {
      if (index > 0) {
        if (this.text[this.at] !== ',') {
          throw new Unexpected(this.at, expected);
        }
        this.at++;
      }
      element(index);
      this.blanks();
    }
    this.at++;
  }

  private member(depth: number, onPath: number): void {
    this.blanks();
    const start = this.at;
    this.string();
    const name: unknown = JSON.parse(this.text.slice(start, this.at));
    this.blanks();
    if (this.text[this.at] !== ':') {
      throw new Unexpected(this.at, 'a colon');
    }
    this.at++;
    this.value(depth + 1, this.next(onPath, name));
  }

  private next(onPath: number, part: unknown): number {
    return onPath >= 0 && this.wanted[onPath] === part ? onPath + 1 : -1;
  }

  private string(): void {
    if (this.text[this.at] !== '"') {
      throw new Unexpected(this.at, 'a name or text in "');
    }
    const start = this.at++;
    for (let character = this.text[this.at]; character !== '"'; character = this.text[this.at]) {
      if (character === undefined || character < ' ') {
        throw new Unexpected(start, 'the end of the text that begins here');
      }
      if (character === '\\') {
        this.take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y, 'an escape such as \\n');
      } else {
        this.at++;
      }
    }
    this.at++;
  }

  private take(pattern: RegExp, expected: string): void {
    pattern.lastIndex = this.at;
    const [taken] = pattern.exec(this.text) ?? [];
    if (taken === undefined) {
      throw new Unexpected(this.at, this.at >= this.text.length ? `${expected}, not the end of the file` : expected);
    }
    this.at += taken.length;
  }

  private blanks(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) {
      this.at++;
    }
  }
}
