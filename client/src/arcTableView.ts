import * as vscode from 'vscode';
import type { WireLocation } from '../../server/src/wire';
import { arcTableText, type TableLink } from './arcTableText';
import { requestTable } from './requests';
import type { Server } from './server';
import type { Subject } from './subject';
import { virtualDocuments } from './virtualDocuments';

const scheme = 'vfio-arcs';

export interface ArcTableView extends vscode.Disposable {
  /** Shows the table of the subject's file beside the editor. */
  show(subject: Subject): Promise<void>;
}

/** Read-only documents `vfio-arcs:/<name>.vfio-arcs?<uri of a source file>`, kept true while the sources are edited. */
export function arcTableView(server: Server): ArcTableView {
  const links = new Map<string, readonly TableLink[]>();
  const registrations = vscode.Disposable.from(
    virtualDocuments(server, scheme, async (uri) => {
      const { text, links: found } = arcTableText(await requestTable(server, uri.query));
      links.set(uri.toString(), found);
      return text;
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme },
      {
        provideDocumentLinks: ({ uri }) => (links.get(uri.toString()) ?? []).map((link) => documentLink(server, link)),
      },
    ),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => links.delete(uri.toString())),
  );
  return {
    show: async (subject) => {
      await vscode.window.showTextDocument(tableUri(subject), {
        preview: false,
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    dispose: () => registrations.dispose(),
  };
}

/** A file's drivers share one table, which is called by the first of them. */
function tableUri({ uri, driver }: Subject): vscode.Uri {
  const name = driver.name.replace(/: .*$/, '').replaceAll('/', '_');
  return vscode.Uri.from({ scheme, path: `/${name}.vfio-arcs`, query: uri });
}

/** The file whose drivers a table shows; null for what is no table. */
export function sourceOfTable(uri: vscode.Uri): string | null {
  return uri.scheme === scheme ? uri.query : null;
}

function documentLink(server: Server, { line, start, end, target }: TableLink): vscode.DocumentLink {
  const link = new vscode.DocumentLink(new vscode.Range(line, start, line, end), placeUri(server, target));
  link.tooltip = vscode.l10n.t('Open the source');
  return link;
}

/** A file's URI with the position in its fragment, as VS Code opens it. */
function placeUri({ client }: Server, { uri, range }: WireLocation): vscode.Uri {
  const { line, character } = range.start;
  return client.protocol2CodeConverter.asUri(uri).with({ fragment: `L${line + 1},${character + 1}` });
}
