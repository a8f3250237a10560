import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Analysis, analyse } from '../../server/src/analysis';
import type { FrontEnd } from '../../server/src/c';
import { type Arc, arcText } from '../../server/src/uapi';
import { gccMissing } from '../execution/realProgram';
import { Choices } from '../fuzz/choices';
import { caseText, type DriverCase } from '../fuzz/driverCase';
import { errorIn, executeDefined } from '../fuzz/execute';
import { driver } from '../fuzz/generator/driver';
import { compare } from '../fuzz/judge';
import { frontEnd, newest } from '../support/analyse';
import { seedFrom } from '../support/seed';
import { allowedFalse, type Edited, leadsThrough, reachOf, type Typed, typeIn, typing } from './typing';

const seed = seedFrom('TYPED_SEED');
const drivers = Number(process.env['TYPED_DRIVERS'] ?? 12);
const each = Number(process.env['TYPED_EDITS'] ?? 15);
/** One in so many texts with nothing new to say is run all the same when it is still C. */
const RUN_ONE_IN = 8;
/** A generated driver with one edit, and what is said of it that was not said before. */
interface Sample {
  readonly name: string;
  readonly text: DriverCase;
  readonly analysis: Analysis;
  /** Arcs that are reported as missing now and were not before. */
  readonly fresh: readonly Arc[];
  /** Those of them that do not lead through what was edited. */
  readonly others: readonly Arc[];
}

/**
 * Edits as a person makes them anywhere in random drivers: heads, tables, macros, structs, conditions, bodies, the ops and the
 * flags. gcc says whether the text is still C. If it is, what is said of it must be what its execution shows; if it is not, only
 * an arc that leads through the edit may be reported as missing.
 */
describe('drivers that are being typed', function () {
  this.timeout(600_000);

  it(`${drivers * each} edits: no arc that is still there is reported as missing`, async function () {
    const unable = gccMissing();
    if (unable !== null) {
      console.log(`Not run, ${unable}`);
      this.skip();
    }
    const end = await frontEnd();
    const count = { silent: 0, compiled: 0, undefined: 0, broken: 0, own: 0 };
    const wrong: string[] = [];
    const invented: string[] = [];
    for (let n = 0; n < drivers; n++) {
      for (const [index, sample] of samplesOf(end, (seed + n) | 0).entries()) {
        const { name, text, analysis, fresh, others } = sample;
        if (fresh.length === 0 && index % RUN_ONE_IN > 0) {
          count.silent++;
          continue;
        }
        const error = await errorIn(text);
        if (error === '') {
          const found = await disagreements(text, analysis);
          if (found === null) count.undefined++;
          else count.compiled++;
          if (found !== null && found.length > 0) wrong.push(`${name}\n    ${found.join('\n    ')}`);
        } else if (fresh.length === 0) count.silent++;
        else {
          count.broken++;
          count.own += fresh.length - others.length;
          if (others.length > 0) invented.push(`${name}: ${others.map(arcText).join(', ')}\n    ${error}`);
        }
      }
    }
    console.log(
      `      ${drivers * each} edits, ${count.silent} without a new missing arc; ${count.compiled} still C and run, ` +
        `${count.undefined} that do what C does not define; ${count.broken} no C with ${count.own} missing arcs that were edited, ` +
        `${invented.length} with others\n      again: TYPED_SEED=${seed} npx mocha out/test/robustness/typed.test.js`,
    );
    for (const text of [...wrong, ...invented]) console.log(`      ${text}`);
    assert.deepEqual(wrong, [], 'what is said of text that is C');
    assert.ok(invented.length <= allowedFalse(drivers * each), invented.join('\n'));
  });
});

const modelOf = (end: FrontEnd, { files }: DriverCase): Analysis => analyse(end.module(files), { profile: newest });

/** The edits of one random driver. */
function samplesOf(end: FrontEnd, choice: number): Sample[] {
  const whole = driver(new Choices(choice));
  const before = modelOf(end, whole);
  const picks = fc.sample(fc.tuple(typing, fc.noBias(fc.nat(whole.files.length - 1))), { numRuns: each, seed: choice });
  return picks.flatMap(([typed, which]) => {
    const file = whole.files[which];
    if (file === undefined) return [];
    // The includes are the kernel's.
    const part = { start: Math.max(0, file.text.indexOf('\n\n')), end: file.text.length };
    const edited = typeIn(file.text, typed, part);
    const files = whole.files.map((other) => (other === file ? { path: file.path, text: edited.text } : other));
    const known = optionsIn(file.text);
    const half = optionsIn(edited.text).filter((name) => !known.includes(name));
    const options = [...new Set([...whole.options, ...half])];
    const text = { ...whole, files, options };
    const analysis = modelOf(end, text);
    const reach = { ...edited, to: reachOf(file.text, edited) };
    const said = analysis.drivers.flatMap((now) => {
      const old = before.drivers.find(({ ops }) => ops.name === now.ops.name);
      const arcs = now.missing.filter((arc) => !old?.missing.some((known) => arcText(known) === arcText(arc)));
      return arcs.map((arc) => ({ arc, own: old !== undefined && leadsThrough(old, arc, file.path, reach) }));
    });
    const fresh = said.map(({ arc }) => arc);
    const others = said.flatMap(({ arc, own }) => (own ? [] : [arc]));
    return [{ name: nameOf(choice, file.path, file.text, typed, edited), text, analysis, fresh, others }];
  });
}

/** What decides on which lines are compiled: half a name is an option of its own. */
function optionsIn(text: string): string[] {
  const tests = text.match(/^[ \t]*#[ \t]*(?:if|elif).*|\bIS_ENABLED\(\w+\)/gm) ?? [];
  return tests.flatMap((test) => test.match(/\b(?!(?:if|ifdef|ifndef|elif|defined|IS_ENABLED)\b)[A-Za-z_]\w*/g) ?? []);
}

function nameOf(choice: number, path: string, text: string, { kind }: Typed, { from, to, put }: Edited): string {
  const line = text.slice(0, from).split('\n').length;
  const short = (part: string): string => JSON.stringify(part.length > 60 ? `${part.slice(0, 60)}...` : part);
  return `driver ${choice}, ${path}:${line}, ${kind}: ${short(text.slice(from, to))} -> ${short(put)}`;
}

/** What execution and analysis disagree in; null when what the text does is not defined. */
async function disagreements(text: DriverCase, analysis: Analysis): Promise<string[] | null> {
  const ran = await executeDefined(text);
  if (ran === null) return null;
  return compare(text, ran, analysis).flatMap(({ kind, about, ran: did, analysed }) => {
    // What a run can not know: that a setting has its value only since the line that asked for it was deleted.
    const isCareful = analysed === `${did} sometimes` || (analysed === 'not missing' && isOpen(about, analysis));
    const isWrong = kind === 'wrong' && / missing$/.test(about) && !isCareful;
    return isWrong ? [`${about}: ran ${did}; said ${analysed}\n${caseText(text)}`] : [];
  });
}

/** True when the analysis could not decide the pair that a disagreement is about. */
function isOpen(about: string, analysis: Analysis): boolean {
  return analysis.drivers.some(({ ops, arcs }) =>
    arcs.some(
      ({ from, to, perFlagSet }) =>
        about === `${ops.name}: ${from}>${to} missing` && perFlagSet.some(({ status }) => status === 'undecided'),
    ),
  );
}
