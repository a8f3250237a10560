import * as vscode from 'vscode';
import { type DriverArgument, simulateCommand } from '../../server/src/wire';

/** A link that opens the simulation panel on a driver, or on one of its arcs. Only VS Code's own trusted places follow it. */
export function simulateUri(argument: DriverArgument): vscode.Uri {
  const query = encodeURIComponent(JSON.stringify([argument]));
  return vscode.Uri.parse(`command:${simulateCommand}?${query}`);
}
