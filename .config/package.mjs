// `npm run package`: builds and packs the extension into dist/vfio-arcs.vsix, and holds it to its size.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build, ensurePackages, root, SetupError } from './setup.mjs';

const LIMIT_MB = 1.5;

try {
  ensurePackages();
  build();
  const file = path.join(root, 'dist', 'vfio-arcs.vsix');
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  // Everything is bundled: the packages that the sources import stay out.
  const args = [
    vsce,
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    file,
  ];
  const packed = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (packed.status !== 0) throw new SetupError(`vsce failed:\n${packed.stdout}${packed.stderr}`);
  const size = statSync(file).size / 1e6;
  console.log(`${path.relative(process.cwd(), file)}: ${size.toFixed(2)} MB`);
  if (size > LIMIT_MB) throw new SetupError(`The package is larger than ${LIMIT_MB} MB.`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`npm run package: ${error.message}`);
  process.exitCode = 1;
}
