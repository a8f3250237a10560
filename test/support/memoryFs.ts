import type { ScanFileSystem } from '../../server/src/check';

/** A disk made of path -> text, to be changed while a test runs. Folders are there because files are in them. */
export class MemoryFs implements ScanFileSystem {
  /** Paths that exist and can not be read. */
  readonly unreadable = new Set<string>();
  /** How often anything was asked for. */
  reads = 0;
  private readonly texts: Map<string, string>;

  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.texts = new Map(Object.entries(texts));
  }

  write(path: string, text: string): void {
    this.texts.set(path, text);
  }

  remove(path: string): void {
    this.texts.delete(path);
  }

  async readText(path: string): Promise<string | null> {
    this.reads++;
    return this.unreadable.has(path) ? null : (this.texts.get(path) ?? null);
  }

  async readFolder(path: string): Promise<{ name: string; kind: 'file' | 'folder' }[] | null> {
    this.reads++;
    if (this.unreadable.has(path)) return null;
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const inside = [...this.texts.keys()]
      .filter((each) => each.startsWith(prefix))
      .map((each) => each.slice(prefix.length));
    const names = [...new Set(inside.map((each) => each.split('/')[0] ?? ''))];
    if (names.length === 0) return null;
    return names.map((name) => ({ name, kind: inside.includes(name) ? 'file' : 'folder' }));
  }

  async contains(path: string, words: readonly string[]): Promise<boolean | null> {
    const text = await this.readText(path);
    return text === null ? null : words.some((word) => text.includes(word));
  }
}
