import type { WorkspaceSymbol } from 'vscode-languageserver';
import { SymbolKind } from 'vscode-languageserver';
import { printable } from '../analysis/printable';
import type { Location } from '../c/ir';
import { arcText } from '../uapi';
import type { Translate } from '../wire';
import { listedArcs } from './arcList';
import type { CheckedDriver } from './checkedDriver';
import { driverName } from './checkedDriver';
import type { TextOf } from './convert';
import { locationOf } from './convert';

/** A driver's symbols for the search by name: itself, its set_state, its arcs; a missing one says so in its name. */
export function symbolsOf(
  known: CheckedDriver,
  textOf: TextOf,
  uriOf: (path: string) => string,
  t: Translate,
): readonly WorkspaceSymbol[] {
  const { driver } = known;
  const at = (location: Location) => locationOf(location, textOf, uriOf);
  const name = printable(driverName(known));
  return [
    { name, kind: SymbolKind.Module, location: at(driver.ops.location), containerName: driver.ops.name },
    {
      name: driver.setState.name,
      kind: SymbolKind.Function,
      location: at(driver.setState.location),
      containerName: name,
    },
    ...listedArcs(known).map(({ arc, missing, place }) => ({
      name: missing === null ? arcText(arc) : t('{0} (missing)', arcText(arc)),
      kind: SymbolKind.Event,
      location: at(place),
      containerName: name,
    })),
  ];
}
