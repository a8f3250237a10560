import type { Position, Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** Texts whose positions count a line's characters in the units that server and client agreed on. */

const encodings = ['utf-8', 'utf-16', 'utf-32'] as const;

/** The unit of a position's `character`: bytes, UTF-16 code units, or code points. */
export type Encoding = (typeof encodings)[number];

/** What every client understands. */
export const defaultEncoding: Encoding = 'utf-16';

/** The first of the client's encodings, in the order of its preference, that is known here. */
export function encodingFrom(offered: unknown): Encoding {
  const known = Array.isArray(offered) ? offered.find((name) => encodings.includes(name)) : undefined;
  return known ?? defaultEncoding;
}

/** A document as the library makes them, which count in UTF-16, or one around it that counts otherwise. */
export function createDocument(uri: string, version: number, text: string, encoding: Encoding): TextDocument {
  const document = TextDocument.create(uri, 'c', version, text);
  return encoding === 'utf-16' ? document : new EncodedDocument(document, encoding);
}

/** Applies changes, each to the text that the one before left. One without a range replaces everything. */
export function updateDocument(
  document: TextDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
): void {
  const encoded = document instanceof EncodedDocument ? document : null;
  for (const change of changes) {
    // Some clients write "range": null.
    const range = 'range' in change ? (change.range ?? null) : null;
    const units = range !== null && encoded !== null ? encoded.inUtf16(range) : range;
    const taken = units === null ? { text: change.text } : { text: change.text, range: units };
    TextDocument.update(encoded?.document ?? document, [taken], version);
  }
}

class EncodedDocument implements TextDocument {
  /** The same text, counted in UTF-16. */
  readonly document: TextDocument;
  private readonly widthOf: (codePoint: number) => number;

  constructor(document: TextDocument, encoding: Exclude<Encoding, 'utf-16'>) {
    this.document = document;
    this.widthOf = encoding === 'utf-8' ? bytesOf : () => 1;
  }

  get uri(): string {
    return this.document.uri;
  }

  get languageId(): string {
    return this.document.languageId;
  }

  get version(): number {
    return this.document.version;
  }

  get lineCount(): number {
    return this.document.lineCount;
  }

  getText(range?: Range): string {
    return this.document.getText(range && this.inUtf16(range));
  }

  positionAt(offset: number): Position {
    const { line, character } = this.document.positionAt(offset);
    const start = this.document.offsetAt({ line, character: 0 });
    let units = 0;
    for (const each of this.getText().slice(start, start + character)) units += this.widthOf(codePoint(each));
    return { line, character: units };
  }

  /** A position inside of a character is taken as the character's start, one behind the line's end as that end. */
  offsetAt({ line, character }: Position): number {
    let offset = this.document.offsetAt({ line, character: 0 });
    const end = this.document.offsetAt({ line, character: Number.MAX_SAFE_INTEGER });
    let units = 0;
    for (const each of this.getText().slice(offset, end)) {
      units += this.widthOf(codePoint(each));
      if (units > character) break;
      offset += each.length;
    }
    return offset;
  }

  getLineRange(line: number): Range {
    const { start, end } = this.document.getLineRange(line);
    return { start, end: this.positionAt(this.document.offsetAt(end)) };
  }

  getEOLCharacters(line: number): string {
    return this.document.getEOLCharacters(line);
  }

  inUtf16({ start, end }: Range): Range {
    return {
      start: this.document.positionAt(this.offsetAt(start)),
      end: this.document.positionAt(this.offsetAt(end)),
    };
  }
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** As many as UTF-8 needs; half a surrogate pair counts as the replacement character that is written for it. */
function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
