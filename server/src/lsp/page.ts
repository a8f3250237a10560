import type { Hover } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { printable } from '../analysis/printable';
import type { Location } from '../c/ir';
import { nameOf } from '../check';
import type { TextOf } from './convert';
import { percentEncoded } from './convert';

/** A piece of text that is more than text. */
export type Part =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly place: Location }
  | { readonly link: string; readonly text: string };

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
    if (typeof part === 'string') return this.plain(part);
    if ('code' in part) return this.markdown ? codeSpan(printable(part.code)) : printable(part.code);
    if ('strong' in part) return this.markdown ? `**${this.plain(part.strong)}**` : printable(part.strong);
    if ('link' in part) return this.markdown ? `[${this.plain(part.text)}](${linkTarget(part.link)})` : part.text;
    return this.placeText(part.place);
  }

  private plain(text: string): string {
    return this.markdown ? escaped(printable(text)) : printable(text);
  }

  private placeText({ file, span }: Location): string {
    const line = this.textOf(file)?.positionAt(span.start).line;
    const text = this.plain(line === undefined ? nameOf(file) : `${nameOf(file)}:${line + 1}`);
    if (!this.markdown) return text;
    return `[${text}](${linkTarget(this.uriOf(file))}${line === undefined ? '' : `#L${line + 1}`})`;
  }
}

/** A URI as a client wrote it, with everything percent-encoded that could end a link or is no part of a URI. */
function linkTarget(uri: string): string {
  return uri.replace(/[^\w\-.~:/?#@!$&'*+,;=%]+/g, percentEncoded);
}

/** `_` inside of a word is no markup, nor is the arrow of an arc: editors that show Markdown as it is would show the escape. */
function escaped(text: string): string {
  return text.replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<!-)>|[\\`*{}[\]<#|~&$]/g, '\\$&');
}

/** A code span that holds any text: on one line, fenced by more backticks than it has in a row. */
function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const gap = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}
