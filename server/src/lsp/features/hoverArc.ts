import type { ArcModel, Evidence, Outcome } from '../../analysis/model';
import { functionAt, placeKey, selectionsOf, textAt } from '../../analysis/selection';
import type { Location } from '../../c/ir';
import { impactOf } from '../../rules/missing-arc';
import type { Arc } from '../../uapi';
import {
  arcDoc,
  arcText,
  breaksWithout,
  flagsRequiring,
  namedFlags,
  requiredArcs,
  sameArc,
  sessionText,
} from '../../uapi';
import { english } from '../../wire';
import { fateOf, listedArcs, returnsText } from '../arcList';
import type { CheckedDriver } from '../checkedDriver';
import type { Page, Part } from '../page';

/** What a hover says of arcs: the verdict first, then what is due and why, then how it comes about. */

/** Longer lists are cut: a hover is read at a glance. */
export const longestList = 8;
const mostCalls = 3;
const mostFailures = 3;
const mostOthers = 2;

/** One arc, in full. */
export function tellArc(page: Page, known: CheckedDriver, arc: ArcModel): void {
  page.paragraph({ strong: arcText(arc) }, ' ', ...verdict(known, arc));
  page.paragraph({ strong: 'Must' }, ` ${must(arc)}`);
  const why = required(known, arc);
  if (why !== null) page.paragraph({ strong: 'Why' }, ` ${why}`);
  page.paragraph({ strong: 'How' }, ' ', ...story(known, arc));
  const next = nextParts(known, arc);
  if (next.length > 0) page.paragraph({ strong: 'Next' }, ' ', ...next);
}

/** Several arcs that a place takes part in, a line each. */
export function tellArcs(page: Page, known: CheckedDriver, arcs: readonly ArcModel[]): void {
  page.paragraph({ strong: arcs.length === 1 ? 'One arc' : `${arcs.length} arcs` }, ' ', 'go through here:');
  list(
    page,
    arcs.map((arc) => arcLine(known, arc)),
  );
}

/** "`A -> B` a new file, main.c:12" */
export function arcLine(known: CheckedDriver, wanted: Arc): readonly Part[] {
  const listed = listedArcs(known).find(({ arc }) => sameArc(arc, wanted));
  if (listed === undefined) return [{ code: arcText(wanted) }, ' rejected, never asked for'];
  const { missing, place } = listed;
  const name = { code: arcText(wanted) };
  if (missing !== null) return [name, ' ', { strong: 'missing' }, ', falls through at ', { place }];
  const { status, condition } = listed.arc;
  return status === 'conditional' && condition !== null
    ? [name, ` ${returnsText(listed.arc, english)}, only if `, { code: condition }, ', ', { place }]
    : [name, ` ${fateOf(listed, english)}, `, { place }];
}

/** A list without repetitions, cut to what can be read at a glance. */
export function list(page: Page, items: readonly (readonly Part[])[]): void {
  const different = [...new Map(items.map((item) => [page.text(item), item])).values()];
  const shown = different.slice(0, longestList);
  const rest = different.length - shown.length;
  page.list(rest > 0 ? [...shown, [`and ${rest} more`]] : shown);
}

function verdict({ driver }: CheckedDriver, arc: ArcModel): readonly Part[] {
  const missing = driver.missing.find((each) => sameArc(each, arc));
  if (missing?.always === true)
    return [{ strong: 'is missing' }, ': it is rejected at ', { place: missing.rejectedAt }];
  switch (arc.status) {
    case 'handled':
      return [`is handled, returns ${returnsText(arc, english)}${arc.required ? '' : ', but nobody asks for it'}`];
    case 'conditional':
      return [
        `is handled, returns ${returnsText(arc, english)}, but only if `,
        ...(arc.condition === null ? ['a condition holds'] : [{ code: arc.condition }]),
      ];
    case 'undecided':
      return ['could not be decided'];
    case 'rejected':
      return ['is rejected, and never asked for'];
  }
}

/** What the uAPI asks of the arc, and what it hands out: two sentences. */
function must(arc: Arc): string {
  return `${arcDoc(arc).summary} ${sessionText(arc)}`;
}

/** Who requires the arc, and what fails without it; null when nobody does. */
function required({ driver }: CheckedDriver, arc: Arc): string | null {
  const flags = driver.flagSets.find((set) => requiredArcs(set.flags).some((each) => sameArc(each, arc)))?.flags;
  if (flags === undefined) return null;
  const by = `Required by ${namedFlags(flagsRequiring(flags, arc)).join(' and ') || 'the flags'}`;
  const missing = driver.missing.find((each) => sameArc(each, arc));
  if (missing !== undefined) return `${by}. ${impactOf(missing)}`;
  const others = breaksWithout(flags, arc).filter((each) => !sameArc(each, arc));
  const names = others.slice(0, mostOthers).map(arcText);
  const more = others.length - names.length;
  const over = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${others.length === 1 ? 'leads' : 'lead'} over it`;
  return `${by}${others.length === 0 ? '' : `; ${over}`}.`;
}

/** The evaluation in short: what selects the arc, what is called then, what comes out, what can go wrong. */
function story(known: CheckedDriver, arc: ArcModel): readonly Part[] {
  const { driver, code } = known;
  const missing = driver.missing.find((each) => each.always && sameArc(each, arc));
  const parts: Part[] = [];
  const add = (...more: readonly Part[]) => parts.push(...(parts.length > 0 ? [' → '] : []), ...more);
  for (const place of selectors(known, arc)) add({ code: textAt(code, place) }, ' ', { place });
  for (const { callee, location } of callsOf(known, arc)) add({ code: `${callee}()` }, ' ', { place: location });
  if (missing !== undefined) {
    add('nothing handles it: ', ...refusal(arc), ' ', { place: missing.rejectedAt });
    return parts;
  }
  const success = arc.outcomes.find((outcome) => outcome.kind === 'success');
  if (success !== undefined) add(`returns ${returnsText(arc, english)} `, { place: success.at });
  for (const outcome of arc.outcomes) {
    if (outcome.kind === 'unknown') add(`not known: ${outcome.reason} `, { place: outcome.at });
  }
  return [...parts, ...failures(arc.outcomes)];
}

function refusal(arc: ArcModel): readonly Part[] {
  const error = arc.outcomes.find((outcome) => outcome.kind === 'error' && outcome.failedCall === null);
  return error?.kind === 'error' && error.errno !== null ? [{ code: `-${error.errno}` }] : ['an error'];
}

/** The case labels on the way, then the condition that selects the arc. */
function selectors({ driver, code }: CheckedDriver, arc: ArcModel): readonly Location[] {
  const selections = selectionsOf(driver, code);
  const selection = selections.of(arc);
  const cases = arc.evidence
    .filter(({ kind, location }) => kind === 'condition' && /^case\b/.test(textAt(code, location)))
    .map(({ location }) => location)
    .filter((location) => {
      const decl = functionAt(code, location);
      return decl !== undefined && selections.functions.has(decl);
    });
  const all = selection === null ? cases : [...cases, selection];
  return [...new Map(all.map((place) => [placeKey(place), place])).values()];
}

/** The driver's own functions that the function calls which selects the arc, after it did so. */
function callsOf({ driver, code }: CheckedDriver, arc: ArcModel): readonly Evidence[] {
  const selections = selectionsOf(driver, code);
  const selection = selections.of(arc);
  if (selection === null) return [];
  const decl = functionAt(code, selection);
  const at = arc.evidence.findIndex(
    ({ location }) => location.span.end === selection.span.end && location.file === selection.file,
  );
  const helpers = new Set([...selections.functions].map(({ name }) => name));
  return arc.evidence
    .slice(at + 1)
    .filter((step) => step.callee !== null && !helpers.has(step.callee) && functionAt(code, step.location) === decl)
    .slice(0, mostCalls);
}

function failures(outcomes: readonly Outcome[]): readonly Part[] {
  const all = new Map<string, readonly Part[]>();
  for (const outcome of outcomes) {
    if (outcome.kind !== 'error') continue;
    const { failedCall, errno, at } = outcome;
    const what: Part = { code: failedCall === null ? `-${errno ?? 'an error'}` : `${failedCall.name}()` };
    const key = 'code' in what ? what.code : '';
    if (!all.has(key))
      all.set(key, [failedCall === null ? 'with ' : 'if ', what, failedCall === null ? ' ' : ' does ', { place: at }]);
  }
  const shown = [...all.values()].slice(0, mostFailures);
  const more = all.size - shown.length;
  if (shown.length === 0) return [];
  const parts = shown.flatMap((each, index): readonly Part[] => [index === 0 ? ' ' : ', ', ...each]);
  return ['; fails', ...parts, ...(more > 0 ? [` and ${more} more`] : [])];
}

/** The arcs that lead on from where this one leads, as far as they are required. */
function nextParts(known: CheckedDriver, { to }: Arc): readonly Part[] {
  return listedArcs(known)
    .filter(({ arc }) => arc.from === to && arc.required)
    .flatMap(({ arc, missing }, index): readonly Part[] => [
      index === 0 ? `from ${to} on to ` : ', ',
      { code: arc.to },
      ...(missing === null ? [] : [' (missing)']),
    ]);
}
