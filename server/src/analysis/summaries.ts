import type { Expr, FunctionIR, Initializer } from '../c/ir';
import type { CModule, FunctionDecl, ParsedFile } from '../c/module';
import { hash } from './hash';
import type { ReadLog, State } from './state';
import type { Value } from './value';

/** What a function does when it is called so: valid wherever the reads of memory have the same answers. */
export interface Summary {
  readonly reads: ReadLog;
  readonly results: readonly { readonly state: State; readonly value: Value }[];
}

/** Summaries kept from one analysis of a module to the next, as long as the functions behind them are the same. */
export class SummaryCache {
  private readonly kept = new Map<string, { readonly signature: string; readonly summaries: Map<string, Summary[]> }>();
  private readonly identities = new WeakMap<object, number>();
  private readonly numbers = new Map<string, number>();
  private count = 0;

  /** A short name for a function's key, the same in every analysis that shares the cache. */
  number(key: string): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** The summaries of a function that were made from the same text. */
  of(key: string, signature: string): Map<string, Summary[]> {
    const known = this.kept.get(key);
    if (known?.signature === signature) return known.summaries;
    const summaries = new Map<string, Summary[]>();
    this.kept.set(key, { signature, summaries });
    return summaries;
  }

  private readonly named = new WeakMap<object, Named>();
  private readonly declarations = new Map<string, { readonly text: string; readonly hash: string }>();

  /** What a function's body names; found out once for each text of it. */
  namedBy(ir: FunctionIR): Named {
    const known = this.named.get(ir.blocks);
    if (known) return known;
    const found = namedIn(ir);
    this.named.set(ir.blocks, found);
    return found;
  }

  /** A hash of a file's text outside of its functions, without comments and layout. */
  declarationsOf(file: ParsedFile): string {
    const known = this.declarations.get(file.path);
    if (known?.text === file.text) return known.hash;
    const found = hash(declarationsOf(file));
    this.declarations.set(file.path, { text: file.text, hash: found });
    return found;
  }

  /** A number that stands for an object as long as it lives. */
  identity(object: object): number {
    const known = this.identities.get(object);
    if (known !== undefined) return known;
    this.identities.set(object, ++this.count);
    return this.count;
  }
}

/** Everything that a function's summary depends on besides its arguments and memory, in a string. */
export class Signatures {
  private readonly environment: string;
  private readonly known = new Map<FunctionDecl, string>();
  private readonly direct = new Map<FunctionDecl, readonly FunctionDecl[]>();
  private readonly defined: ReadonlySet<string>;
  private readonly lookups = new Map<string, readonly FunctionDecl[]>();
  private tableFunctions: readonly FunctionDecl[] | null = null;

  constructor(
    private readonly module: CModule,
    private readonly cache: SummaryCache,
  ) {
    this.defined = new Set(module.files.flatMap((f) => f.functions.map((d) => d.name)));
    this.environment = hash(module.files.map((f) => cache.declarationsOf(f)).join(' '));
  }

  of(decl: FunctionDecl): string {
    const known = this.known.get(decl);
    if (known !== undefined) return known;
    const reached = this.reachedFrom(decl);
    const parts = [...reached].map((d) => this.cache.identity(d.ir().blocks)).sort((a, b) => a - b);
    const signature = `${this.environment}:${parts.join(',')}`;
    this.known.set(decl, signature);
    return signature;
  }

  /** The function and all that it may call, directly or not. */
  reachedFrom(decl: FunctionDecl): ReadonlySet<FunctionDecl> {
    const reached = new Set<FunctionDecl>([decl]);
    for (const at of reached) for (const next of this.calleesOf(at)) reached.add(next);
    return reached;
  }

  /** Functions that the body names, and all in tables when it calls through a pointer. */
  private calleesOf(decl: FunctionDecl): readonly FunctionDecl[] {
    const known = this.direct.get(decl);
    if (known) return known;
    const ir = decl.ir();
    const { names, indirect } = this.cache.namedBy(ir);
    const found = [...names].flatMap((name) => this.lookUp(name, ir.file));
    const all = indirect ? [...found, ...this.inTables()] : found;
    this.direct.set(decl, all);
    return all;
  }

  private lookUp(name: string, file: string): readonly FunctionDecl[] {
    if (!this.defined.has(name)) return [];
    const key = `${name} ${file}`;
    const known = this.lookups.get(key);
    if (known) return known;
    const found = this.module.functions(name, file);
    this.lookups.set(key, found);
    return found;
  }

  private inTables(): readonly FunctionDecl[] {
    if (!this.tableFunctions) {
      const names = new Set<string>();
      for (const global of this.module.files.flatMap((f) => f.globals)) {
        if (global.initializer) namesInInitializer(global.initializer, names);
      }
      this.tableFunctions = this.module.files.flatMap((f) => f.functions.filter((d) => names.has(d.name)));
    }
    return this.tableFunctions;
  }
}

interface Named {
  readonly names: ReadonlySet<string>;
  /** True when the function calls through a pointer. */
  readonly indirect: boolean;
}

function namedIn(ir: FunctionIR): Named {
  const names = new Set<string>();
  let indirect = false;
  for (const block of ir.blocks) {
    for (const i of block.instructions) {
      if (i.k === 'call') {
        if (i.name === null) indirect = true;
        else names.add(i.name);
        for (const arg of i.args) namesIn(arg, names);
      } else if (i.k === 'assign') {
        namesIn(i.value, names);
      } else if (i.k === 'initialize') {
        namesInInitializer(i.value, names);
      }
    }
    if (block.terminator.k === 'return' && block.terminator.value) namesIn(block.terminator.value, names);
  }
  return { names, indirect };
}

function namesIn(expr: Expr, names: Set<string>): void {
  switch (expr.k) {
    case 'load':
    case 'addr':
      if (expr.place.k === 'global') names.add(expr.place.name);
      return;
    case 'unary':
    case 'cast':
      namesIn(expr.arg, names);
      return;
    case 'binary':
      namesIn(expr.left, names);
      namesIn(expr.right, names);
      return;
    default:
      return;
  }
}

function namesInInitializer(init: Initializer, names: Set<string>): void {
  if (init.k === 'expr') namesIn(init.value, names);
  else for (const entry of init.entries) namesInInitializer(entry.value, names);
}

function declarationsOf({ path, text, functions }: ParsedFile): string {
  let at = 0;
  const parts: string[] = [];
  for (const { span, name } of [...functions].sort((a, b) => a.span.start - b.span.start)) {
    if (span.start < at) continue;
    // Directives inside a function hold for the text after it too.
    parts.push(text.slice(at, span.start), name, ...(text.slice(span.start, span.end).match(/^[ \t]*#.*/gm) ?? []));
    at = span.end;
  }
  parts.push(text.slice(at));
  return (
    path +
    parts
      .join('\n')
      .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
      .replace(/[ \t]+/g, ' ')
  );
}
