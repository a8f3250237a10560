import * as vscode from 'vscode';
import type { MachineRef, SimulationCatalogue } from '../../server/src/wire';
import { isSimulationCatalogue, simulationCatalogueMethod } from '../../server/src/wire';
import type { Start } from './panel/contract';
import { chooseFile } from './panelFiles';
import { misshapen } from './requests';
import type { Server } from './server';

interface MachineItem extends vscode.QuickPickItem {
  readonly ref?: MachineRef;
  readonly fromFile?: boolean;
}

/** Lets the user choose among the drivers of the workspace and what the protocol asks for; null when they chose none. */
export async function pickMachine(server: Server, title: string): Promise<MachineRef | null> {
  const chosen = await pick(await machineItems(server), title);
  return chosen?.ref ?? null;
}

/** The same for a panel that is to be opened, which can also begin with a file. */
export async function pickStart(server: Server, title: string): Promise<Start | null> {
  const file: MachineItem = {
    label: `$(folder-opened) ${vscode.l10n.t('From a file …')}`,
    description: vscode.l10n.t('a saved trace, a log of QEMU, samples of migration/state'),
    fromFile: true,
  };
  const chosen = await pick([...(await machineItems(server)), group(vscode.l10n.t('What was recorded')), file], title);
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
