import type { Diagnostic } from 'vscode-languageserver';

/** What is to say about one file. */
export interface FileResult {
  /** Names this content: the same as long as the diagnostics are the same. Unique to the server's run. */
  readonly id: string;
  readonly items: readonly Diagnostic[];
}

/** The diagnostics of files, each with an id that changes exactly when they do. */
export class Results {
  private readonly known = new Map<string, FileResult & { readonly json: string }>();
  private readonly run: string;
  private serial = 0;

  /** `run` keeps the ids of a restarted server apart from those of the one before. */
  constructor(run: string) {
    this.run = run;
  }

  /** The files that have, or once had, diagnostics. */
  get paths(): readonly string[] {
    return [...this.known.keys()];
  }

  get(path: string): FileResult {
    return this.known.get(path) ?? { id: `${this.run}.0`, items: [] };
  }

  /** Takes new diagnostics over; true when they differ from those before. */
  set(path: string, items: readonly Diagnostic[]): boolean {
    const before = this.known.get(path);
    if (before === undefined && items.length === 0) return false;
    const json = JSON.stringify(items);
    if (before?.json === json) return false;
    this.serial++;
    this.known.set(path, { id: `${this.run}.${this.serial}`, items, json });
    return true;
  }
}
