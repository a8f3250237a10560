import { analyse } from '../../server/src/analysis';
import { bitsOf } from '../../server/src/uapi';
import { moduleOf, newest } from '../support/analyse';
import { Choices } from './choices';
import type { DriverCase } from './driverCase';
import { caseText } from './driverCase';
import { ErrorSites } from './errorSites';
import { allPairs, execute } from './execute';
import { driver } from './generator/driver';
import type { Disagreement } from './judge';
import { compare } from './judge';

/** Figures of many drivers, and those of them that the analysis got wrong. */
export interface Outcome {
  readonly drivers: number;
  readonly pairs: number;
  /** Runs in which a call of the kernel failed, and errors of the analysis that were held against runs. */
  readonly failing: number;
  readonly sites: number;
  readonly undecided: number;
  readonly wrong: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly name: string;
  readonly driver: DriverCase;
  readonly disagreements: readonly Disagreement[];
}

/** Runs and analyses the drivers, and compares. */
export async function judge(
  cases: readonly { readonly name: string; readonly driver: DriverCase }[],
): Promise<Outcome> {
  const executions = await execute(cases.map((c) => c.driver));
  const failures: Failure[] = [];
  let [pairs, failing, sites] = [0, 0, 0];
  for (const [i, { name, driver: text }] of cases.entries()) {
    const ran = executions[i] ?? [];
    const analysis = await analysed(text);
    pairs += allPairs.length * ran.length;
    for (const { pairs: results } of ran) for (const { failing: each } of results.values()) failing += each.length;
    sites += analysis.drivers.flatMap((d) =>
      d.arcs.flatMap((a) => a.outcomes.filter((o) => o.kind === 'error')),
    ).length;
    const disagreements = compare(text, ran, analysis);
    if (disagreements.length > 0) failures.push({ name, driver: text, disagreements });
  }
  const all = failures.flatMap((f) => f.disagreements);
  const undecided = all.filter((d) => d.kind === 'undecided').length;
  return { drivers: cases.length, pairs, failing, sites, undecided, wrong: all.length - undecided, failures };
}

/**
 * Error sites that the analysis could lose, or put where they are not, without the comparison finding it: none, or the
 * comparison proves nothing. Also how many were tried.
 */
export async function unnoticed(text: DriverCase): Promise<{ readonly tried: number; readonly unnoticed: string[] }> {
  const [ran = []] = await execute([text]);
  const sites = new ErrorSites(text);
  const found: string[] = [];
  let tried = 0;
  for (const driver of (await analysed(text)).drivers) {
    const own = ran.filter((e) => e.ops === driver.ops.name && e.flags === bitsOf(driver.flagSets[0]?.flags ?? []));
    for (const arc of driver.arcs) {
      const errors = arc.outcomes.filter((o) => o.kind === 'error');
      for (const name of new Set(errors.map((o) => sites.site(o)))) {
        const others = arc.outcomes.filter((o) => o.kind !== 'error' || sites.site(o) !== name);
        const moved = errors.map((o) => ({
          ...o,
          at: nowhere,
          failedCall: o.failedCall && { ...o.failedCall, location: nowhere },
        }));
        for (const outcomes of [others, [...others, ...moved.slice(0, 1)]]) {
          tried++;
          if (sites.compare({ ...arc, outcomes }, own).length === 0) found.push(`${arc.from}>${arc.to}: ${name}`);
        }
      }
    }
  }
  return { tried, unnoticed: found };
}

const nowhere = { file: '', span: { start: 0, end: 0 } };

/** What the analysis says of a driver. */
export async function analysed(text: DriverCase): Promise<ReturnType<typeof analyse>> {
  return analyse(await moduleOf(Object.fromEntries(text.files.map((f) => [f.path, f.text]))), { profile: newest });
}

/** Seeds of the drivers of a run: each can be repeated alone. */
export const seedsOf = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (seed + i) | 0);

/** Generates and judges `count` drivers. */
export function fuzz(seed: number, count: number): Promise<Outcome> {
  return judge(seedsOf(seed, count).map((s) => ({ name: `seed ${s}`, driver: driver(new Choices(s)) })));
}

/** The simplest driver that still fails: decisions are made plain as long as some disagreement stays. */
export async function shrink(seed: number): Promise<Failure> {
  let plain = new Set<string>();
  const tried = async (candidates: readonly ReadonlySet<string>[]): Promise<(Failure | null)[]> => {
    const outcome = await judgeEach(candidates.map((c) => driver(new Choices(seed, c))));
    return outcome;
  };
  let best = (await tried([plain]))[0];
  if (!best) throw new Error(`The driver of seed ${seed} does not fail.`);
  for (let size = Number.POSITIVE_INFINITY; size >= 1; ) {
    const choices = new Choices(seed, plain);
    driver(choices);
    const fancy = [...choices.fancy];
    size = Math.min(Math.floor(size), Math.ceil(fancy.length / 2));
    if (size < 1) break;
    const groups: string[][] = [];
    for (let i = 0; i < fancy.length; i += size) groups.push(fancy.slice(i, i + size));
    let progress = false;
    for (let i = 0; i < groups.length && !progress; i += 24) {
      const candidates = groups.slice(i, i + 24).map((g) => new Set([...plain, ...g]));
      const results = await tried(candidates);
      const hit = results.findIndex((r) => r !== null);
      if (hit < 0) continue;
      plain = candidates[hit] ?? plain;
      best = results[hit] ?? best;
      progress = true;
    }
    if (!progress) {
      if (size === 1) break;
      size /= 2;
    }
  }
  return { ...best, name: `seed ${seed}, shrunk` };
}

/** The failure of each, or null; a text that gcc rejects is none. */
async function judgeEach(drivers: readonly DriverCase[]): Promise<(Failure | null)[]> {
  const one = async (each: DriverCase): Promise<Failure | null> => {
    try {
      return (await judge([{ name: '', driver: each }])).failures[0] ?? null;
    } catch {
      return null;
    }
  };
  try {
    const { failures } = await judge(drivers.map((each, i) => ({ name: `${i}`, driver: each })));
    return drivers.map((_, i) => failures.find((f) => f.name === `${i}`) ?? null);
  } catch {
    return Promise.all(drivers.map(one));
  }
}

/** A failure for people: the driver's C and where execution and analysis part. */
export function failureText({ name, driver: text, disagreements }: Failure): string {
  const lines = disagreements.map((d) => `  ${d.about}\n    ran:      ${d.ran}\n    analysed: ${d.analysed}`);
  return `${name}: ${disagreements.length} disagreements\n${lines.slice(0, 12).join('\n')}\n\n${caseText(text)}`;
}

/** The figures in one line. */
export const figures = (o: Outcome): string =>
  `drivers ${o.drivers}, pairs ${o.pairs}, failed calls ${o.failing}, error sites ${o.sites}, undecided ${o.undecided}, wrong ${o.wrong}`;
