import * as vscode from 'vscode';
import type { ArcTable, WireLocation } from '../../server/src/wire';
import { arcTableText, type TableLink } from './arcTableText';
import { driverFiles } from './driverText';
import { pickDriver } from './pickDriver';
import { requestTable } from './requests';
import type { Server } from './server';

const scheme = 'vfio-arcs';
const refreshAfterMs = 200;

export interface ArcTableView extends vscode.Disposable {
  /** Shows the table beside the file, or says why there is none and lets the user pick another driver. */
  show(document: vscode.TextDocument | undefined): Promise<void>;
}

/** Read-only documents `vfio-arcs:/<name>.vfio-arcs?<uri of a source file>`, kept true while the sources are edited. */
export function arcTableView(server: Server): ArcTableView {
  const links = new Map<string, readonly TableLink[]>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const open = (): readonly vscode.TextDocument[] =>
    vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === scheme);

  const provider: vscode.TextDocumentContentProvider & vscode.DocumentLinkProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const { text, links: found } = arcTableText(await requestTable(server, sourceOf(uri)));
      links.set(uri.toString(), found);
      return text;
    },
    provideDocumentLinks: ({ uri }) => (links.get(uri.toString()) ?? []).map((link) => documentLink(server, link)),
  };

  let refresh: NodeJS.Timeout | undefined;
  const refreshSoon = (): void => {
    clearTimeout(refresh);
    refresh = setTimeout(() => {
      for (const { uri } of open()) changed.fire(uri);
    }, refreshAfterMs);
  };

  const registrations = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, provider),
    vscode.languages.registerDocumentLinkProvider({ scheme }, provider),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (open().length > 0 && vscode.languages.match(driverFiles, document) > 0) refreshSoon();
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => links.delete(uri.toString())),
    server.onDidChangeState((state) => {
      if (state === 'running') refreshSoon();
    }),
  );

  return {
    show: async (document) => {
      const source = await sourceWithDriver(server, document);
      if (source === undefined) return;
      await vscode.window.showTextDocument(source, {
        preview: false,
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    dispose: () => {
      clearTimeout(refresh);
      registrations.dispose();
    },
  };
}

/** The table's document for a source file, or for the driver that the user picks when the file has none. */
async function sourceWithDriver(
  server: Server,
  document: vscode.TextDocument | undefined,
): Promise<vscode.Uri | undefined> {
  if (document?.uri.scheme === scheme) return document.uri;
  if (document === undefined || vscode.languages.match(driverFiles, document) === 0)
    return pickedTable(server, 'No C file is active');
  const table = await requestTable(server, document.uri.toString());
  if (table.drivers.length > 0) return tableUri(table, document.uri.toString());
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  const reason =
    table.notDrivers[0]?.message ??
    'nothing in its folder sets migration_set_state in a struct vfio_migration_ops or vfio_device_ops';
  return pickedTable(server, `${name} belongs to no VFIO migration driver: ${reason}`);
}

async function pickedTable(server: Server, why: string): Promise<vscode.Uri | undefined> {
  const source = await pickDriver(server, why);
  return source === undefined ? undefined : tableUri(await requestTable(server, source), source);
}

function tableUri(table: ArcTable, source: string): vscode.Uri {
  const name = table.drivers[0]?.name ?? 'driver';
  return vscode.Uri.from({ scheme, path: `/${name.replaceAll('/', '_')}.vfio-arcs`, query: source });
}

function sourceOf(table: vscode.Uri): string {
  return table.query;
}

function documentLink(server: Server, { line, start, end, target }: TableLink): vscode.DocumentLink {
  const link = new vscode.DocumentLink(new vscode.Range(line, start, line, end), placeUri(server, target));
  link.tooltip = 'Open the source';
  return link;
}

/** A file's URI with the position in its fragment, as VS Code opens it. */
function placeUri({ client }: Server, { uri, range }: WireLocation): vscode.Uri {
  const { line, character } = range.start;
  return client.protocol2CodeConverter.asUri(uri).with({ fragment: `L${line + 1},${character + 1}` });
}
