import * as vscode from 'vscode';
import { comparisonText, type Side } from './comparisonText';
import { requestTable } from './requests';
import type { Server } from './server';
import type { Subject } from './subject';
import { virtualDocuments } from './virtualDocuments';

const scheme = 'vfio-arcs-compare';

/** Documents `vfio-arcs-compare:/<driver>/<side>?<json>`, for the diff editor. */
export function comparisons(server: Server): vscode.Disposable {
  return virtualDocuments(server, scheme, async (uri) => {
    const { source, ops, side } = queryOf(uri);
    const { drivers } = await requestTable(server, source);
    const driver = drivers.find((each) => each.ops.name === ops);
    return driver === undefined ? '' : comparisonText(driver, side);
  });
}

/** Opens what the driver's flags require beside what the driver does; missing arcs are lines that only the first has. */
export async function compareWithReference({ uri, driver }: Subject): Promise<void> {
  const sideUri = (side: Side): vscode.Uri =>
    vscode.Uri.from({
      scheme,
      path: `/${driver.name.replaceAll('/', '_')}/${side}.vfio-arcs`,
      query: JSON.stringify({ source: uri, ops: driver.ops.name, side }),
    });
  const title = vscode.l10n.t('{0}: what its flags require ↔ what it does', driver.name);
  await vscode.commands.executeCommand('vscode.diff', sideUri('reference'), sideUri('driver'), title, {
    preview: true,
  });
}

function queryOf({ query }: vscode.Uri): { readonly source: string; readonly ops: string; readonly side: Side } {
  const { source, ops, side }: Readonly<Record<string, unknown>> = JSON.parse(query);
  return { source: String(source), ops: String(ops), side: side === 'driver' ? 'driver' : 'reference' };
}
