import type { CModule, FunctionDecl, ParsedFile } from '../c/module';
import { hash } from './hash';
import type { SummaryCache } from './summaries';

/** The functions of a module by the keys that sites and summaries name them by, and what they are made of. */
export class Functions {
  /** Changes with everything outside of functions that may change what one of them does. */
  readonly environment: string;
  /** The number of the analysis that they are looked at in. */
  readonly analysis: number;
  private readonly keys = new Map<FunctionDecl, string>();
  private readonly decls = new Map<string, FunctionDecl>();
  private readonly tokens = new Map<FunctionDecl, string>();

  constructor(
    module: CModule,
    private readonly cache: SummaryCache,
  ) {
    this.analysis = cache.begin();
    for (const file of module.files) {
      const seen = new Map<string, number>();
      for (const decl of file.functions) {
        const n = seen.get(decl.name) ?? 0;
        seen.set(decl.name, n + 1);
        const key = `${file.path}:${decl.name}${n ? `#${n}` : ''}`;
        this.keys.set(decl, key);
        this.decls.set(key, decl);
      }
    }
    this.environment = hash(module.files.map((f) => cache.declarationsOf(f, declarationsOf)).join(' '));
  }

  keyOf(decl: FunctionDecl): string {
    return this.keys.get(decl) ?? `${decl.file}:${decl.name}`;
  }

  declOf(key: string): FunctionDecl | undefined {
    return this.decls.get(key);
  }

  /** What stands for a function in the names that its own execution gives: the same in every analysis. */
  tokenOf(decl: FunctionDecl): string {
    const known = this.tokens.get(decl);
    if (known !== undefined) return known;
    const token = `%${hash(this.keyOf(decl))}%`;
    this.tokens.set(decl, token);
    return token;
  }

  /** A number that is another one when the function's text, or what macros make of it, is another one. */
  versionOf(decl: FunctionDecl): number {
    return this.cache.identity(decl.ir().blocks);
  }
}

/** A file's text outside of its functions, without comments and layout, and what of functions others may see. */
function declarationsOf({ path, text, functions }: ParsedFile): string {
  let at = 0;
  const parts: string[] = [];
  for (const { span, name, isStatic } of [...functions].sort((a, b) => a.span.start - b.span.start)) {
    if (span.start < at) continue;
    const body = text.slice(span.start, span.end);
    parts.push(text.slice(at, span.start), name, isStatic ? 'static' : '');
    // Directives inside a function hold for the text after it too.
    parts.push(...(body.match(/^[ \t]*#.*/gm) ?? []));
    // In broken text other functions may find a struct there.
    if (/\b(struct|union)\b[^;{}()]*\{/.test(body)) parts.push(body);
    at = span.end;
  }
  parts.push(text.slice(at));
  const code = parts
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
    .replace(/[ \t]+/g, ' ')
    // Blank lines say nothing, except where one ends a macro's text.
    .replace(/(?<!\\ ?) ?\n[ \n]*/g, '\n');
  return `${path}\n${code.trim()}`;
}
