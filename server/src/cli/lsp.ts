import { CommandLineError, parseCommandLine } from './args';
import type { Platform } from './platform';

/** `lsp --stdio`: the language server. */
export async function runLsp(args: readonly string[], platform: Platform): Promise<number> {
  if (!parseCommandLine(args, { stdio: { type: 'boolean' } }, { paths: false }).has('stdio')) {
    throw new CommandLineError('the language server needs --stdio');
  }
  return platform.startServer();
}
