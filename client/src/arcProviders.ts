import * as vscode from 'vscode';
import type { DriverArcs } from '../../server/src/wire';
import { sameArc, simulateCommand } from '../../server/src/wire';
import { arcsHere } from './arcsAt';
import { arcTableText, type TableArc } from './arcTableText';
import { tableUri } from './arcTableView';
import { driverFiles } from './driverText';
import { askedAside, requestArcsAt, requestTable } from './requests';
import type { Server } from './server';
import { simulateUri } from './simulateLink';

/**
 * What this editor has for arcs besides the text of drivers, beside what the server answers: among the references of an arc its
 * rows in the Arc Table of the file, and under a hover the way to the simulator. They open only here, so the server, which has
 * other editors, knows nothing of them.
 */
export function arcProviders(server: Server): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerReferenceProvider(driverFiles, {
      provideReferences: (document, position) => askedAside(server, () => rowsAt(server, document, position)),
    }),
    vscode.languages.registerHoverProvider(driverFiles, {
      provideHover: (document, position) => askedAside(server, () => linksAt(server, document, position)),
    }),
  );
}

async function rowsAt(
  server: Server,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Location[]> {
  const { drivers } = await requestArcsAt(server, document, position);
  if (drivers.length === 0) return [];
  const file = server.client.code2ProtocolConverter.asUri(document.uri);
  const { arcs } = arcTableText(await requestTable(server, file));
  return drivers.flatMap((driver) => {
    const uri = tableUri(server, file, driver.name);
    return arcs.filter((row) => isOf(row, driver)).map((row) => new vscode.Location(uri, rangeOf(row)));
  });
}

function isOf({ of }: TableArc, { uri, ops, arcs }: DriverArcs): boolean {
  return of.uri === uri && of.ops === ops && arcs.some((arc) => sameArc(arc, of.arc));
}

function rangeOf({ line, start, end }: TableArc): vscode.Range {
  return new vscode.Range(line, start, line, end);
}

async function linksAt(
  server: Server,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const arcs = await arcsHere(server, document, position);
  if (arcs.length === 0) return undefined;
  const [only] = arcs.length === 1 ? arcs : [];
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: [simulateCommand] };
  text.appendMarkdown('$(circuit-board) ');
  if (only === undefined) text.appendText(`${vscode.l10n.t('Show in simulator')}: `);
  const links = arcs.map(({ name, argument }) => {
    const title = only === undefined ? name : vscode.l10n.t('Show in simulator');
    return `[${title}](${simulateUri(argument)})`;
  });
  text.appendMarkdown(links.join(' · '));
  return new vscode.Hover(text);
}
