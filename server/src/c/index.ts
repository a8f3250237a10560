import { buildFile, type SourceFile } from './file';
import { LinkedModule } from './link';
import { HeaderMacros, MacroEnv } from './macros';
import type { CModule } from './module';
import { type FileScan, scanFile } from './scan';
import { Syntax } from './syntax';

export { type Flow, flowOf } from './cfg';
export * from './ir';
export type { CModule, FunctionDecl, ParsedFile } from './module';
export { printCfg, printExpr, printIR, printPlace } from './print';
export { validate } from './validate';

/** A file as the front end takes it, whatever its text, named by its path. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** Turns C text into modules. Keeps, by path, what an edit does not touch. */
export interface FrontEnd {
  /** The module of these files. A file that is the same as last time costs nothing; of an edited one, the edited items. */
  module(files: readonly SourceText[]): CModule;
  /** Drops what is kept for a path. */
  forget(path: string): void;
  /** Frees the parser. Modules that were made go on working except for functions that were not lowered yet. */
  dispose(): void;
}

/** Loads the parser from the bytes of `web-tree-sitter.wasm` and `tree-sitter-c.wasm`; rejects when they are not these. */
export async function createFrontEnd(options: { runtime: Uint8Array; grammar: Uint8Array }): Promise<FrontEnd> {
  return new CachingFrontEnd(await Syntax.create(options.runtime, options.grammar));
}

class CachingFrontEnd implements FrontEnd {
  private readonly scans = new Map<string, FileScan>();
  private readonly built = new Map<string, { readonly file: SourceFile; readonly headers: readonly FileScan[] }>();

  constructor(private readonly syntax: Syntax) {}

  module(files: readonly SourceText[]): CModule {
    const scans = files.map((file) => this.scan(file));
    const headers = scans.filter((scan) => scan.path.endsWith('.h'));
    let macros: HeaderMacros | null = null;
    const result = scans.map((scan) => {
      const last = this.built.get(scan.path);
      // With its own text and every header the same, so are the macros that it sees.
      if (last !== undefined && last.file.scan === scan && sameList(last.headers, headers)) return last.file;
      macros ??= new HeaderMacros(headers);
      const env = new MacroEnv(scan.path, scan.macros, macros);
      const kept = last !== undefined && last.file.scan === scan && last.file.env.signature === env.signature;
      const file = kept ? last.file : buildFile(scan, env, this.syntax, last?.file ?? null);
      this.built.set(scan.path, { file, headers });
      return file;
    });
    return new LinkedModule(result, this.syntax);
  }

  private scan(file: SourceText): FileScan {
    const before = this.scans.get(file.path);
    if (before?.text === file.text) return before;
    const scan = scanFile(file.path, file.text);
    this.scans.set(file.path, scan);
    return scan;
  }

  forget(path: string): void {
    this.scans.delete(path);
    this.built.delete(path);
  }

  dispose(): void {
    this.scans.clear();
    this.built.clear();
    this.syntax.dispose();
  }
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}
