import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import type { Encoding } from '../../server/src/lsp/encoding';
import { rangeIn } from '../support/lspClient';
import type { Random } from '../support/random';

/** What may be typed: whole lines, halves of constructs, and characters that count differently in every encoding. */
const snippets: readonly [string, ...string[]] = [
  ' ',
  'x',
  ';',
  '{',
  '}',
  '(',
  ')',
  '"',
  '/*',
  '*/',
  '// ',
  '\n',
  '\r\n',
  '\t\t',
  '😀',
  'é\u2028',
  '\ud83d',
  '\\\n',
  '#if 0\n',
  '#else\n',
  '#endif\n',
  '#define cur new\n',
  'return NULL;\n',
  'return ERR_PTR(-EINVAL);\n',
  'if (cur == VFIO_DEVICE_STATE_RESUMING && new == VFIO_DEVICE_STATE_STOP)\n\t\treturn NULL;\n',
  '/* vfio-arcs: allow missing-arc -- the hardware can not */\n',
  '/* vfio-arcs: allow no-such-rule -- why not */',
  'vdev->migration_flags |= VFIO_MIGRATION_PRE_COPY;\n',
  'static int unused(void)\n{\n\treturn 0;\n}\n',
];

/** How many edits may be upon each other before all are undone: broken text all over would say little. */
const mostAtOnce = 25;

/** Somebody who edits a text at random. What was done is undone again now and then, so that there is something to find. */
export class Typist {
  text: string;
  private readonly random: Random;
  private readonly original: string;
  private readonly encoding: Encoding;
  private readonly before: string[] = [];

  constructor(random: Random, text: string, encoding: Encoding = 'utf-16') {
    this.random = random;
    this.original = text;
    this.text = text;
    this.encoding = encoding;
  }

  /** The changes of one message; the text is then what they make of it. */
  edit(): TextDocumentContentChangeEvent[] {
    if (this.before.length >= mostAtOnce) return [this.restore(this.original)];
    const kind = this.random.below(20);
    if (kind === 0) return [this.restore(this.original)];
    if (kind < 4) return [this.restore(this.before.pop() ?? this.original)];
    this.before.push(this.text);
    return Array.from({ length: kind === 4 ? 3 : 1 }, () => this.change());
  }

  private change(): TextDocumentContentChangeEvent {
    const start = this.random.below(this.text.length + 1);
    switch (this.random.below(3)) {
      case 0:
        return this.replace(start, start + 1 + this.random.below(30), '');
      case 1:
        return this.replace(start, start, this.random.pick(snippets));
      default:
        return this.renamed(start);
    }
  }

  /** One word in the place of another. */
  private renamed(from: number): TextDocumentContentChangeEvent {
    const words = [...this.text.slice(from).matchAll(/\w+/g)];
    const [one] = words;
    const other = words[this.random.below(words.length)];
    if (one === undefined || other === undefined) return this.replace(from, from, 'x');
    const start = from + one.index;
    return this.replace(start, start + one[0].length, other[0]);
  }

  /** Back to an earlier text, with the smallest change that does it; now and then by sending the whole text. */
  private restore(text: string): TextDocumentContentChangeEvent {
    if (text === this.original) this.before.length = 0;
    if (this.random.below(4) === 0) {
      this.text = text;
      return { text };
    }
    const shorter = Math.min(this.text.length, text.length);
    let start = 0;
    while (start < shorter && this.text[start] === text[start]) start++;
    let end = 0;
    while (end < shorter - start && this.text.at(-1 - end) === text.at(-1 - end)) end++;
    while (!this.isCursor(this.text, start) || !this.isCursor(text, start)) start--;
    const ends = () => [this.isCursor(this.text, this.text.length - end), this.isCursor(text, text.length - end)];
    while (ends().includes(false)) end--;
    return this.replace(start, this.text.length - end, text.slice(start, text.length - end));
  }

  private replace(from: number, to: number, by: string): TextDocumentContentChangeEvent {
    const start = this.cursorBefore(from);
    const end = this.cursorBefore(Math.min(to, this.text.length));
    const range = rangeIn(this.text, start, end, this.encoding);
    this.text = this.text.slice(0, start) + by + this.text.slice(end);
    return { range, text: by };
  }

  private cursorBefore(offset: number): number {
    return this.isCursor(this.text, offset) ? offset : offset - 1;
  }

  /** An editor's cursor is not between CR and LF; in units that are no UTF-16, there is no place inside of a character either. */
  private isCursor(text: string, offset: number): boolean {
    const around = text.slice(Math.max(0, offset - 1), offset + 1);
    const whole = this.encoding === 'utf-16' ? /^\r\n$/ : /^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/;
    return !whole.test(around);
  }
}
