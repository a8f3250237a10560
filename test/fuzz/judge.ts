import type { Analysis, ArcModel, DriverModel } from '../../server/src/analysis';
import { errnoName } from '../../server/src/analysis';
import { bitsOf, requiredArcs } from '../../server/src/uapi';
import { stateAfter } from '../support/stateAfter';
import type { DriverCase } from './driverCase';
import { ErrorSites } from './errorSites';
import type { Execution, Ran } from './execute';

/** One disagreement between execution and analysis. */
export interface Disagreement {
  readonly kind: 'wrong' | 'undecided';
  /** The ops and the pair, or what else of the driver it is about. */
  readonly about: string;
  readonly ran: string;
  readonly analysed: string;
}

/** Compares everything that execution in all configurations shows with what the analysis says. */
export function compare(text: DriverCase, executions: readonly Execution[], analysis: Analysis): Disagreement[] {
  const sites = new ErrorSites(text);
  const names = [...new Set(executions.flatMap((e) => e.ops ?? []))];
  const found = names.flatMap((name) => {
    const driver = analysis.drivers.find((d) => d.ops.name === name);
    const own = executions.filter((e) => e.ops === name && e.flags !== 0n);
    if (own.length === 0) return [];
    if (!driver) return [wrong(name, 'is registered', 'is not found')];
    return compareDriver(driver, own, sites).map((d) => ({ ...d, about: `${name}: ${d.about}` }));
  });
  return found;
}

const wrong = (about: string, ran: string, analysed: string): Disagreement => ({ kind: 'wrong', about, ran, analysed });

function compareDriver(driver: DriverModel, executions: readonly Execution[], sites: ErrorSites): Disagreement[] {
  const ran = [...new Set(executions.map((e) => e.flags))].sort();
  const said = driver.flagSets.map((f) => bitsOf(f.flags) | f.unknownBits).sort();
  if (ran.join() !== said.join()) return [wrong('migration_flags', ran.join(' or '), said.join(' or ') || 'unknown')];
  if (driver.tear) return [wrong('text', 'is C', driver.tear.message)];
  const sets = driver.flagSets.map((f) => executions.filter((e) => e.flags === (bitsOf(f.flags) | f.unknownBits)));
  const richest = sets[0] ?? [];
  return [
    ...driver.arcs.flatMap((arc) => [
      ...compareStatus(arc, sets),
      ...compareOutcomes(arc, richest),
      ...compareSites(arc, richest, sites),
    ]),
    ...compareMissing(driver, sets),
    ...compareSuperfluous(driver, sets),
  ];
}

const keyOf = (arc: { readonly from: string; readonly to: string }): string => `${arc.from}>${arc.to}`;
const succeeded = (ran: Ran | undefined): boolean => ran !== undefined && !ran.gave.startsWith('-');

function statusIn(executions: readonly Execution[], pair: string): 'handled' | 'conditional' | 'rejected' {
  const good = executions.filter((e) => succeeded(e.pairs.get(pair))).length;
  return good === 0 ? 'rejected' : good === executions.length ? 'handled' : 'conditional';
}

function compareStatus(arc: ArcModel, sets: readonly (readonly Execution[])[]): Disagreement[] {
  return sets.flatMap((executions, i) => {
    const status = statusIn(executions, keyOf(arc));
    const said = arc.perFlagSet[i]?.status ?? 'nothing';
    if (said === status) return [];
    const seen = new Set(executions.map((e) => e.pairs.get(keyOf(arc))?.gave));
    const about = sets.length > 1 ? `${keyOf(arc)} under flag set ${i}` : keyOf(arc);
    return [
      {
        kind: said === 'undecided' ? 'undecided' : 'wrong',
        about,
        ran: `${status} (${[...seen].join(', ')})`,
        analysed: told(arc, said),
      } as const,
    ];
  });
}

/** The outcomes are those under the richest flag set. */
function compareOutcomes(arc: ArcModel, executions: readonly Execution[]): Disagreement[] {
  if (arc.status === 'undecided') return [];
  const about = keyOf(arc);
  const results = executions.flatMap((e) => e.pairs.get(about) ?? []);
  const found: Disagreement[] = [];
  const good = new Set(results.filter(succeeded).map((r) => r.gave));
  const successes = arc.outcomes.filter((o) => o.kind === 'success');
  const possible = new Set<string>(successes.map((o) => o.file));
  // Where set_state turns errors into success there are successes that need a failing call.
  const sure = new Set<string>(successes.filter((o) => !o.hiddenError && o.stateAfter !== 'old').map((o) => o.file));
  if ([...good].some((kind) => !possible.has(kind)) || (good.size > 0 && [...sure].some((kind) => !good.has(kind)))) {
    found.push(wrong(`${about}: file`, [...good].join(', '), told(arc, [...possible].join(', '))));
  }
  const refusals = new Set(results.filter((r) => !succeeded(r)).map((r) => errnoName(BigInt(r.gave.slice(1)))));
  const errors = new Set(
    arc.outcomes.flatMap((o) => (o.kind === 'error' && o.errno && !o.failedCall ? [o.errno] : [])),
  );
  const absent = [...refusals].filter((e) => !errors.has(e));
  const invented = good.size === 0 ? [...errors].filter((e) => !refusals.has(e)) : [];
  if (absent.length + invented.length > 0) {
    found.push(
      wrong(`${about}: errno`, [...refusals].join(', ') || 'none', told(arc, [...errors].join(', ') || 'none')),
    );
  }
  const states = new Set(arc.outcomes.flatMap((o) => (o.kind === 'success' ? [o.stateAfter as string] : [])));
  const after = new Set(results.filter(succeeded).map((r) => stateAfter(r.after, arc)));
  if ([...after].some((s) => !states.has(s)) || (after.size > 0 && states.has('unknown'))) {
    found.push(wrong(`${about}: state afterwards`, [...after].join(', '), told(arc, [...states].join(', '))));
  }
  return found;
}

/** Where an arc is decided, its errors come with their places. */
function compareSites(arc: ArcModel, executions: readonly Execution[], sites: ErrorSites): Disagreement[] {
  if (arc.status === 'undecided') return [];
  return sites.compare(arc, executions).map(({ about, ran, analysed }) => wrong(about, ran, analysed));
}

function compareMissing(driver: DriverModel, sets: readonly (readonly Execution[])[]): Disagreement[] {
  const expected = new Map<string, string>();
  for (const arc of driver.arcs) {
    const lacking = sets.flatMap((executions, i) => {
      const required = requiredArcs(driver.flagSets[i]?.flags ?? []).some((r) => keyOf(r) === keyOf(arc));
      const status = statusIn(executions, keyOf(arc));
      return required && status !== 'handled' ? [{ i, status }] : [];
    });
    if (lacking.length === 0) continue;
    // Sets under which it always fails go before those under which it sometimes does.
    const always = lacking.some((l) => l.status === 'rejected');
    const under = lacking.filter((l) => !always || l.status === 'rejected').map((l) => l.i);
    expected.set(keyOf(arc), `missing under ${under.join(',')}${always ? '' : ' sometimes'}`);
  }
  const said = new Map(
    driver.missing.map((m) => [keyOf(m), `missing under ${m.flagSets.join(',')}${m.always ? '' : ' sometimes'}`]),
  );
  return [...new Set([...expected.keys(), ...said.keys()])].flatMap((pair) => {
    const [ran = 'not missing', analysed = 'not missing'] = [expected.get(pair), said.get(pair)];
    return ran === analysed ? [] : [wrong(`${pair} missing`, ran, analysed)];
  });
}

function compareSuperfluous(driver: DriverModel, sets: readonly (readonly Execution[])[]): Disagreement[] {
  const handled = driver.arcs
    .filter((arc) => !arc.required && statusIn(sets[0] ?? [], keyOf(arc)) !== 'rejected')
    .map(keyOf);
  const said = driver.superfluous.map(keyOf);
  // A driver that accepts pairs which nobody knows is reported for that, not for every such pair.
  const acceptsAnything = driver.defaultPath.some((o) => o.kind === 'success');
  const absent = acceptsAnything ? [] : handled.filter((pair) => !said.includes(pair));
  const invented = said.filter((pair) => !handled.includes(pair));
  return [...absent, ...invented].map((pair) =>
    wrong(`${pair} superfluous`, `${absent.includes(pair)}`, `${!absent.includes(pair)}`),
  );
}

function told(arc: ArcModel, said: string): string {
  const outcomes = arc.outcomes.map((o) =>
    o.kind === 'success'
      ? `${o.file} (state ${o.stateAfter})`
      : o.kind === 'error'
        ? `error ${o.errno ?? `of ${o.failedCall?.name}`}`
        : `unknown: ${o.reason}`,
  );
  return `${said} [${[...new Set(outcomes)].join('; ')}]`;
}
