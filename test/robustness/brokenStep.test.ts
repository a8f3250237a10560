import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import type { DriverModel } from '../../server/src/analysis';
import type { CModule, FunctionDecl } from '../../server/src/c';
import { type Arc, arcText } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { type Program, recompile } from '../execution/compile';
import { gccMissing, programOf } from '../execution/realProgram';
import { runsOf } from '../execution/runs';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { seedFrom } from '../support/seed';
import { check, checkOf, open, type Subject, withText } from './edits';
import { allowedFalse, declarationsIn, type Edited, leadsThrough, type Part, reachOf, typeIn, typing } from './typing';

const trees = kernelTrees();
const unable = typeof trees === 'string' ? trees : gccMissing();
const seed = seedFrom('SEED');
const samples = Number(process.env['SAMPLES'] ?? 8);
/** Random worlds of each pair in a driver that was edited. */
const WORLDS = 40;

/**
 * Edits as a person makes them where a driver's arcs come from: heads and bodies of the functions that set_state runs, macros,
 * structs, preprocessor conditions, the ops and what sets the flags. What is reported as missing must be so: gcc says whether
 * the text is still C, and if it is, runs of the edited driver say what it rejects. In text that is no C only arcs whose own
 * way leads through the edit may be reported.
 */
describe('broken text of what set_state runs', () => {
  if (typeof trees === 'string' || unable !== null) {
    it('makes no arc missing that is there', function () {
      console.log(`Not run, ${unable}`);
      this.skip();
    });
    return;
  }
  const invented: string[] = [];
  const total = { edits: 0, silent: 0, compiled: 0, rejected: 0, broken: 0, own: 0 };
  after(() =>
    console.log(
      `      SEED=${seed}: ${total.edits} edits, ${total.silent} without a new missing arc; ${total.compiled} still C, their ` +
        `${total.rejected} new missing arcs rejected in every run; ${total.broken} no C, their ${total.own} new missing arcs those that were edited`,
    ),
  );

  for (const corpusDriver of corpusDrivers(trees)) {
    it(`${corpusDriver.name}: what is reported as missing in text that is C is rejected when it runs`, async () => {
      const end = await frontEnd();
      const subject = await open(corpusDriver);
      const module = end.module(subject.source.files);
      const whole = checkOf(module, subject.source, corpusDriver);
      assert.ok(whole);
      const program = await programOf(module, whole, corpusDriver);
      const run = [...program.closure.functions].filter(
        ({ file, name }) => file === subject.path && !program.stubbed.has(name),
      );
      const step = run.find(({ name }) => name === corpusDriver.truth.step.name);
      assert.ok(step);
      const kinds = partsOf(module, subject, whole, run, step);
      try {
        await fc.assert(
          fc.asyncProperty(typing, fc.noBias(fc.nat(9_999)), async (each, which) => {
            // Every kind of part alike, however many there are of it.
            const parts = kinds[which % kinds.length] ?? [];
            const part = parts[Math.floor(which / kinds.length) % parts.length];
            assert.ok(part);
            const edited = typeIn(subject.text, each, part);
            const broken = check(end, withText(subject, edited.text), corpusDriver);
            total.edits++;
            const before = new Set(whole.missing.map(arcText));
            const missing = broken?.missing.filter((arc) => !before.has(arcText(arc))) ?? [];
            if (missing.length === 0) {
              total.silent++;
              return;
            }
            const what = `${each.kind} at line ${lineOf(subject.text, edited.from)}: ${missing.map(arcText).join(', ')}`;
            const said = await recompile(program, subject.path, (executed) => moved(subject, executed, edited));
            if (said === '') {
              total.compiled++;
              total.rejected += missing.length;
              assert.deepEqual(await handledOf(program, missing), [], `${what}; the edited driver handles`);
            } else {
              total.broken++;
              total.own += missing.length;
              const reach = { ...edited, to: reachOf(subject.text, edited) };
              const others = missing.filter((arc) => !leadsThrough(whole, arc, subject.path, reach));
              if (others.length > 0) invented.push(`${corpusDriver.name}, ${what}; ${/error: .*/.exec(said)?.[0]}`);
            }
          }),
          { numRuns: samples, seed },
        );
      } finally {
        rmSync(program.folder, { recursive: true, force: true });
      }
    });
  }

  it('of text that is no C nearly never anything is reported but what was edited', () => {
    for (const text of invented) console.log(`      ${text}`);
    assert.ok(invented.length <= allowedFalse(total.edits), invented.join('\n'));
  });
});

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** Where edits are made, by kind. */
function partsOf(
  module: CModule,
  { path, text }: Subject,
  whole: DriverModel,
  run: readonly FunctionDecl[],
  step: FunctionDecl,
): Part[][] {
  const bodyOf = ({ nameSpan, span }: FunctionDecl): Part => ({
    start: text.indexOf('{', nameSpan.end),
    end: span.end,
  });
  const headOf = ({ nameSpan, span }: FunctionDecl): Part => ({
    start: span.start,
    end: text.indexOf('{', nameSpan.end) + 1,
  });
  const here = module.file(path);
  const ops = here?.globals.filter(({ name }) => name === whole.ops.name) ?? [];
  const flags = whole.flagSets.flatMap(({ locations }) => locations.filter(({ file }) => file === path));
  const setUp = here?.functions.filter(({ span }) =>
    flags.some((at) => span.start <= at.span.start && at.span.end <= span.end),
  );
  // Where the arcs are told apart there are twice as many.
  const all: readonly (readonly Part[])[] = [
    [bodyOf(step)],
    [bodyOf(step)],
    run.map(bodyOf),
    run.map(headOf),
    [headOf(step)],
    declarationsIn(text),
    ops.map(({ start, end }) => ({ start, end })),
    setUp?.map(({ span }) => span) ?? [],
  ];
  return all.filter((parts) => parts.length > 0).map((parts) => [...parts]);
}

/** The edit in the text that is executed, whose lines are those of the module's file. */
function moved({ text }: Subject, executed: string, { text: edited, from, to }: Edited): string {
  const put = edited.slice(from, edited.length - (text.length - to));
  const at = (offset: number): number => {
    const line = lineOf(text, offset) - 1;
    const column = offset - (text.lastIndexOf('\n', offset - 1) + 1);
    return executed.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + column;
  };
  const [start, end] = [at(from), to === text.length ? executed.length : at(to)];
  return executed.slice(0, start) + put + executed.slice(end);
}

/** The arcs among those that some run of the edited driver could do. */
async function handledOf(program: Program, arcs: readonly Arc[]): Promise<string[]> {
  const runs = await runsOf(program, WORLDS);
  const handled = new Set(runs.filter(({ result }) => result.k === 'file').map(arcText));
  return arcs.map(arcText).filter((arc) => handled.has(arc));
}
