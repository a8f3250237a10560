import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { DriverModel } from '../../server/src/analysis';
import type { FrontEnd } from '../../server/src/c';
import { checkModule, defaultConfig, findModules, type ModuleSource } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { arcText } from '../../server/src/uapi';
import { type CorpusDriver, corpusDrivers } from '../corpus/drivers';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { seedFrom } from '../support/seed';

const trees = kernelTrees();
const seed = seedFrom('SEED');
const samples = Number(process.env['SAMPLES'] ?? 12);
const strays = ['{', '}', '(', ')', '"', "'", '#', '\\', '/*', ';', '@', '\0', '\ud800', '#if 1\n', 'if (', 'else'];

interface Edit {
  readonly kind: 'line' | 'token' | 'suffix' | 'stray';
  /** Where in the file, as a share of its length. */
  readonly at: number;
  readonly text: string;
}

/** Text as it is while somebody types, in the file that has the step function of each real driver. */
describe('broken text of real drivers', () => {
  if (typeof trees === 'string') {
    it('is survived', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  after(() => console.log(`      seed ${seed}, ${samples} edits of each driver`));
  const edit: fc.Arbitrary<Edit> = fc.record({
    kind: fc.constantFrom('line', 'token', 'suffix', 'stray'),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    text: fc.constantFrom(...strays),
  });

  for (const corpusDriver of corpusDrivers(trees)) {
    it(`${corpusDriver.name}: nothing throws, and what an edit does not touch stays as it was`, async () => {
      const end = await frontEnd();
      const subject = await open(corpusDriver);
      const whole = check(end, subject.source, corpusDriver) as DriverModel;
      const spans = functionsIn(end, subject);
      fc.assert(
        fc.property(edit, (each) => {
          const { text, from, to } = apply(subject.text, each);
          const broken = check(end, withText(subject, text), corpusDriver);
          const inside = spans.find(({ start, end: last }) => start < from && to < last);
          // A suffix may take the driver's ops with it, and text between functions may mean anything for all of them.
          if (broken === null || inside === undefined || each.kind === 'suffix') return;
          if (runsThrough(whole, subject.path, inside)) return;
          // What no execution comes by can not change one, except through the brackets and the preprocessor.
          if (/[#\\"'/\0]/.test(each.kind === 'stray' ? each.text : subject.text.slice(from, to))) return;
          assert.deepEqual(broken.missing.map(arcText), whole.missing.map(arcText), `missing arcs, ${inside.name}()`);
          for (const arc of whole.arcs) {
            const now = broken.arcs.find((other) => other.from === arc.from && other.to === arc.to);
            assert.ok(
              now?.status === arc.status || now?.status === 'undecided',
              `${arcText(arc)} was ${arc.status} and is ${now?.status} after an edit in ${inside.name}()`,
            );
          }
        }),
        { numRuns: samples, seed },
      );
    });

    it(`${corpusDriver.name}: a bracket too many or too few in the step function makes no arc missing`, async () => {
      const end = await frontEnd();
      const subject = await open(corpusDriver);
      const step = functionsIn(end, subject).find(({ name }) => name === corpusDriver.truth.step.name);
      assert.ok(step, 'the step function is there');
      const body = subject.text.indexOf('{', step.start) + 1;
      const brackets = [...subject.text.slice(body, step.end).matchAll(/[{}()]/g)].map(({ index }) => body + index);
      fc.assert(
        fc.property(fc.constantFrom(...brackets), fc.constantFrom('', '{', '}', '(', ')'), (at, put) => {
          const text = subject.text.slice(0, at) + put + subject.text.slice(put === '' ? at + 1 : at);
          const broken = check(end, withText(subject, text), corpusDriver);
          assert.deepEqual(
            broken?.missing.map(arcText) ?? [],
            [],
            `${put || 'nothing for'} ${text.slice(at - 20, at + 20)}`,
          );
        }),
        { numRuns: samples, seed },
      );
    });
  }
});

interface Subject {
  readonly source: ModuleSource;
  /** The file with the step function. */
  readonly path: string;
  readonly text: string;
}

async function open({ tree, truth }: CorpusDriver): Promise<Subject> {
  const path = join(tree.path, truth.step.file);
  const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
  const source = modules.find(({ files }) => files.some((file) => file.path === path));
  const text = source?.files.find((file) => file.path === path)?.text;
  assert.ok(source && text !== undefined, `no module with ${truth.step.file}`);
  return { source, path, text };
}

const withText = ({ source, path }: Subject, text: string): ModuleSource => ({
  ...source,
  files: source.files.map((file) => (file.path === path ? { path, text } : file)),
});

/** The driver's model, or null when the text has no driver any more. */
function check(end: FrontEnd, source: ModuleSource, { truth }: CorpusDriver): DriverModel | null {
  const report = checkModule(end.module(source.files), source.profile, defaultConfig);
  return report.drivers.find(({ driver }) => driver.setState.name === truth.setState)?.driver ?? null;
}

interface NamedSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function functionsIn(end: FrontEnd, { source, path }: Subject): NamedSpan[] {
  const functions = end.module(source.files).file(path)?.functions ?? [];
  return functions.map(({ name, span }) => ({ name, start: span.start, end: span.end }));
}

/** True when anything that the model says comes from the function's text. */
function runsThrough(driver: DriverModel, file: string, { start, end }: NamedSpan): boolean {
  const places = [
    driver.setState.location,
    ...(driver.getState ? [driver.getState.location] : []),
    ...driver.flagSets.flatMap((set) => set.locations),
    ...driver.arcs.flatMap((arc) => arc.outcomes.flatMap((o) => [o.at, ...o.trail.map((step) => step.location)])),
  ];
  return places.some((place) => place.file === file && place.span.start >= start && place.span.end <= end);
}

/** The text after the edit, and what of the old text it took. */
function apply(text: string, { kind, at, text: stray }: Edit): { text: string; from: number; to: number } {
  const offset = Math.floor(at * text.length);
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
