import * as vscode from 'vscode';
import type { DriverArcs, DriverArgument } from '../../server/src/wire';
import { arcName } from './arcWords';
import { driverFiles } from './driverText';
import { requestArcsAt } from './requests';
import type { Server } from './server';

/** More arcs than lead out of a state, or into it, are no answer to the question which one is meant. */
const mostArcs = 3;

/** An arc that a place in a driver is about, as the simulator is opened on it. */
export interface ArcHere {
  /** "RUNNING -> STOP" */
  readonly name: string;
  readonly driver: string;
  readonly argument: DriverArgument;
}

/** The arcs that a place is about; none when there are many. */
export async function arcsHere(
  server: Server,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<readonly ArcHere[]> {
  const { drivers } = await requestArcsAt(server, document, position);
  const here = drivers.flatMap(arcsOf);
  return here.length > mostArcs ? [] : here;
}

/** The arcs at the cursor of the active editor. */
export async function arcsAtCursor(server: Server): Promise<readonly ArcHere[]> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || vscode.languages.match(driverFiles, editor.document) === 0) return [];
  return arcsHere(server, editor.document, editor.selection.active);
}

function arcsOf({ name, uri, ops, arcs }: DriverArcs): readonly ArcHere[] {
  return arcs.map((arc) => ({ name: arcName(arc), driver: name, argument: { uri, ops, arc } }));
}
