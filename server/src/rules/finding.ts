import type { ArcModel, DriverModel, ErrorOutcome, Outcome, SuccessOutcome, UnknownOutcome } from '../analysis/model';
import { placeKey, selectionsOf, textAt } from '../analysis/selection';
import type { Location } from '../c/ir';
import type { CModule } from '../c/module';
import type { Arc, FlagName } from '../uapi';
import { arcText, sameArc } from '../uapi';
import type { Finding, Rule, RuleContext } from './rule';

export type Related = Finding['related'][number];

/** A finding of a rule, with the parts that most rules leave out filled in. Nothing at its own place is related to it. */
export function finding(
  rule: Pick<Rule, 'id' | 'severity'>,
  parts: Pick<Finding, 'message' | 'location' | 'key'> & Partial<Pick<Finding, 'related' | 'tags'>>,
): Finding {
  const { location, related = [], tags = [] } = parts;
  const elsewhere = related.filter(
    (each) => each.location.file !== location.file || each.location.span.start !== location.span.start,
  );
  return { rule: rule.id, severity: rule.severity, ...parts, related: elsewhere, tags };
}

/** What a finding about an arc has as its key: "RUNNING->STOP". */
export function arcKey(arc: Arc): string {
  return `${arc.from}->${arc.to}`;
}

/** "A -> B, C -> D and 3 more" */
export function arcList(arcs: readonly Arc[], most = 4): string {
  const shown = arcs.length <= most + 1 ? arcs : arcs.slice(0, most);
  return listText(shown.map(arcText), arcs.length - shown.length);
}

/** "a", "a and b", "a, b and c", "a, b and 3 more" */
export function listText(items: readonly string[], more = 0): string {
  const all = more > 0 ? [...items, `${more} more`] : items;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`;
}

/** "VFIO_MIGRATION_P2P and VFIO_MIGRATION_PRE_COPY" */
export function flagList(flags: readonly FlagName[]): string {
  return listText(flags.map(flagConstant));
}

export function flagConstant(flag: FlagName): string {
  return `VFIO_MIGRATION_${flag}`;
}

export function arcOf(driver: DriverModel, arc: Arc): ArcModel | undefined {
  return driver.arcs.find((each) => sameArc(each, arc));
}

/** True when a request for the arc can succeed under the richest flag set's conditions. */
export function isHandled(arc: ArcModel | undefined): boolean {
  return arc?.status === 'handled' || arc?.status === 'conditional';
}

export function successesOf(outcomes: ArcModel['outcomes']): readonly SuccessOutcome[] {
  return outcomes.filter((outcome) => outcome.kind === 'success');
}

export function errorsOf(outcomes: ArcModel['outcomes']): readonly ErrorOutcome[] {
  return outcomes.filter((outcome) => outcome.kind === 'error');
}

export function unknownsOf(outcomes: ArcModel['outcomes']): readonly UnknownOutcome[] {
  return outcomes.filter((outcome) => outcome.kind === 'unknown');
}

/**
 * True when nothing in the driver is about the arc although it succeeds: the default path accepts everything
 * (accepts-unknown-arc), or set_state drops the error of the step (hidden-arc-error).
 */
export function isByDefault(driver: DriverModel, arc: ArcModel): boolean {
  const accepted = new Set(successesOf(driver.defaultPath).map(({ at }) => placeKey(at)));
  const others = driver.arcs.filter((each) => each.from === arc.from && each.to !== arc.to);
  const shared = new Set([...others.flatMap((each) => each.outcomes), ...driver.defaultPath].flatMap(placesOf));
  return successesOf(arc.outcomes).every((success) => {
    const falls = accepted.has(placeKey(success.at)) && placesOf(success).every((place) => shared.has(place));
    return falls || success.hiddenError !== null;
  });
}

function placesOf(outcome: Outcome): readonly string[] {
  return outcome.trail.map((step) => placeKey(step.location));
}

/** Where the driver selects the arc; where no condition does, where the arc comes out. */
export function placeOf({ driver, module }: RuleContext, arc: ArcModel): Location {
  return selectionsOf(driver, module).of(arc) ?? arc.outcomes[0]?.at ?? driver.setState.location;
}

/** The places that declare flags, of one flag set: where they are named, else the last assignment that makes the set. */
export function declarations(
  { driver, module }: RuleContext,
  flagSet: number,
  flags: readonly FlagName[],
): readonly Related[] {
  const locations = driver.flagSets[flagSet]?.locations ?? [];
  const named = flags.flatMap((flag) => {
    const found = locations.flatMap((location) => nameIn(module, location, flagConstant(flag)) ?? []);
    return found.slice(0, 1).map((location) => ({ message: `${flagConstant(flag)} is declared here`, location }));
  });
  const last = locations[locations.length - 1];
  return named.length > 0 || last === undefined ? named : [{ message: 'the flags are declared here', location: last }];
}

/** Where a place's text has the name as a word of its own. */
function nameIn(module: CModule, { file, span }: Location, name: string): Location | null {
  const found = new RegExp(`\\b${name}\\b`).exec(textAt(module, { file, span }));
  if (found === null) {
    return null;
  }
  const start = span.start + found.index;
  return { file, span: { start, end: start + name.length } };
}

/** Groups values by a key, in the order in which keys come first. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) {
      groups.set(keyOf(value), [value]);
    } else {
      group.push(value);
    }
  }
  return [...groups.values()];
}
