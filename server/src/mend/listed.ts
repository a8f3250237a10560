import type { ArcModel, DriverModel } from '../analysis/model';
import { sameArc } from '../uapi';
import type { List, Row } from './lists';

/** A row that stands for a handled arc. */
export interface Listed {
  readonly list: List;
  readonly row: Row;
  readonly arc: ArcModel;
}

/** Names of members that hold the state that is entered. */
const entered = /^(?:.*_)?(?:to|new|next|dst|target)(?:_.*)?$/i;

/** True for two lists of one table. */
export function isBeside(one: List, other: List): boolean {
  return one.file === other.file && one.definition === other.definition;
}

/** The handled arc that a row stands for; null when it stands for none, or for several. */
export function listedAs({ arcs }: DriverModel, list: List, row: Row): Listed | null {
  if (row.inside !== null || row.isRange) return null;
  const states = [...list.states, ...row.states];
  const [a, b] = states;
  if (states.length !== 2 || a === undefined || b === undefined || list.states.length > 1) return null;
  const isHandled = (each: ArcModel) => each.status === 'handled' || each.status === 'conditional';
  const pairs =
    list.states.length === 1
      ? [{ from: a, to: b }]
      : [
          { from: a, to: b },
          { from: b, to: a },
        ];
  const known = arcs.filter((each) => isHandled(each) && pairs.some((pair) => sameArc(each, pair)));
  // Where both directions are handled the order of the words tells, as it does in most tables.
  const isSwapped = list.states.length === 0 && entered.test(row.designators[0] ?? '');
  const arc = known.find((each) => each.from === (isSwapped ? b : a)) ?? known[0];
  return arc === undefined ? null : { list, row, arc };
}
