import { parseCommandLine } from './args';
import type { Platform } from './platform';

/** `lsp [--stdio]`: the language server. */
export async function runLsp(args: readonly string[], platform: Platform): Promise<number> {
  parseCommandLine(args, { stdio: { type: 'boolean' } }, { paths: false });
  return platform.startServer();
}
