// What a fresh clone needs before anything else: the npm packages and the bundles. Used by `npm start`, `npm test` and
// `npx vfio-arcs`, so it runs before anything is installed and imports nothing but Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Something that the user can mend; the message says what and how. */
export class SetupError extends Error {}

/** Installs the packages of package-lock.json when they are missing or others. */
export function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node ${process.versions.node} is too old: vfio-arcs is built with Node 20.19 or later.`);
  }
  if (packagesAreCurrent()) return;
  console.error('Installing the npm packages (npm ci) ...');
  runOrThrow(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'The npm packages could not be installed.');
}

/** Writes dist/: the extension, the server and the command line. Takes about a second. */
export function build() {
  runOrThrow(npm, ['run', '--silent', 'build'], 'The build failed.');
}

/** Runs a program in the repository with its output on the terminal. Throws SetupError when it fails. */
export function runOrThrow(command, args, trouble) {
  // Our own standard output may be a pipe that a program reads: what is said here goes to standard error.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: onWindows });
  if (error || status !== 0) throw new SetupError(`${trouble} (${[command, ...args].join(' ')})`);
}

const onWindows = process.platform === 'win32';
const npm = onWindows ? 'npm.cmd' : 'npm';

function packagesAreCurrent() {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    // Optional packages are for other platforms.
    if (!installed[name]) return entry.optional === true;
    return installed[name].version === entry.version;
  });
}
