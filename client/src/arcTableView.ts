import * as vscode from 'vscode';
import type { WireLocation } from '../../server/src/wire';
import { arcTableText, type TableArc, type TableLink, type TableText } from './arcTableText';
import { requestTable } from './requests';
import type { Server } from './server';
import { simulateUri } from './simulateLink';
import type { Subject } from './subject';
import { virtualDocuments } from './virtualDocuments';

const scheme = 'vfio-arcs';

export interface ArcTableView extends vscode.Disposable {
  /** Shows the table of the subject's file beside the editor. */
  show(subject: Subject): Promise<void>;
}

/** Read-only documents `vfio-arcs:/<name>.vfio-arcs?<uri of a source file>`, kept true while the sources are edited. */
export function arcTableView(server: Server): ArcTableView {
  const shown = new Map<string, TableText>();
  const registrations = vscode.Disposable.from(
    virtualDocuments(server, scheme, async (uri) => {
      const table = arcTableText(await requestTable(server, uri.query));
      shown.set(uri.toString(), table);
      return table.text;
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme },
      {
        provideDocumentLinks: ({ uri }) => {
          const { links, arcs } = shown.get(uri.toString()) ?? { links: [], arcs: [] };
          return [...links.map((link) => placeLink(server, link)), ...arcs.map(simulateLink)];
        },
      },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri.toString())),
  );
  return {
    show: async (subject) => {
      await vscode.window.showTextDocument(tableUri(server, subject.uri, subject.driver.name), {
        preview: false,
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    dispose: () => registrations.dispose(),
  };
}

/** The document with the table of all drivers that a file belongs to, called by one of them. */
export function tableUri({ client }: Server, file: string, driver: string): vscode.Uri {
  const name = driver.replace(/: .*$/, '').replaceAll('/', '_');
  // As VS Code writes it: the same file is the same document, whoever named it.
  return vscode.Uri.from({
    scheme,
    path: `/${name}.vfio-arcs`,
    query: client.protocol2CodeConverter.asUri(file).toString(),
  });
}

/** The file whose drivers a table shows; null for what is no table. */
export function sourceOfTable(uri: vscode.Uri): string | null {
  return uri.scheme === scheme ? uri.query : null;
}

function placeLink(server: Server, { line, start, end, target }: TableLink): vscode.DocumentLink {
  const link = new vscode.DocumentLink(new vscode.Range(line, start, line, end), placeUri(server, target));
  link.tooltip = vscode.l10n.t('Open the source');
  return link;
}

function simulateLink({ line, start, end, of }: TableArc): vscode.DocumentLink {
  const link = new vscode.DocumentLink(new vscode.Range(line, start, line, end), simulateUri(of));
  link.tooltip = vscode.l10n.t('Show in simulator');
  return link;
}

/** A file's URI with the position in its fragment, as VS Code opens it. */
function placeUri({ client }: Server, { uri, range }: WireLocation): vscode.Uri {
  const { line, character } = range.start;
  return client.protocol2CodeConverter.asUri(uri).with({ fragment: `L${line + 1},${character + 1}` });
}
