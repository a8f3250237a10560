import * as vscode from 'vscode';
import type { DriverEntry } from '../../server/src/wire';
import { type ArcTreeLook, type ArcTreeNode, driverChildren, driverId, driverNode } from './arcTree';
import { ArcTreeItem } from './arcTreeItem';
import { type DriverPlace, driverLabels } from './driverPlace';
import { DriverRows } from './driverRows';
import { driverFiles } from './driverText';
import { placeRange, requestDrivers, requestTable } from './requests';
import type { Server } from './server';

/** As the manifest names the view. */
export const arcTreeViewId = 'vfioArcs.arcs';
const refreshAfterMs = 200;
/** More drivers than these are folded at first. */
const mostUnfolded = 2;

/**
 * The Arc Table view in the side bar: the drivers that the server knows, below each its flags, its arcs and its findings. It
 * follows edits, and says why it is empty (the welcome texts of the manifest, chosen by `vfioArcs.server`).
 */
export function arcTreeView(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const rows = new DriverRows((driver) => rowsBelow(server, driver));
  const roots = async (): Promise<ArcTreeItem[]> => {
    const drivers = await requestDrivers(server);
    rows.follow(drivers, (uri) => server.client.protocol2CodeConverter.asUri(uri).toString());
    return driverItems(server, drivers);
  };
  const provider: vscode.TreeDataProvider<ArcTreeItem> = {
    onDidChangeTreeData: changed.event,
    getParent: ({ parent }) => parent ?? undefined,
    getTreeItem: (item) => treeItem(server, item),
    getChildren: async (item) => {
      if (item !== undefined && item.node.kind !== 'driver') return below(item, item.node.children);
      return whileRunning(server, async () => (item === undefined ? roots() : below(item, await rows.of(item.driver))));
    },
  };
  const view = vscode.window.createTreeView(arcTreeViewId, { treeDataProvider: provider, showCollapseAll: true });

  let refresh: NodeJS.Timeout | undefined;
  const refreshSoon = (): void => {
    clearTimeout(refresh);
    refresh = setTimeout(() => changed.fire(undefined), refreshAfterMs);
  };
  return vscode.Disposable.from(
    view,
    changed,
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.filter((uri) => rows.touch(uri.toString())).length > 0) refreshSoon();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const isOfDriver = rows.touch(document.uri.toString());
      if (isOfDriver || vscode.languages.match(driverFiles, document) > 0) refreshSoon();
    }),
    server.onDidChangeState(() => {
      rows.clear();
      refreshSoon();
    }),
    server.onDidChangeStatus(refreshSoon),
    new vscode.Disposable(() => clearTimeout(refresh)),
  );
}

/** Nothing without a server, which the view then says; one that dies while it is asked is no fault of the view. */
async function whileRunning(server: Server, ask: () => Promise<ArcTreeItem[]>): Promise<ArcTreeItem[]> {
  if (server.state !== 'running') return [];
  const { client } = server;
  try {
    return await ask();
  } catch (error) {
    if (server.state === 'running' && client === server.client && client.isRunning()) throw error;
    return [];
  }
}

function driverItems(server: Server, drivers: readonly DriverEntry[]): ArcTreeItem[] {
  const unfolded = drivers.length <= mostUnfolded;
  const places = drivers.map((driver) => driverPlace(server, driver));
  const labels = driverLabels(places);
  return drivers
    .map((driver, index) => ({ driver, where: { label: labels[index] ?? '', path: places[index]?.folder ?? '' } }))
    .sort((a, b) => a.driver.name.localeCompare(b.driver.name) || a.where.label.localeCompare(b.where.label))
    .map(({ driver, where }) => new ArcTreeItem(driver, driverNode(driver, where, unfolded, vscode.l10n.t), null));
}

/** The place of the ops: all other files of a driver are where its Makefile is, too, or below. */
function driverPlace({ client }: Server, { name, location }: DriverEntry): DriverPlace {
  const folder = vscode.Uri.joinPath(client.protocol2CodeConverter.asUri(location.uri), '..');
  const roots = vscode.workspace.workspaceFolders ?? [];
  const root = vscode.workspace.getWorkspaceFolder(folder);
  const path = root === undefined ? folder.path : folder.path.slice(root.uri.path.length).replace(/^\//, '');
  return { name, root: root !== undefined && roots.length > 1 ? root.name : null, folder: path };
}

/** Empty for a driver that is gone meanwhile. */
async function rowsBelow(server: Server, driver: DriverEntry): Promise<readonly ArcTreeNode[]> {
  const id = driverId(driver);
  const { drivers } = await requestTable(server, driver.location.uri);
  const table = drivers.find(({ ops }) => driverId({ location: ops.location, ops: ops.name }) === id);
  return table === undefined ? [] : driverChildren(id, table, vscode.l10n.t);
}

function below(parent: ArcTreeItem, nodes: readonly ArcTreeNode[]): ArcTreeItem[] {
  return nodes.map((node) => new ArcTreeItem(parent.driver, node, parent));
}

function treeItem(server: Server, { node }: ArcTreeItem): vscode.TreeItem {
  const { id, kind, look, label, description, tooltip, place, unfolded, children } = node;
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  const folds = kind === 'driver' || children.length > 0;
  const item = new vscode.TreeItem(label, folds ? (unfolded ? Expanded : Collapsed) : None);
  item.id = id;
  item.description = description;
  item.tooltip = tooltip;
  item.contextValue = kind;
  item.iconPath = icon(look);
  item.accessibilityInformation = {
    label: [looksSaid().get(look) ?? '', label, description].filter(Boolean).join(', '),
  };
  // A driver's row folds when it is clicked; its menu and its lenses go to the code.
  if (place !== null && !folds) {
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Go to Code'),
      arguments: [server.client.protocol2CodeConverter.asUri(place.uri), { selection: placeRange(server, place) }],
    };
  }
  return item;
}

/** What the icon says, for who does not see it; nothing where the label says it. */
function looksSaid(): ReadonlyMap<ArcTreeLook, string> {
  const { t } = vscode.l10n;
  return new Map<ArcTreeLook, string>([
    ['missing', t('Missing')],
    ['conditional', t('Handled only under a condition')],
    ['undecided', t('Not decided')],
    ['error', t('Error')],
    ['warning', t('Warning')],
    ['hint', t('Hint')],
  ]);
}

const icons: Readonly<Record<ArcTreeLook, readonly [icon: string, color?: string]>> = {
  driver: ['circuit-board'],
  flags: ['tag'],
  missing: ['error', 'list.errorForeground'],
  conditional: ['warning', 'list.warningForeground'],
  undecided: ['question'],
  handled: ['pass', 'testing.iconPassed'],
  superfluous: ['circle-slash'],
  findings: ['checklist'],
  error: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  hint: ['lightbulb'],
};

function icon(look: ArcTreeLook): vscode.ThemeIcon {
  const [name, color] = icons[look];
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}
