import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '../../cli';
import type { Platform } from '../../lsp';

/** The bytes of the two WebAssembly files: beside the bundle in dist/, or in the npm packages when run unbundled. */
export async function loadParser(): ReturnType<Platform['loadParser']> {
  const [runtime, grammar] = await Promise.all([
    readWasm('web-tree-sitter', 'web-tree-sitter.wasm'),
    readWasm('tree-sitter-c', 'tree-sitter-c.wasm'),
  ]);
  return { runtime, grammar };
}

async function readWasm(packageName: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(__dirname, file));
  } catch {
    return readFile(require.resolve(`${packageName}/${file}`));
  }
}

/** The product's version, from the package.json beside dist/ or above out/. */
export function productVersion(): string {
  for (const up of ['..', '../../../../..']) {
    try {
      const found: unknown = JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
    } catch {
      // Not there: the next place may have it.
    }
  }
  return 'unknown';
}

/** Node as the language server's platform. `warn` is told of files that are there and are not read. */
export function nodePlatform(warn: (message: string) => void): Platform {
  return {
    fs: nodeFileSystem({ onRefused: (path, refusal) => warn(`${path} was not read: ${refusal}`) }),
    loadParser,
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    delay: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
  };
}
