import type { ArcModel, MissingArc, ReturnedFile } from '../analysis/model';
import type { Location } from '../c/ir';
import { placeOf } from '../rules';
import { sameArc } from '../uapi';
import type { CheckedDriver } from './checkedDriver';

/** An arc that a driver owes or handles, as lists of arcs show it. */
export interface ListedArc {
  readonly arc: ArcModel;
  /** Null when the arc is not missing, or only under a condition. */
  readonly missing: MissingArc | null;
  /** Where it is selected; where a missing arc falls through. */
  readonly place: Location;
  /** What becomes of it in a few words: "NULL", "a new file", "missing". */
  readonly detail: string;
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
    return [{ arc, missing, place, detail: missing === null ? detailOf(arc) : 'missing' }];
  });
}

function detailOf(arc: ArcModel): string {
  switch (arc.status) {
    case 'handled':
      return arc.required ? returnsText(arc) : `${returnsText(arc)}, never asked for`;
    case 'conditional':
      return `${returnsText(arc)}, only if ${arc.condition ?? 'a condition holds'}`;
    case 'undecided':
      return 'not decided';
    case 'rejected':
      return 'rejected';
  }
}

/** What an arc that is handled returns: "NULL", "a new file". */
export function returnsText({ outcomes }: ArcModel): string {
  return [...new Set(outcomes.flatMap((each) => (each.kind === 'success' ? [each.file] : [])))]
    .map((file) => fileTexts[file])
    .join(' or ');
}

const fileTexts: Readonly<Record<ReturnedFile, string>> = {
  null: 'NULL',
  'new-file': 'a new file',
  'session-file': "the open session's file",
  'unknown-file': 'a file',
};
