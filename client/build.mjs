// Bundles the VS Code extension: dist/extension.js, which VS Code loads for every C file and which is therefore kept to a few
// kilobytes; dist/session.js with the language client, which extension.js loads when a driver is open; and the page of the
// simulation panel: dist/panel.js, panel.css and the font of its icons.
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../server/build.mjs';

/** Writes all three; `vscode` itself is given by the editor. Resolves to esbuild's metafiles. */
export async function buildClient() {
  const [extension, panel] = await Promise.all([
    build({
      ...bundleOptions,
      entryPoints: { extension: 'client/src/extension.ts', session: 'client/src/session.ts' },
      outdir: 'dist',
      external: ['vscode', './session.js'],
      // The editor gives `vscode` to what is required, so import() has to become a (lazy) require.
      supported: { 'dynamic-import': false },
    }),
    build({
      ...bundleOptions,
      platform: 'browser',
      // VS Code 1.100 is Chromium 132.
      target: 'chrome132',
      format: 'iife',
      sourcemap: false,
      entryPoints: { panel: 'client/src/panel/main.tsx' },
      outdir: 'dist',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
      plugins: [usedIconsOnly],
    }),
    placeManifestTexts(),
  ]);
  return [extension.metafile, panel.metafile];
}

/** Of the hundreds of rules that name an icon, those whose name stands in quotes somewhere in the page's source. */
const usedIconsOnly = {
  name: 'used-icons-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]codicon\.css$/ }, async ({ path: file }) => {
      const folder = path.join(bundleOptions.absWorkingDir, 'client', 'src', 'panel');
      const sources = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
      const texts = await Promise.all(sources.map((name) => readFile(path.join(folder, name), 'utf8')));
      const quoted = new Set(texts.flatMap((text) => [...text.matchAll(/['"]([a-z-]+)['"]/g)].map(([, name]) => name)));
      const css = await readFile(file, 'utf8');
      const contents = css.replace(/^\.codicon-([a-z0-9-]+):before\s*\{[^}]*\}$/gm, (rule, name) =>
        quoted.has(name) ? rule : '',
      );
      return { contents, loader: 'css', resolveDir: path.dirname(file) };
    });
  },
};

/** VS Code reads the texts of a manifest beside it and nowhere else. */
async function placeManifestTexts() {
  const folder = path.join(bundleOptions.absWorkingDir, 'client', 'l10n');
  const files = (await readdir(folder)).filter((name) => name.startsWith('package.nls.'));
  await Promise.all(
    files.map((name) => copyFile(path.join(folder, name), path.join(bundleOptions.absWorkingDir, name))),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildClient();
