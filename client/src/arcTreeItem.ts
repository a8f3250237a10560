import type { DriverEntry } from '../../server/src/wire';
import type { ArcTreeNode } from './arcTree';

/** A row of the Arc Table view: what VS Code hands to a command of the row's menu. */
export class ArcTreeItem {
  /** The driver that the row belongs to. */
  readonly driver: DriverEntry;
  readonly node: ArcTreeNode;
  readonly parent: ArcTreeItem | null;

  constructor(driver: DriverEntry, node: ArcTreeNode, parent: ArcTreeItem | null) {
    this.driver = driver;
    this.node = node;
    this.parent = parent;
  }
}
