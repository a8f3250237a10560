/** A stream that takes text: standard output or standard error. */
export interface Output {
  write(text: string): void;
  /** True when a person reads it as it is written. */
  readonly isTerminal: boolean;
  /** Columns of the terminal; meaningless otherwise. */
  readonly columns: number;
}

/** What the command line needs of the place it runs in; entry/node/cli.ts makes it from the process. */
export interface Platform {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The package's version. */
  readonly version: string;
  /** The bytes of web-tree-sitter.wasm and tree-sitter-c.wasm. Rejects when they can not be had. */
  loadParser(): Promise<{ readonly runtime: Uint8Array; readonly grammar: Uint8Array }>;
  /** Runs the language server on standard input and output; resolves with the exit code when the client is gone. */
  startServer(): Promise<number>;
}

/** What a command answers to the shell. */
export const exitCodes = {
  /** Nothing to report. */
  clean: 0,
  /** There are findings. */
  findings: 1,
  /** The command line was wrong, or something named on it could not be read. */
  trouble: 2,
} as const;
