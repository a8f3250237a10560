// Installs what the tests need to show a real VS Code where no desktop VS Code can be downloaded: VS Code's own server
// and workbench (npm's code-server, used without its wrapper) and a Chromium to look at it with.
// `node test/vscode/install.mjs` does both and says where they are.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const CODE_SERVER_VERSION = '4.100.3';
const RIPGREP_VERSION = '1.18.0';

/** The repository's root: two folders up from here. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything that the editor tests download or write, except results; git ignores it. */
export const cacheFolder = path.join(root, '.cache', 'vscode');

/** An expected failure: its message says what is missing and what to do, so no stack is needed. */
export class MissingError extends Error {}

/**
 * The folder of VS Code's server, installed on the first call (about 20 s and 300 MB, nothing is compiled).
 * Throws MissingError when the npm registry does not answer or the platform has no package.
 */
export function ensureBrowserCode(log = console.error) {
  const folder = path.join(cacheFolder, `code-server-${CODE_SERVER_VERSION}-${process.platform}-${process.arch}`);
  const server = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  if (existsSync(path.join(folder, 'installed.json'))) return server;
  log(
    `Installing VS Code for the browser (code-server ${CODE_SERVER_VERSION} from npm) into ${path.relative(root, folder)} ...`,
  );
  // Into a fresh folder and renamed at the end: an interrupted install is never taken for a whole one.
  const fresh = `${folder}.${process.pid}.part`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    install(fresh);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return server;
}

function install(folder) {
  const ripgrep = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'browser-vscode', private: true }));
  // The packages' own install scripts download and compile what is not needed here, so none of them runs.
  npmInstall(folder, [`code-server@${CODE_SERVER_VERSION}`, `${ripgrep}@${RIPGREP_VERSION}`, '--engine-strict=false']);
  const server = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  npmInstall(server, ['--omit=dev']);
  symlinkSync('node_modules', path.join(server, 'node_modules.asar'), 'junction');
  const binaries = path.join(server, 'node_modules', '@vscode', 'ripgrep', 'bin');
  const executable = process.platform === 'win32' ? 'rg.exe' : 'rg';
  mkdirSync(binaries, { recursive: true });
  copyFileSync(path.join(folder, 'node_modules', ripgrep, 'bin', executable), path.join(binaries, executable));
  writeFileSync(
    path.join(folder, 'installed.json'),
    JSON.stringify({ codeServer: CODE_SERVER_VERSION, ripgrep: RIPGREP_VERSION }),
  );
}

function npmInstall(folder, args) {
  const command = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...args,
  ];
  const result = spawnSync('npm', command, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.stderr.trim();
  throw new MissingError(
    `VS Code for the browser could not be installed: npm ${command.join(' ')} failed:\n${reason}\n` +
      'It needs the npm registry; set VSCODE_EXECUTABLE to a desktop VS Code to do without.',
  );
}

/**
 * The path of a Chromium or Chrome. Looks at the environment variable CHROMIUM, then at the usual places; on Debian as
 * root it installs the distribution's package when there is none. Throws MissingError when there is no way to get one.
 */
export function ensureChromium(log = console.error) {
  const named = process.env.CHROMIUM;
  if (named) {
    if (isExecutable(named)) return named;
    throw new MissingError(`CHROMIUM=${named} is no executable file.`);
  }
  const found = findChromium();
  if (found) return found;
  if (canInstallDebianPackages()) {
    log('Installing Chromium (apt-get install chromium fonts-dejavu-core) ...');
    aptGet('update', '-qq');
    aptGet('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new MissingError(
    'No Chromium or Chrome found. Install one (on Debian: apt-get install chromium fonts-dejavu-core) or set CHROMIUM to its path.',
  );
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const inPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  const elsewhere = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return [...inPath, ...elsewhere].find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canInstallDebianPackages() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function aptGet(...args) {
  try {
    execFileSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    throw new MissingError(`apt-get ${args.join(' ')} failed:\n${String(error.stderr ?? error.message).trim()}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(`VS Code for the browser: ${path.relative(root, ensureBrowserCode())}`);
    console.log(`Chromium: ${ensureChromium()}`);
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
