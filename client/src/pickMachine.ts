import * as vscode from 'vscode';
import type { DriverArgument, MachineRef, SimulationCatalogue } from '../../server/src/wire';
import { isSimulationCatalogue, simulationCatalogueMethod } from '../../server/src/wire';
import type { ArcHere } from './arcsAt';
import type { Start } from './panel/contract';
import { chooseFile } from './panelFiles';
import { misshapen } from './requests';
import type { Server } from './server';

interface MachineItem extends vscode.QuickPickItem {
  readonly ref?: MachineRef;
  readonly start?: Start;
  readonly fromFile?: boolean;
}

/** Lets the user choose among the drivers of the workspace and what the protocol asks for; null when they chose none. */
export async function pickMachine(server: Server, title: string): Promise<MachineRef | null> {
  const chosen = await pick(await machineItems(server), title);
  return chosen?.ref ?? null;
}

/** How a panel begins on a driver, and on one of its arcs. */
export function startOn({ uri, ops, arc }: DriverArgument): Start {
  return { from: 'machine', machine: { kind: 'driver', uri, ops }, arc: arc ?? null };
}

/** The same as `pickMachine` for a panel that is to be opened: arcs come first, and it can also begin with a file. */
export async function pickStart(server: Server, title: string, arcs: readonly ArcHere[]): Promise<Start | null> {
  const atCursor = arcs.map(({ name, driver, argument }) => ({
    label: `$(git-commit) ${name}`,
    description: driver,
    start: startOn(argument),
  }));
  const file: MachineItem = {
    label: `$(folder-opened) ${vscode.l10n.t('From a file …')}`,
    description: vscode.l10n.t('a saved trace, a log of QEMU, samples of migration/state'),
    fromFile: true,
  };
  const machines = await machineItems(server);
  const items = [
    ...(atCursor.length > 0 ? [group(vscode.l10n.t('At the cursor')), ...atCursor] : []),
    ...machines,
    group(vscode.l10n.t('What was recorded')),
    file,
  ];
  const chosen = await pick(items, title);
  if (chosen?.start !== undefined) return chosen.start;
  if (chosen?.ref !== undefined) return { from: 'machine', machine: chosen.ref, arc: null };
  const read = chosen?.fromFile === true ? await chooseFile() : null;
  return read === null ? null : { from: 'file', file: read };
}

async function pick(items: readonly MachineItem[], title: string): Promise<MachineItem | undefined> {
  return vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('A driver, a generation of the protocol, or a flag'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

async function machineItems(server: Server): Promise<readonly MachineItem[]> {
  const catalogue: unknown = await server.client.sendRequest(simulationCatalogueMethod);
  if (!isSimulationCatalogue(catalogue)) throw misshapen(simulationCatalogueMethod);
  const { drivers, references } = catalogue;
  const fileOf = (ref: MachineRef): string =>
    ref.kind === 'driver'
      ? vscode.workspace.asRelativePath(server.client.protocol2CodeConverter.asUri(ref.uri))
      : vscode.l10n.t('what the protocol asks for');
  const items = (all: SimulationCatalogue['drivers'], icon: string): readonly MachineItem[] =>
    all.map(({ name, ref, flags }) => ({
      label: `$(${icon}) ${name}`,
      description: flags,
      detail: fileOf(ref),
      ref,
    }));
  return [
    ...(drivers.length > 0 ? [group(vscode.l10n.t('Drivers')), ...items(drivers, 'circuit-board')] : []),
    group(vscode.l10n.t('The protocol itself')),
    ...items(references, 'book'),
  ];
}

function group(label: string): MachineItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
