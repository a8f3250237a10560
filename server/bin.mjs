#!/usr/bin/env node
// `npx vfio-arcs` in a clone: the bundled command line, built first when it is not there.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, ensurePackages, SetupError } from '../.config/setup.mjs';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

try {
  if (!existsSync(cli)) {
    console.error('vfio-arcs is not built yet.');
    ensurePackages();
    build();
  }
  createRequire(import.meta.url)(cli);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`vfio-arcs: ${error.message}`);
  process.exitCode = 2;
}
