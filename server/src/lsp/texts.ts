import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileSystem } from '../check';
import { migrationMarks } from '../check';
import type { TextOf } from './convert';
import { pathOfUri, uriOfPath } from './convert';
import type { Encoding } from './encoding';
import { createDocument, defaultEncoding, updateDocument } from './encoding';

/** A file larger than this many UTF-16 code units is not analysed: no driver is, and the editor must stay quick. */
export const maxFileLength = 4_000_000;

/** One of these stands in every file where a driver's arcs, flags or ops are written. */
const marks =
  /migration_set_state|vfio_device_migration_info|VFIO_DEVICE_STATE_|VFIO_MIGRATION_|vfio_device_mig_state|migration_flags|vfio_migration_ops|mig_ops/;

/** True when the text may be part of a driver; for text that is not, nothing else is done. */
export function mayBelongToDriver(text: string): boolean {
  return text.length > maxFileLength ? isMarked(text) : marks.test(text);
}

/** True when the text has what at least one file of every driver's module has. */
export function isMarked(text: string): boolean {
  return migrationMarks.some((mark) => text.includes(mark));
}

/** A document that the editor has open: its text wins over the disk's. */
export interface OpenDocument {
  /** As the client wrote it. */
  readonly uri: string;
  readonly path: string;
  readonly text: TextDocument;
}

/** The texts of files: the editor's where it has the file open, else the disk's, kept as long as a module needs it. */
export class Texts {
  private readonly open = new Map<string, OpenDocument>();
  private readonly disk = new Map<string, TextDocument>();
  private readonly files: FileSystem;
  /** How the positions of all texts count; settled before the first one comes. */
  encoding: Encoding = defaultEncoding;

  constructor(files: FileSystem) {
    this.files = files;
  }

  get openDocuments(): readonly OpenDocument[] {
    return [...this.open.values()];
  }

  document(path: string): OpenDocument | undefined {
    return this.open.get(path);
  }

  documentOf(uri: string): OpenDocument | undefined {
    return this.open.get(pathOfUri(uri));
  }

  /** The text at hand, without reading; undefined when it was never loaded. */
  readonly at: TextOf = (path) => this.open.get(path)?.text ?? this.disk.get(path);

  /** The URI by which the client knows the file. */
  readonly uriOf = (path: string): string => this.open.get(path)?.uri ?? uriOfPath(path);

  /** Takes over a document's text; opening again what is open replaces it. */
  opened(uri: string, version: number, text: string): OpenDocument {
    const path = pathOfUri(uri);
    const document = { uri, path, text: createDocument(uri, version, text, this.encoding) };
    this.open.set(path, document);
    this.disk.delete(path);
    return document;
  }

  /** Applies an edit; undefined for a document that was never opened. */
  changed(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): OpenDocument | undefined {
    const document = this.open.get(pathOfUri(uri));
    if (document !== undefined) updateDocument(document.text, changes, version);
    return document;
  }

  /** Forgets the editor's text; the disk's counts again. */
  closed(uri: string): string {
    const path = pathOfUri(uri);
    this.open.delete(path);
    return path;
  }

  /**
   * Reads what is not at hand. The answer knows these files' texts even when they are dropped meanwhile, and takes what the
   * editor has at the time when it is asked. Files that can not be read stay absent.
   */
  async load(paths: readonly string[]): Promise<TextOf> {
    const read = new Map<string, TextDocument>();
    await Promise.all(
      paths.map(async (path) => {
        const text = this.at(path) === undefined ? await this.files.readText(path) : null;
        if (text !== null) this.keep(path, text);
        const document = this.disk.get(path);
        if (document !== undefined) read.set(path, document);
      }),
    );
    return (path) => this.at(path) ?? read.get(path);
  }

  /** Keeps a text that was just read from the disk. */
  keep(path: string, text: string): void {
    if (this.at(path) === undefined) this.disk.set(path, createDocument(path, 0, text, this.encoding));
  }

  /** Drops the disk's text of a file: it changed, or nobody needs it any more. */
  drop(path: string): void {
    this.disk.delete(path);
  }

  /** The file system as the editor's user sees it: unsaved text in place of the disk's. */
  readonly overlay: FileSystem = {
    readText: async (path) => this.at(path)?.getText() ?? (await this.files.readText(path)),
    readFolder: async (path) => {
      const entries = await this.files.readFolder(path);
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const unsaved = [...this.open.keys()]
        .filter((open) => open.startsWith(prefix) && !open.slice(prefix.length).includes('/'))
        .map((open) => open.slice(prefix.length))
        .filter((name) => entries?.every((entry) => entry.name !== name) ?? true);
      if (entries === null && unsaved.length === 0) return null;
      return [...(entries ?? []), ...unsaved.map((name) => ({ name, kind: 'file' as const }))];
    },
  };
}
