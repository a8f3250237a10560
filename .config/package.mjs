// `npm run package`: builds and packs the extension into dist/vfio-arcs.vsix, with the licences of what is bundled, and
// holds it to its size.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensurePackages, root, SetupError } from './setup.mjs';

const LIMIT_MB = 1.5;

async function main() {
  ensurePackages();
  const { buildServer } = await import('../server/build.mjs');
  const { buildClient } = await import('../client/build.mjs');
  const metafiles = [await buildServer(), ...(await buildClient())];
  writeFileSync(path.join(root, 'dist', 'licences.txt'), licences(metafiles));

  const file = path.join(root, 'dist', 'vfio-arcs.vsix');
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  // Everything is bundled: the packages that the sources import stay out.
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  const packed = spawnSync(process.execPath, [vsce, ...args, '--out', file], { cwd: root, encoding: 'utf8' });
  if (packed.status !== 0) throw new SetupError(`vsce failed:\n${packed.stdout}${packed.stderr}`);
  const size = statSync(file).size / 1e6;
  console.log(`${path.relative(process.cwd(), file)}: ${size.toFixed(2)} MB`);
  if (size > LIMIT_MB) throw new SetupError(`The package is larger than ${LIMIT_MB} MB.`);
}

/** The licence of every npm package that the bundles hold, and of the grammar whose .wasm is carried as it is. */
function licences(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set([...folders, 'node_modules/tree-sitter-c'])]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      const licence = readdirSync(path.join(root, folder)).find((file) => /^licen[cs]e/i.test(file));
      if (!licence) throw new SetupError(`${folder} has no licence file.`);
      return `${name} ${version}\n\n${readFileSync(path.join(root, folder, licence), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`npm run package: ${error.message}`);
  process.exitCode = 1;
}
