import assert from 'node:assert/strict';
import { analyse } from '../../server/src/analysis';
import type { FrontEnd } from '../../server/src/c';
import type { CheckedText, MendedText, Mending, Recheck } from '../../server/src/check';
import { editsBetween, mend, mendAll } from '../../server/src/check';
import type { Finding } from '../../server/src/rules/rule';
import { arcText } from '../../server/src/uapi';
import { Choices } from '../fuzz/choices';
import type { DriverCase, SourceFile } from '../fuzz/driverCase';
import { execute } from '../fuzz/execute';
import { driver } from '../fuzz/generator/driver';
import { compare } from '../fuzz/judge';
import { frontEnd, newest } from '../support/analyse';
import { seedFrom } from '../support/seed';
import { patientOf } from './subjects';
import { warningsOf } from './warnings';

const count = Number(process.env['MEND_DRIVERS'] ?? 40);

interface Mended {
  readonly seed: number;
  readonly before: DriverCase;
  readonly after: DriverCase;
  readonly done: number;
  readonly failed: readonly string[];
}

/** Random drivers that lack arcs, in all styles: mended, compiled by gcc and run for every pair of states. */
describe('mends of generated drivers', function () {
  this.timeout(300_000 + 10_000 * count);
  const seed = seedFrom('MEND_SEED');
  let drivers: readonly Mended[] = [];

  before(async () => {
    const end = await frontEnd();
    drivers = lacking(seed, count).flatMap((each) => mended(end, each) ?? []);
  });

  it('write every missing arc, and touch no other line', () => {
    const done = drivers.reduce((sum, each) => sum + each.done, 0);
    const failed = drivers.flatMap((each) => each.failed.map((what) => `seed ${each.seed}: ${what}`));
    console.log(
      `      ${drivers.length} of ${count} drivers lack arcs: ${done} of ${done + failed.length} written (MEND_SEED=${seed})`,
    );
    assert.deepEqual(failed, []);
    for (const { seed: own, before: old, after } of drivers) {
      const lost = old.files.flatMap((file) => after.files.flatMap((now) => lostLines(file, now)));
      assert.deepEqual(lost, [], `seed ${own}`);
    }
  });

  it('leave drivers that gcc compiles and that do, when run, what the analysis says: no arc is missing', async () => {
    const end = await frontEnd();
    const executions = await execute(drivers.map(({ after }) => after));
    const wrong = drivers.flatMap(({ seed: own, after }, index) => {
      const module = end.module(after.files.map(({ path, text }) => ({ path, text })));
      const analysis = analyse(module, { profile: newest });
      const found = compare(after, executions[index] ?? [], analysis);
      const missing = analysis.drivers.flatMap((each) => each.missing);
      return [
        ...found.map(({ about, ran, analysed }) => `seed ${own}: ${about}: ran ${ran}, analysed ${analysed}`),
        ...missing.map((arc) => `seed ${own}: ${arcText(arc)} is missing`),
      ];
    });
    assert.equal(wrong.join('\n'), '');
  });

  it('give gcc nothing to warn about that it did not warn about before', async () => {
    for (const { seed: own, before: old, after } of drivers) {
      const known = new Set(await warningsOf(old));
      const now = await warningsOf(after);
      assert.deepEqual(
        now.filter((warning) => !known.has(warning)),
        [],
        `seed ${own}`,
      );
    }
  });
});

/** Drivers from consecutive seeds that lack an arc. */
function lacking(from: number, number: number): readonly { readonly seed: number; readonly driver: DriverCase }[] {
  return Array.from({ length: number }, (_, index) => ({
    seed: from + index,
    driver: driver(new Choices(from + index)),
  }));
}

function isMissing({ rule }: Finding): boolean {
  return rule === 'missing-arc';
}

/** After the mend of each arc that a condition lets through, which are asked for one by one. */
function withoutConditions(text: CheckedText, recheck: Recheck): MendedText {
  let after = text;
  const [done, failed]: [string[], (Mending & { readonly proved: false })[]] = [[], []];
  for (;;) {
    const findings = after.report.drivers.flatMap((each) => each.findings);
    const next = findings.find(({ rule }) => rule === 'conditional-arc');
    const mending = next === undefined ? null : mend(after, next, recheck);
    if (mending?.proved !== true) {
      if (mending !== null) failed.push(mending);
      return { after, done, gone: done.length, failed };
    }
    after = mending.after;
    done.push(mending.title);
  }
}

/** null for a driver that lacks nothing. */
function mended(
  end: FrontEnd,
  { seed, driver: before }: { readonly seed: number; readonly driver: DriverCase },
): Mended | null {
  const { text, recheck } = patientOf(end, Object.fromEntries(before.files.map((file) => [file.path, file.text])));
  const written = mendAll(text, isMissing, recheck);
  const { after, ...conditions } = withoutConditions(written.after, recheck);
  const done = [...written.done, ...conditions.done];
  const failed = [...written.failed, ...conditions.failed];
  if (done.length + failed.length === 0) return null;
  const again = mendAll(after, isMissing, recheck);
  assert.deepEqual(again.done, [], `seed ${seed}: a second run finds something to write`);
  const files = before.files.map((file) => after.files.find(({ path }) => path === file.path) ?? file);
  const reasons = failed.map(({ title, reason }) => `${title}: ${reason}`);
  return { seed, before, after: { ...before, files }, done: done.length, failed: reasons };
}

/** Lines that are gone. Something may have been put into one, as a row into a table; what turns an arc away may be replaced. */
function lostLines(before: SourceFile, after: SourceFile): readonly string[] {
  if (before.path !== after.path) return [];
  return editsBetween(before, after).flatMap(({ start, end, text }) => {
    const now = text.split('\n');
    const gone = before.text.slice(start, end).split('\n');
    return gone.filter((line) => !refusal.test(line) && !now.some((each) => isInserted(line, each)));
  });
}

const refusal = /^\s*(?:return (?:-E\w+|ERR_PTR\(-E\w+\))|break|else$)/;

function isInserted(before: string, after: string): boolean {
  let at = 0;
  for (const c of after) if (c === before[at]) at++;
  return at === before.length && (before.trim() !== '' || after === before);
}
