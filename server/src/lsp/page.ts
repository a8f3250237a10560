import type { Hover } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import type { Location } from '../c/ir';
import { nameOf } from '../check';
import type { TextOf } from './convert';

/** A piece of text that is more than text. */
export type Part = string | { readonly code: string } | { readonly strong: string } | { readonly place: Location };

/** Text for a hover, written once for Markdown and plain text. What comes from the workspace can not become markup. */
export class Page {
  private readonly blocks: string[] = [];
  private readonly markdown: boolean;
  readonly textOf: TextOf;
  private readonly uriOf: (path: string) => string;

  constructor(markdown: boolean, textOf: TextOf, uriOf: (path: string) => string) {
    this.markdown = markdown;
    this.textOf = textOf;
    this.uriOf = uriOf;
  }

  paragraph(...parts: readonly Part[]): void {
    this.blocks.push(this.text(parts));
  }

  list(items: readonly (readonly Part[])[]): void {
    if (items.length > 0) this.blocks.push(items.map((parts) => `- ${this.text(parts)}`).join('\n'));
  }

  rule(): void {
    if (this.markdown && this.blocks.length > 0) this.blocks.push('---');
  }

  hover(): Hover {
    const kind = this.markdown ? MarkupKind.Markdown : MarkupKind.PlainText;
    return { contents: { kind, value: this.blocks.join('\n\n') } };
  }

  /** How the parts are going to look. */
  text(parts: readonly Part[]): string {
    return parts.map((part) => this.part(part)).join('');
  }

  private part(part: Part): string {
    if (typeof part === 'string') return this.markdown ? escaped(part) : part;
    if ('code' in part) return this.markdown ? codeSpan(part.code) : part.code;
    if ('strong' in part) return this.markdown ? `**${escaped(part.strong)}**` : part.strong;
    return this.placeText(part.place);
  }

  private placeText({ file, span }: Location): string {
    const line = this.textOf(file)?.positionAt(span.start).line;
    const text = line === undefined ? nameOf(file) : `${nameOf(file)}:${line + 1}`;
    if (!this.markdown) return text;
    return `[${escaped(text)}](${this.uriOf(file)}${line === undefined ? '' : `#L${line + 1}`})`;
  }
}

/** `_` inside of a word is no markup. */
function escaped(text: string): string {
  return text.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[\\`*{}[\]<>#|~&$]/g, '\\$&');
}

/** A code span that holds any text: on one line, fenced by more backticks than it has in a row. */
function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const gap = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}
