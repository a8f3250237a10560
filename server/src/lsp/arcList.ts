import type { ArcModel, MissingArc, ReturnedFile } from '../analysis/model';
import type { Location } from '../c/ir';
import { placeOf } from '../rules';
import { sameArc } from '../uapi';
import type { Translate } from '../wire';
import type { CheckedDriver } from './checkedDriver';

/** An arc that a driver owes or handles, as lists of arcs show it. */
export interface ListedArc {
  readonly arc: ArcModel;
  /** Null when the arc is not missing, or only under a condition. */
  readonly missing: MissingArc | null;
  /** Where it is selected; where a missing arc falls through. */
  readonly place: Location;
}

/** The arcs that a driver handles, however that is, and those that it is required to: in the order of the states. */
export function listedArcs({ driver, code }: CheckedDriver): readonly ListedArc[] {
  return driver.arcs.flatMap((arc): ListedArc[] => {
    if (!arc.required && arc.status === 'rejected') return [];
    if (!arc.required && arc.status === 'undecided') return [];
    const missing =
      driver.missing.find((each) => each.always && arc.status === 'rejected' && sameArc(each, arc)) ?? null;
    const unknown = arc.status === 'undecided' ? arc.outcomes.find(({ kind }) => kind === 'unknown') : undefined;
    const place = missing?.rejectedAt ?? unknown?.at ?? placeOf({ driver, module: code }, arc);
    return [{ arc, missing, place }];
  });
}

/** What becomes of it in a few words: "NULL", "a new file", "missing". */
export function fateOf({ arc, missing }: ListedArc, t: Translate): string {
  if (missing !== null) return t('missing');
  const returns = returnsText(arc, t);
  switch (arc.status) {
    case 'handled':
      return arc.required ? returns : t('{0}, never asked for', returns);
    case 'conditional':
      return arc.condition === null
        ? t('{0}, only if a condition holds', returns)
        : t('{0}, only if {1}', returns, arc.condition);
    case 'undecided':
      return t('not decided');
    case 'rejected':
      return t('rejected');
  }
}

/** What an arc that is handled returns: "NULL", "a new file". */
export function returnsText({ outcomes }: ArcModel, t: Translate): string {
  return [...new Set(outcomes.flatMap((each) => (each.kind === 'success' ? [each.file] : [])))]
    .map((file) => fileText(file, t))
    .join(t(' or '));
}

function fileText(file: ReturnedFile, t: Translate): string {
  switch (file) {
    case 'null':
      return 'NULL';
    case 'new-file':
      return t('a new file');
    case 'session-file':
      return t('the file of the open session');
    case 'unknown-file':
      return t('a file');
  }
}
