import type { DriverEntry } from '../../server/src/wire';
import { type ArcTreeNode, driverId } from './arcTree';

/** What the rows below a driver are made from. */
type Ask = (driver: DriverEntry) => Promise<readonly ArcTreeNode[]>;

/**
 * The rows below drivers, asked for once until something of the driver changes: a driver whose files nobody has open is checked
 * from its files each time that it is asked for.
 */
export class DriverRows {
  private readonly known = new Map<
    string,
    { readonly entry: string; readonly rows: Promise<readonly ArcTreeNode[]> }
  >();
  private readonly files = new Map<string, ReadonlySet<string>>();
  private readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** The present drivers, with the files that each is made of as the editor names them. */
  follow(drivers: readonly DriverEntry[], editorUri: (uri: string) => string): void {
    this.files.clear();
    for (const driver of drivers) this.files.set(driverId(driver), new Set(driver.files.map(editorUri)));
  }

  /** Rejects as the request does, and asks again then. */
  of(driver: DriverEntry): Promise<readonly ArcTreeNode[]> {
    const id = driverId(driver);
    const entry = JSON.stringify(driver);
    const before = this.known.get(id);
    if (before?.entry === entry) return before.rows;
    const rows = this.ask(driver);
    this.known.set(id, { entry, rows });
    rows.catch(() => {
      if (this.known.get(id)?.rows === rows) this.known.delete(id);
    });
    return rows;
  }

  /** Forgets what was made from a file, also what is only under way; true when that was anything that is followed. */
  touch(editorUri: string): boolean {
    const touched = [...this.files].filter(([, files]) => files.has(editorUri));
    for (const [id] of touched) this.known.delete(id);
    return touched.length > 0;
  }

  clear(): void {
    this.known.clear();
  }
}
