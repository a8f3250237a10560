import * as vscode from 'vscode';
import { arcTableMarkdown } from './arcTableMarkdown';
import type { Subject } from './subject';

/** Puts the driver's arcs into the clipboard, as Markdown. */
export async function copyArcTable({ driver }: Subject): Promise<void> {
  await vscode.env.clipboard.writeText(arcTableMarkdown(driver));
  void vscode.window.showInformationMessage(vscode.l10n.t('VFIO: The arc table of {0} was copied.', driver.name));
}
