import * as vscode from 'vscode';
import type { MachineRef, SimulationCatalogue } from '../../server/src/wire';
import { isSimulationCatalogue, simulationCatalogueMethod } from '../../server/src/wire';
import type { Server } from './server';

interface MachineItem extends vscode.QuickPickItem {
  readonly ref?: MachineRef;
}

/** Lets the user choose among the drivers of the workspace and what the protocol asks for; null when they chose none. */
export async function pickMachine(server: Server, title: string): Promise<MachineRef | null> {
  const catalogue: unknown = await server.client.sendRequest(simulationCatalogueMethod);
  if (!isSimulationCatalogue(catalogue))
    throw new Error('VFIO: the language server answered with something that is no catalogue.');
  const chosen = await vscode.window.showQuickPick(machineItems(server, catalogue), {
    title,
    placeHolder: vscode.l10n.t('A driver, a generation of the protocol, or a flag'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.ref ?? null;
}

function machineItems(server: Server, { drivers, references }: SimulationCatalogue): readonly MachineItem[] {
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
  const group = (label: string): MachineItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(drivers.length > 0 ? [group(vscode.l10n.t('Drivers')), ...items(drivers, 'circuit-board')] : []),
    group(vscode.l10n.t('The protocol itself')),
    ...items(references, 'book'),
  ];
}
