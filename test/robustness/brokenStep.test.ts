import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import type { DriverModel, Evidence } from '../../server/src/analysis';
import type { FunctionDecl } from '../../server/src/c';
import { type Arc, arcText } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { type Program, recompile } from '../execution/compile';
import { gccMissing, programOf } from '../execution/realProgram';
import { runsOf } from '../execution/runs';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { apply, check, checkOf, type Edit, edits, open, type Subject, withText } from './edits';

const trees = kernelTrees();
const unable = typeof trees === 'string' ? trees : gccMissing();
/** Always the same edits unless others are asked for: how much the front end can tell of text that is no C has no end. */
const seed = Number(process.env['SEED'] ?? 1);
const samples = Number(process.env['SAMPLES'] ?? 12);
/** Random worlds of each pair in a driver that was edited. */
const WORLDS = 40;

/**
 * Edits in the bodies of the functions that set_state runs, where every one changes what an execution sees. What is reported as missing
 * must be so: gcc says whether the text is still C, and if it is, runs of the edited driver say what it rejects. In text
 * that is no C only arcs whose own way leads through the edit may be reported.
 */
describe('broken text of what set_state runs', () => {
  if (typeof trees === 'string' || unable !== null) {
    it('makes no arc missing that is there', function () {
      console.log(`Not run, ${unable}`);
      this.skip();
    });
    return;
  }
  const total = { edits: 0, silent: 0, compiled: 0, rejected: 0, broken: 0, own: 0 };
  after(() =>
    console.log(
      `      seed ${seed}: ${total.edits} edits, ${total.silent} without a new missing arc; ${total.compiled} still C, their ` +
        `${total.rejected} new missing arcs rejected in every run; ${total.broken} no C, their ${total.own} new missing arcs those that were edited`,
    ),
  );

  for (const corpusDriver of corpusDrivers(trees)) {
    it(`${corpusDriver.name}: no arc that is still in the text is reported as missing`, async () => {
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
      // Half of the edits are where the arcs are told apart.
      const bodyOf = ({ nameSpan, span }: FunctionDecl) => ({
        start: subject.text.indexOf('{', nameSpan.end),
        end: span.end,
      });
      const parts = run.flatMap((decl) => [bodyOf(decl), bodyOf(step)]);
      try {
        await fc.assert(
          fc.asyncProperty(edits, fc.noBias(fc.nat(parts.length - 1)), async (each, which) => {
            const part = parts[which];
            assert.ok(part);
            const edited = apply(subject.text, each, part);
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
              const reach = { ...edited, to: reachOf(subject.text, each, edited) };
              const others = missing.filter((arc) => !leadsThrough(whole, arc, subject.path, reach));
              assert.deepEqual(others.map(arcText), [], `${what}; the text is no C: ${/error: .*/.exec(said)?.[0]}`);
            }
          }),
          { numRuns: samples, seed },
        );
      } finally {
        rmSync(program.folder, { recursive: true, force: true });
      }
    });
  }
});

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

interface Edited {
  readonly text: string;
  readonly from: number;
  readonly to: number;
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

/** Where what was put in stops to change how the text is read: at the end of a comment, or of the line. */
function reachOf(text: string, { kind, text: put }: Edit, { to }: Edited): number {
  if (kind !== 'stray') return to;
  const end = text.indexOf(put === '/*' ? '*/' : '\n', to);
  return /["'#\\]|\/\*/.test(put) && end >= 0 ? end : to;
}

/** The arcs among those that some run of the edited driver could do. */
async function handledOf(program: Program, arcs: readonly Arc[]): Promise<string[]> {
  const runs = await runsOf(program, WORLDS);
  const handled = new Set(runs.filter(({ result }) => result.k === 'file').map(arcText));
  return arcs.map(arcText).filter((arc) => handled.has(arc));
}

/** True when what selects or does the arc is in the text of the edit, or after it when all the rest went. */
function leadsThrough({ arcs }: DriverModel, { from, to }: Arc, path: string, edit: Edited): boolean {
  const own = arcs.find((arc) => arc.from === from && arc.to === to);
  const steps: readonly Evidence[] = own?.outcomes.flatMap((o) => (o.kind === 'success' ? o.trail : [])) ?? [];
  return steps.some(
    ({ location: { file, span } }) =>
      basename(file) === basename(path) && span.start <= edit.to && edit.from <= span.end,
  );
}
