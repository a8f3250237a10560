import { readFileSync } from 'node:fs';
import { main } from '../../server/src/cli';
import type { Run } from './cli';

export interface InProcessOptions {
  /** Whether output goes to a terminal. */
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Without root's right to read everything; needs a path that everybody may walk. */
  readonly asNobody?: boolean;
}

const nobody = 65534;

/** Runs the command line in this process, for what a spawned one can not be made to see. */
export async function inProcess(cwd: string, args: readonly string[], options: InProcessOptions = {}): Promise<Run> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
    isTerminal: options.isTerminal ?? false,
    columns: 80,
  });
  const parser = {
    runtime: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    grammar: readFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm')),
  };
  const isRoot = process.geteuid?.() === 0;
  if (options.asNobody === true && isRoot) {
    process.seteuid?.(nobody);
  }
  try {
    const code = await main(args, {
      stdout: output('stdout'),
      stderr: output('stderr'),
      cwd,
      env: options.env ?? {},
      version: '1.2.3',
      loadParser: async () => parser,
      startServer: async () => 0,
    });
    return { code, ...written };
  } finally {
    if (options.asNobody === true && isRoot) {
      process.seteuid?.(0);
    }
  }
}
