import type { Output } from './platform';

/** Milliseconds between two lines that a person can still follow. */
const interval = 100;

/** One line that tells how far a long command is; written only where a person watches. */
export class Progress {
  private readonly output: Output;
  private last = 0;
  private shown = false;

  constructor(output: Output) {
    this.output = output;
  }

  /** Shows the text in place of the one before, but not more often than can be read. */
  show(text: string): void {
    const now = Date.now();
    if (!this.output.isTerminal || now - this.last < interval) {
      return;
    }
    this.last = now;
    this.shown = true;
    this.output.write(`\r\u001b[K${text.slice(0, Math.max(10, this.output.columns - 1))}`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.shown) {
      this.output.write('\r\u001b[K');
      this.shown = false;
    }
  }
}
