// Bundles the language server and the command line into dist/ and copies the two WebAssembly files next to them.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What the server's and the client's bundle have in common. CommonJS: the server's libraries call `require` at run time. */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // The ESM build of web-tree-sitter does not survive bundling as CommonJS: Parser.init() fails at run time.
  alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
};

/** Writes dist/server.js, dist/cli.js and the .wasm files. Resolves to esbuild's metafile, for the licence notices. */
export async function buildServer() {
  const dist = path.join(root, 'dist');
  await mkdir(dist, { recursive: true });
  const [result] = await Promise.all([
    build({
      ...bundleOptions,
      entryPoints: { server: 'server/src/entry/node/server.ts', cli: 'server/src/entry/node/cli.ts' },
      outdir: 'dist',
    }),
    copyFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), path.join(dist, 'web-tree-sitter.wasm')),
    copyFile(require.resolve('tree-sitter-c/tree-sitter-c.wasm'), path.join(dist, 'tree-sitter-c.wasm')),
  ]);
  return result.metafile;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildServer();
