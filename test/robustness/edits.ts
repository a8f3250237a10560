import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { DriverModel } from '../../server/src/analysis';
import type { CModule, FrontEnd } from '../../server/src/c';
import { checkModule, defaultConfig, findModules, type ModuleSource } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import type { CorpusDriver } from '../corpus/drivers';

const strays = ['{', '}', '(', ')', '"', "'", '#', '\\', '/*', ';', '@', '\0', '\ud800', '#if 1\n', 'if (', 'else'];

/** Something that a hand on a keyboard does to a text. */
export interface Edit {
  readonly kind: 'line' | 'token' | 'suffix' | 'stray';
  /** Where in the file or the part of it that is edited, as a share of its length. */
  readonly at: number;
  readonly text: string;
}

/** A line, a token or all the rest taken away, or something put in. */
export const edits: fc.Arbitrary<Edit> = fc.record({
  // A suffix often takes the ops with it, and then there is nothing to say.
  kind: fc.noBias(fc.constantFrom('line', 'line', 'token', 'token', 'stray', 'stray', 'suffix')),
  // Everywhere alike: fast-check prefers the ends of a range.
  at: fc.noBias(fc.nat(999_999)).map((n) => n / 1_000_000),
  text: fc.noBias(fc.constantFrom(...strays)),
});

/** A real driver's module and the file of it that is edited. */
export interface Subject {
  readonly source: ModuleSource;
  /** The file with the step function. */
  readonly path: string;
  readonly text: string;
}

export async function open({ tree, truth }: CorpusDriver): Promise<Subject> {
  const path = join(tree.path, truth.step.file);
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const source = modules.find(({ files }) => files.some((file) => file.path === path));
  const text = source?.files.find((file) => file.path === path)?.text;
  assert.ok(source && text !== undefined, `no module with ${truth.step.file}`);
  return { source, path, text };
}

export const withText = ({ source, path }: Subject, text: string): ModuleSource => ({
  ...source,
  files: source.files.map((file) => (file.path === path ? { path, text } : file)),
});

/** The driver's model, or null when the text has no driver any more. */
export function check(end: FrontEnd, source: ModuleSource, driver: CorpusDriver): DriverModel | null {
  return checkOf(end.module(source.files), source, driver);
}

/** The same for a module that is at hand. */
export function checkOf(module: CModule, source: ModuleSource, { truth }: CorpusDriver): DriverModel | null {
  const report = checkModule(module, source.profile, defaultConfig);
  return report.drivers.find(({ driver }) => driver.setState.name === truth.setState)?.driver ?? null;
}

export interface NamedSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export function functionsIn(end: FrontEnd, { source, path }: Subject): NamedSpan[] {
  const functions = end.module(source.files).file(path)?.functions ?? [];
  return functions.map(({ name, span }) => ({ name, start: span.start, end: span.end }));
}

/** True when anything that the model says comes from the function's text. */
export function runsThrough(driver: DriverModel, file: string, { start, end }: NamedSpan): boolean {
  const places = [
    driver.setState.location,
    ...(driver.getState ? [driver.getState.location] : []),
    ...driver.flagSets.flatMap((set) => set.locations),
    ...driver.arcs.flatMap((arc) => arc.outcomes.flatMap((o) => [o.at, ...o.trail.map((step) => step.location)])),
  ];
  return places.some((place) => place.file === file && place.span.start >= start && place.span.end <= end);
}

/** The text after the edit, and what of the old text it took; the edit is within `part` when that is given. */
export function apply(
  text: string,
  { kind, at, text: stray }: Edit,
  part: { readonly start: number; readonly end: number } = { start: 0, end: text.length },
): { readonly text: string; readonly from: number; readonly to: number } {
  const offset = part.start + Math.floor(at * (part.end - part.start));
  const [from, to] = extent(text, kind, offset);
  return { text: text.slice(0, from) + (kind === 'stray' ? stray : '') + text.slice(to), from, to };
}

function extent(text: string, kind: Edit['kind'], offset: number): readonly [number, number] {
  switch (kind) {
    case 'stray':
      return [offset, offset];
    case 'suffix':
      return [offset, text.length];
    case 'line': {
      const next = text.indexOf('\n', offset);
      return [text.lastIndexOf('\n', offset - 1) + 1, next < 0 ? text.length : next + 1];
    }
    case 'token': {
      const token = /\w+|[^\w\s]/g;
      token.lastIndex = offset;
      const found = token.exec(text);
      return found ? [found.index, found.index + found[0].length] : [offset, offset];
    }
  }
}
