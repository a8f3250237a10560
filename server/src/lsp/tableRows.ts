import type { ArcModel, DriverModel } from '../analysis/model';
import type { Location } from '../c/ir';
import { listedAs } from '../mend/listed';
import { listsOf } from '../mend/lists';
import type { CheckedDriver } from './checkedDriver';

/** A row of a driver's own table, or of its list macro, that stands for an arc. */
export interface TableRow {
  readonly arc: ArcModel;
  readonly place: Location;
}

const known = new WeakMap<DriverModel, readonly TableRow[]>();

/** The rows of a driver's tables that stand for handled arcs. Worked out once for each model. */
export function tableRowsOf({ driver, code }: CheckedDriver): readonly TableRow[] {
  let rows = known.get(driver);
  if (rows === undefined) {
    rows = listsOf(code).flatMap((list) =>
      list.rows.flatMap((row): TableRow[] => {
        const listed = listedAs(driver, list, row);
        return listed === null ? [] : [{ arc: listed.arc, place: { file: list.file, span: row.span } }];
      }),
    );
    known.set(driver, rows);
  }
  return rows;
}
