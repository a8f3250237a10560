import type { Region } from './conditions';
import { expandItem } from './expand';
import type { Expr, FunctionIR, GlobalIR, Problem, Span, StructDecl } from './ir';
import { type Item, splitItems } from './items';
import { IDENT, lex, type Tokens, tokenText } from './lex';
import { type MacroEnv, macroText } from './macros';
import type { FunctionDecl, ParsedFile } from './module';
import { IDENTITY } from './offsets';
import { type FileScan, testsAt } from './scan';
import type { Syntax } from './syntax';
import { Unit, type UnitInput } from './unit';

/** A unit at its present place in its file. */
export interface Placed {
  readonly unit: Unit;
  readonly start: number;
}

/** A function at its present place. */
class PlacedFunction implements FunctionDecl {
  readonly span: Span;
  readonly nameSpan: Span;
  private lowered: FunctionIR | null = null;

  constructor(
    readonly unit: Unit,
    readonly start: number,
  ) {
    const { length, nameSpan } = unit.input;
    this.span = { start, end: start + length };
    this.nameSpan = { start: start + nameSpan.start, end: start + nameSpan.end };
  }

  get name(): string {
    return this.unit.input.name;
  }

  get file(): string {
    return this.unit.input.file;
  }

  get isStatic(): boolean {
    return this.unit.input.isStatic;
  }

  get when(): UnitInput['when'] {
    return this.unit.input.when;
  }

  ir(): FunctionIR {
    if (this.lowered === null) {
      const { start } = this;
      const ir = this.unit.ir();
      const statics = ir.statics.map((global) => placeGlobal(global, start));
      this.lowered = { ...ir, start, end: start + ir.end, statics };
    }
    return this.lowered;
  }
}

function placeGlobal(global: GlobalIR, start: number): GlobalIR {
  return { ...global, start: global.start + start, end: global.end + start };
}

const NO_DECLARATIONS: readonly Placed[] = [];

/** One file of a module: its items, lowered when something asks for them. */
export class SourceFile implements ParsedFile {
  readonly functions: readonly PlacedFunction[];
  readonly declarations: readonly Placed[];
  private readonly byName = new Map<string, PlacedFunction[]>();
  private declarationsByWord: Map<string, Placed[]> | null = null;
  /** Values of macros that are constants, by name; for the linked module. */
  readonly macroConstants: Map<string, Expr | undefined>;
  private readonly globalsByName = new Map<string, readonly GlobalIR[]>();
  private allGlobals: GlobalIR[] | null = null;
  private allStructs: StructDecl[] | null = null;
  private allProblems: Problem[] | null = null;

  /** `previous` is the same file before an edit; its units are taken over where they still hold. */
  constructor(
    readonly scan: FileScan,
    readonly env: MacroEnv,
    private readonly units: ReadonlyMap<string, readonly Placed[]>,
    placed: readonly Placed[],
    previous: SourceFile | null,
  ) {
    this.macroConstants = previous?.env.signature === env.signature ? previous.macroConstants : new Map();
    const known = new Map<Unit, PlacedFunction>();
    for (const fn of previous?.functions ?? []) known.set(fn.unit, fn);
    const functions: PlacedFunction[] = [];
    const declarations: Placed[] = [];
    for (const { unit, start } of placed) {
      if (unit.input.kind === 'function') {
        const before = known.get(unit);
        const fn = before?.start === start ? before : new PlacedFunction(unit, start);
        functions.push(fn);
        const same = this.byName.get(fn.name);
        if (same === undefined) this.byName.set(fn.name, [fn]);
        else same.push(fn);
      } else if (unit.input.kind === 'declaration') {
        declarations.push({ unit, start });
      }
    }
    this.functions = functions;
    this.declarations = declarations;
  }

  get path(): string {
    return this.scan.path;
  }

  get text(): string {
    return this.scan.text;
  }

  get localIncludes(): readonly string[] {
    return this.scan.localIncludes;
  }

  get isHeader(): boolean {
    return this.path.endsWith('.h');
  }

  get globals(): readonly GlobalIR[] {
    this.allGlobals ??= this.declarations.flatMap((placed) => globalsOf(placed));
    return this.allGlobals;
  }

  get structs(): readonly StructDecl[] {
    this.allStructs ??= this.declarations.flatMap((placed) => structsOf(placed));
    return this.allStructs;
  }

  get problems(): readonly Problem[] {
    if (this.allProblems === null) {
      const { tokens, items } = this.scan;
      const broken = items.filter((item) => item.damaged || item.kind === 'stray');
      this.allProblems = [
        ...this.scan.problems,
        ...this.declarations.flatMap(({ unit, start }) => unit.declarations().problems.map((p) => moved(p, start))),
        ...broken.map((item): Problem => {
          const start = tokens.start[item.name >= 0 ? item.name : item.first] ?? 0;
          const end = tokens.end[item.name >= 0 ? item.name : item.first] ?? start;
          const message = item.damaged
            ? 'the brackets from here on do not match'
            : 'this is no definition and no declaration';
          return { kind: 'syntax', message, span: { start, end } };
        }),
      ];
    }
    return this.allProblems;
  }

  functionsNamed(name: string): readonly PlacedFunction[] {
    return this.byName.get(name) ?? [];
  }

  /** Variables by name; `function.name` finds a static local. Parses only items that have the name in their text. */
  globalsNamed(name: string): readonly GlobalIR[] {
    let found = this.globalsByName.get(name);
    if (found === undefined) {
      const dot = name.indexOf('.');
      found =
        dot > 0
          ? this.functionsNamed(name.slice(0, dot)).flatMap((fn) => fn.ir().statics.filter((g) => g.name === name))
          : this.declarationsWith(name).flatMap((placed) => globalsOf(placed).filter((g) => g.name === name));
      this.globalsByName.set(name, found);
    }
    return found;
  }

  /** Declarations whose text has the word. */
  declarationsWith(word: string): readonly Placed[] {
    if (this.declarationsByWord === null) {
      this.declarationsByWord = new Map();
      for (const placed of this.declarations) {
        for (const each of placed.unit.words()) {
          const list = this.declarationsByWord.get(each);
          if (list === undefined) this.declarationsByWord.set(each, [placed]);
          else list.push(placed);
        }
      }
    }
    return this.declarationsByWord.get(word) ?? NO_DECLARATIONS;
  }

  /** The units by key, for the file after the next edit. */
  get cache(): ReadonlyMap<string, readonly Placed[]> {
    return this.units;
  }
}

export function globalsOf(placed: Placed): GlobalIR[] {
  return placed.unit.declarations().globals.map((global) => placeGlobal(global, placed.start));
}

export function structsOf({ unit, start }: Placed): StructDecl[] {
  const structs = unit.input.kind === 'function' ? unit.structsInside() : unit.declarations().structs;
  return structs.map((struct) => {
    const { file, span } = struct.location;
    return { ...struct, location: { file, span: { start: span.start + start, end: span.end + start } } };
  });
}

const WORD = /[\w$]/;

/** The offset of `word` in `text` as a whole word, or -1. */
export function findWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!WORD.test(text.charAt(at - 1)) && !WORD.test(text.charAt(at + word.length))) return at;
  }
  return -1;
}

export const hasWord = (text: string, word: string): boolean => word !== '' && findWord(text, word) >= 0;

/** Makes a file from its scan, with the units of `previous` that still hold. */
export function buildFile(scan: FileScan, env: MacroEnv, syntax: Syntax, previous: SourceFile | null): SourceFile {
  const units = new Map<string, readonly Placed[]>();
  const placed: Placed[] = [];
  for (const item of scan.items) {
    if (item.kind === 'prototype' && env.empty) continue;
    const start = scan.tokens.start[item.first] ?? 0;
    const end = scan.tokens.end[item.last - 1] ?? start;
    const text = scan.tokens.text.slice(start, end);
    const when = testsAt(scan.regions, start);
    const regions = regionsInside(scan.regions, start, end);
    const uses = env.empty ? '' : macroUses(scan.tokens, item, env);
    const problems = problemsInside(scan.problems, start, end);
    const at: ItemText = { start, end, text, when, regions, problems };
    const key = `${item.kind}${item.damaged ? '!' : ''}\0${text}\0${uses}\0${conditionKey(at)}`;
    const kept = units.get(key) ?? previous?.cache.get(key);
    const made = kept?.map(({ unit }) => ({ unit, start })) ?? makeUnits(scan, item, at, env, syntax);
    units.set(key, made);
    placed.push(...made);
  }
  return new SourceFile(scan, env, units, placed, previous);
}

function conditionKey({ when, regions, problems }: ItemText): string {
  const none = when.length === 0 && regions.length === 0 && problems.length === 0;
  return none ? '' : JSON.stringify([when, regions, problems]);
}

/** The problems that lie in an item, relative to it. */
function problemsInside(problems: readonly Problem[], start: number, end: number): readonly Problem[] {
  if (problems.length === 0) return problems;
  return problems.filter(({ span }) => span.start >= start && span.end <= end).map((problem) => moved(problem, -start));
}

const moved = (problem: Problem, by: number): Problem => ({
  ...problem,
  span: { start: problem.span.start + by, end: problem.span.end + by },
});

/** Regions that start inside an item, with offsets relative to it. */
function regionsInside(regions: readonly Region[], start: number, end: number): Region[] {
  if (regions.length === 0) return [];
  const indices = new Map<number, number>();
  const inside: Region[] = [];
  regions.forEach((region, index) => {
    if (region.start < start || region.start >= end) return;
    indices.set(index, inside.length);
    inside.push({
      start: region.start - start,
      end: region.end - start,
      tests: region.tests,
      parent: indices.get(region.parent) ?? -1,
    });
  });
  return inside;
}

/** The text of all macros that an item's text may invoke, directly or through other macros. */
function macroUses(tokens: Tokens, item: Item, env: MacroEnv): string {
  let names: Set<string> | null = null;
  for (let i = item.first; i < item.last; i++) {
    if (tokens.code[i] !== IDENT) continue;
    const name = tokenText(tokens, i);
    if (!env.has(name)) continue;
    names ??= new Set();
    names.add(name);
  }
  if (names === null) return '';
  const parts: string[] = [];
  const offset = tokens.start[item.first] ?? 0;
  for (const name of names) {
    // A set that grows while it is walked is walked to its end.
    for (const macro of env.lookup(name, offset)) {
      parts.push(macroText(macro));
      for (const token of macro.body) if (token.code === IDENT && env.has(token.text)) names.add(token.text);
    }
  }
  return parts.join('\n');
}

interface ItemText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly when: UnitInput['when'];
  readonly regions: readonly Region[];
  readonly problems: readonly Problem[];
}

/** An item's units: itself, or what the module's macros in its head make of it. */
function makeUnits(scan: FileScan, item: Item, at: ItemText, env: MacroEnv, syntax: Syntax): Placed[] {
  const { tokens } = scan;
  const common = {
    file: scan.path,
    length: at.end - at.start,
    when: at.when,
    regions: at.regions,
    problems: at.problems,
  };
  if (headInvokesMacro(tokens, item, env)) {
    const local = lex(at.text).tokens;
    const expanded = expandItem(local, at.start, env);
    if (expanded !== null) {
      const produced = lex(expanded.text).tokens;
      return splitItems(produced).map((part) => {
        const from = produced.start[part.first] ?? 0;
        const to = produced.end[part.last - 1] ?? from;
        const input: UnitInput = {
          ...common,
          ...nameOf(produced, part, (start, end) => expanded.map.span(start, end)),
          kind: part.kind,
          text: produced.text.slice(from, to),
          isStatic: part.isStatic,
          damaged: part.damaged || item.damaged,
          made: { map: expanded.map, shift: from, choices: expanded.choices },
        };
        return { unit: new Unit(input, env, at.start, syntax), start: at.start };
      });
    }
  }
  const input: UnitInput = {
    ...common,
    ...nameOf(tokens, item, (start, end) => IDENTITY.span(start - at.start, end - at.start)),
    kind: item.kind,
    text: at.text,
    isStatic: item.isStatic,
    damaged: item.damaged,
    made: null,
  };
  return [{ unit: new Unit(input, env, at.start, syntax), start: at.start }];
}

function nameOf(
  tokens: Tokens,
  item: Item,
  place: (start: number, end: number) => Span,
): { name: string; nameSpan: Span } {
  const index = item.name >= 0 ? item.name : item.first;
  const start = tokens.start[index] ?? 0;
  const name = item.name >= 0 ? tokenText(tokens, item.name) : '';
  return { name, nameSpan: place(start, tokens.end[index] ?? start) };
}

function headInvokesMacro(tokens: Tokens, item: Item, env: MacroEnv): boolean {
  if (env.empty) return false;
  for (let i = item.first; i < item.headEnd; i++) {
    if (tokens.code[i] === IDENT && env.lookup(tokenText(tokens, i), tokens.start[i] ?? 0).length > 0) return true;
  }
  return false;
}
