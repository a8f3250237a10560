import type { ConfigTest, CType, FunctionIR, GlobalIR, Initializer, InitializerEntry } from '../c/ir';
import type { CModule } from '../c/module';
import type { Expressions, Frame } from './expressions';
import type { InitialValue } from './state';
import { outside, ReadLog, State } from './state';
import type { Types } from './types';
import type { Loc, SymbolValue, Value } from './value';
import { int, overlaid, root, symbol, undeclaredName, unmodelledReason, zero } from './value';

/** Preprocessor conditions whose outcome is fixed for one evaluation. */
export type Configuration = ReadonlyMap<string, boolean>;

/** The object of a global name as a file sees it. */
export function globalRoot(module: CModule, name: string, fromFile: string): Loc {
  const found = module.globals(name, fromFile)[0];
  return root(`g:${found?.isStatic ? found.file : ''}:${name}`, found?.type ?? null);
}

/** What memory holds before a driver's function runs. */
export function initialMemory(
  module: CModule,
  types: Types,
  expressions: Expressions,
  configuration: Configuration,
): InitialValue {
  const tables = new Map<string, GlobalTable | null>();
  const memory = (loc: Loc): Value => {
    let object = loc;
    while (object.parent) object = object.parent;
    if (object.key.startsWith('g:')) {
      let table = tables.get(object.key);
      if (table === undefined) {
        table = tableOf(module, types, expressions, configuration, object, memory);
        tables.set(object.key, table);
      }
      if (table) {
        const path = loc.key.slice(object.key.length);
        return table.values.get(path) ?? unlisted(loc, path, table);
      }
      const name = nameOf(object);
      if (module.globals(name.name, name.file).length === 0)
        return symbol(`*${loc.key}`, { k: 'foreign', name: name.name });
    }
    if (object.key.startsWith('"')) {
      const code = codeIn(object.key.slice(1, -1), loc.key.slice(object.key.length));
      if (code !== null) return code;
    }
    if (/^f\d/.test(object.key)) return symbol(`indeterminate:${loc.key}`, { k: 'indeterminate' });
    const reason = object.pointer && unmodelledReason(object.pointer);
    if (reason) return symbol(`*${loc.key}`, { k: 'unmodelled', reason }, object.pointer?.at);
    const undeclared = object.pointer && undeclaredName(object.pointer);
    if (undeclared) return symbol(`*${loc.key}`, { k: 'foreign', name: undeclared });
    return heldBefore(loc);
  };
  return memory;
}

/** The characters of a string by the paths of an array's elements. */
export function charactersOf(text: string): [string, Value][] {
  return [...text].map((_, i) => [`[${i}]`, int(BigInt(text.charCodeAt(i)))]);
}

/** The character at a path in a string, which ends in a zero; null for no such path. */
function codeIn(text: string, path: string): Value | null {
  const index = path === '' ? 0 : Number(/^\[(\d+)\]$/.exec(path)?.[1] ?? -1);
  if (index < 0 || index > text.length) return null;
  return int(index === text.length ? 0n : BigInt(text.charCodeAt(index)));
}

const namedByPlace = new WeakMap<Loc, SymbolValue>();

/** What a place held before anything ran. One object for one place: what a summary read is compared with it time and again. */
function heldBefore(loc: Loc): SymbolValue {
  const known = namedByPlace.get(loc);
  if (known) return known;
  const value = symbol(`*${loc.key}`, { k: 'memory', loc });
  namedByPlace.set(loc, value);
  return value;
}

/** A global's values by path, and the paths of lists that can not be read as a whole. */
interface GlobalTable {
  readonly values: ReadonlyMap<string, Value>;
  readonly damaged: readonly string[];
}

/** A member that a whole initialiser does not name is zero; an element at an unknown index is unknown. */
function unlisted(loc: Loc, path: string, { damaged }: GlobalTable): Value {
  if (damaged.some((outer) => path.startsWith(outer))) {
    return symbol(`*${loc.key}`, { k: 'unmodelled', reason: 'the initialiser is not C' });
  }
  return /\[(?!-?\d+\])/.test(path) ? symbol(`*${loc.key}`, { k: 'memory', loc }) : zero;
}

function nameOf({ key }: Loc): { readonly name: string; readonly file: string } {
  const [, file = '', name = ''] = /^g:(.*):([^:]+)$/.exec(key) ?? [];
  return { name, file };
}

/** The values of an initialised global by path; null when its value at run time is not what the initialiser says. */
function tableOf(
  module: CModule,
  types: Types,
  expressions: Expressions,
  configuration: Configuration,
  object: Loc,
  initial: InitialValue,
): GlobalTable | null {
  const { name, file } = nameOf(object);
  const candidates = module.globals(name, file).filter((g) => matches(g.when, configuration));
  const global = candidates.find((g) => g.initializer) ?? candidates[0];
  if (!global?.initializer) return null;
  if (!global.isConst && !types.isAggregate(global.type)) return null;
  const frame = frameOf(global);
  const state = new State(null, new ReadLog(), initial, outside);
  const values = new Map<string, Value>();
  const damaged: string[] = [];
  const fill = (init: Initializer, type: CType | null, path: string): void => {
    if (init.k === 'expr' && init.value.k === 'string' && types.strip(type)?.k === 'array') {
      for (const [element, code] of charactersOf(init.value.text)) values.set(path + element, code);
      return;
    }
    if (init.k === 'expr') {
      values.set(path, expressions.value(init.value, frame, state));
      return;
    }
    const { parts, isWhole } = partsOf(init, type, types, configuration, (e) =>
      constantIndex(e, expressions, frame, state),
    );
    if (!isWhole) damaged.push(path);
    for (const part of parts) {
      fill(part.value, part.type, path + part.path);
      for (const { name } of types.rivals(type, /^\.([^.[]+)/.exec(part.path)?.[1] ?? '')) {
        if (!values.has(`${path}.${name}`)) values.set(`${path}.${name}`, overlaid(`${path}.${name}`, null));
      }
    }
  };
  fill(global.initializer, global.type, '');
  return { values, damaged };
}

const matches = (tests: readonly ConfigTest[], configuration: Configuration): boolean =>
  tests.every((t) => (configuration.get(t.text) ?? t.value) === t.value);

function constantIndex(
  expr: Parameters<Expressions['value']>[0],
  expressions: Expressions,
  frame: Frame,
  state: State,
): bigint | null {
  const value = expressions.value(expr, frame, state);
  return value.k === 'int' ? value.v : null;
}

export interface InitializedPart {
  readonly path: string;
  readonly type: CType | null;
  readonly value: Initializer;
}

/** The longest range that a designator may name; longer ones are left out. */
const maxRange = 4096n;

/**
 * The parts of a braced initialiser with the paths they go to, as C assigns them; what is not whole may set more than these.
 */
export function partsOf(
  { entries, isDamaged }: Initializer & { readonly k: 'list' },
  type: CType | null,
  types: Types,
  configuration: Configuration,
  indexOf: (expr: Parameters<Expressions['value']>[0]) => bigint | null,
): { readonly parts: readonly InitializedPart[]; readonly isWhole: boolean } {
  const parts: InitializedPart[] = [];
  let isWhole = !isDamaged;
  const stripped = types.strip(type);
  const fields = stripped?.k === 'struct' ? types.fieldsOf(stripped.name) : null;
  let next = 0n;
  for (const entry of entries) {
    if (!matches(entry.when, configuration)) continue;
    let targets: { path: string; type: CType | null }[] = [{ path: '', type }];
    if (entry.designators.length === 0) {
      // In a list that lost something the others stand at other places.
      if (isDamaged) continue;
      isWhole &&= hasPlaces(types, stripped) || isZeroAlone(entries);
      const field = fields?.[Number(next)];
      targets = fields
        ? [{ path: `.${field?.name ?? next}`, type: field?.type ?? null }]
        : [{ path: `[${next}]`, type: types.element(type) }];
      next++;
    }
    entry.designators.forEach((designator, level) => {
      targets = targets.flatMap((target) => {
        if (designator.k === 'field') {
          isWhole &&= hasMember(types, target.type, designator.name);
          if (level === 0) next = BigInt((fields?.findIndex((f) => f.name === designator.name) ?? -1) + 1);
          return [{ path: `${target.path}.${designator.name}`, type: types.field(target.type, designator.name) }];
        }
        const low = indexOf(designator.low);
        const high = designator.high ? indexOf(designator.high) : low;
        if (low === null || high === null || high - low > maxRange) {
          isWhole = false;
          return [];
        }
        if (level === 0) next = high + 1n;
        const elements: typeof targets = [];
        for (let i = low; i <= high; i++)
          elements.push({ path: `${target.path}[${i}]`, type: types.element(target.type) });
        return elements;
      });
    });
    for (const target of targets) parts.push({ ...target, value: entry.value });
  }
  return { parts, isWhole };
}

/** False where nobody knows where the elements of a list go: the struct is not all declared, or the type is none for a list. */
function hasPlaces(types: Types, type: CType | null): boolean {
  return type?.k === 'array' || (type?.k === 'struct' && types.isWhole(type.name));
}

/** `{ 0 }`, for whatever type. */
function isZeroAlone(entries: readonly InitializerEntry[]): boolean {
  const [first, ...others] = entries;
  const value = first?.value.k === 'expr' ? first.value.value : null;
  return others.length === 0 && value?.k === 'int' && value.value === 0n;
}

/** False for a name that a struct of the module does not have: it is not typed to its end, or the struct's is not. */
function hasMember(types: Types, type: CType | null, name: string): boolean {
  const struct = types.strip(type);
  const fields = struct?.k === 'struct' ? types.fieldsOf(struct.name) : null;
  return fields === null || fields.some((field) => field.name === name);
}

/** How many elements an array without a length gets from its initialiser; null when it can not be told. */
export function initializedLength(
  global: GlobalIR,
  types: Types,
  expressions: Expressions,
  configuration: Configuration,
  initial: InitialValue,
): bigint | null {
  if (global.initializer?.k === 'expr' && global.initializer.value.k === 'string')
    return BigInt(global.initializer.value.text.length + 1);
  if (global.initializer?.k !== 'list') return null;
  const frame = frameOf(global);
  const state = new State(null, new ReadLog(), initial, outside);
  let length = 0n;
  const index = (e: Parameters<Expressions['value']>[0]): bigint | null => constantIndex(e, expressions, frame, state);
  const { parts, isWhole } = partsOf(global.initializer, global.type, types, configuration, index);
  if (!isWhole) return null;
  for (const part of parts) {
    const at = /^\[(\d+)\]/.exec(part.path)?.[1];
    if (at === undefined) return null;
    if (BigInt(at) >= length) length = BigInt(at) + 1n;
  }
  return length;
}

/** A frame in which a global's initialiser can be evaluated: no locals. */
export function frameOf(global: GlobalIR): Frame {
  const fn: FunctionIR = {
    name: global.name,
    file: global.file,
    start: global.start,
    end: global.end,
    nameSpan: global.nameSpan,
    isStatic: true,
    returns: { k: 'void' },
    params: [],
    locals: [],
    blocks: [],
    statics: [],
    isDamaged: false,
    problems: [],
  };
  return { fn, key: `global:${global.file}:${global.name}`, depth: 0, context: `global:${global.name}`, locals: [] };
}

/** The preprocessor conditions inside initialisers of the module's tables: each configuration is judged apart. */
export function conditionsInTables(globals: readonly GlobalIR[]): string[] {
  const found = new Set<string>();
  const visit = (init: Initializer): void => {
    if (init.k !== 'list') return;
    for (const entry of init.entries) {
      for (const test of entry.when) found.add(test.text);
      visit(entry.value);
    }
  };
  for (const global of globals) if (global.initializer) visit(global.initializer);
  return [...found];
}
