// Bundles the VS Code extension into dist/extension.js.
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions, onlyExisting } from '../server/build.mjs';

/** Writes dist/extension.js; `vscode` itself is given by the editor. Resolves to esbuild's metafile. */
export async function buildClient() {
  const result = await build({
    ...bundleOptions,
    entryPoints: onlyExisting({ extension: 'client/src/extension.ts' }),
    outdir: 'dist',
    external: ['vscode'],
  });
  return result.metafile;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildClient();
