// `npm run test:vscode`: the packaged extension in a real VS Code. First the suite in the extension host, through
// @vscode/test-electron; then the workbench itself, driven through Chromium. Results go to TEST_RESULTS
// (default .cache/results/vscode.json). `--vsix FILE` tests that package instead of making one; `--pictures` runs the
// workbench alone and renews the README's pictures; `--only NAME` runs the tests in files of that name alone.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import testElectron from '@vscode/test-electron';
import { installExtension } from './browserCode.mjs';
import { cacheFolder, ensureBrowserCode, ensureChromium, MissingError, root } from './install.mjs';
import { mergeResults, readResults, writeResults } from './results.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const compiled = path.join(root, 'out', 'test', 'vscode');
const shim = path.join(here, 'code-shim.mjs');
const resultsFile = path.resolve(process.env.TEST_RESULTS ?? path.join(root, '.cache', 'results', 'vscode.json'));
const UI_TEST_TIMEOUT_MS = 60_000;
const DOWNLOAD_CHECK_MS = 5_000;

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = 1;
}

async function main() {
  rmSync(resultsFile, { force: true });
  compileSuite();
  const vsix = packagedExtension();
  const folders = freshFolders();
  try {
    const forPictures = process.argv.includes('--pictures');
    const suites = [];
    if (!forPictures && testsIn('suite').length > 0) suites.push(await runSuite(vsix, folders));
    if (testsIn('workbench').length > 0) suites.push(await runWorkbench(vsix, folders));
    if (suites.length === 0) throw new MissingError(`No file of tests has ${argument('--only')} in its name.`);
    if (forPictures) renewPictures();
    const results = mergeResults(suites);
    writeResults(resultsFile, results);
    const { passes, failures, pending } = results.stats;
    console.log(`VS Code: ${passes} passed, ${failures} failed, ${pending} skipped`);
    return suites.every(({ passed }) => passed);
  } finally {
    rmSync(folders.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Copies what the workbench's tests took to where the README shows it. */
function renewPictures() {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  for (const [target, name] of readme.matchAll(/\.github\/images\/([\w-]+\.png)/g)) {
    copyFileSync(path.join(root, '.cache', 'screenshots', name), path.join(root, target));
    console.log(target);
  }
}

/** Type errors are `npm run check`'s business: the compiler writes its output all the same. */
function compileSuite() {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-b', 'test'], { cwd: root, encoding: 'utf8' });
  const index = path.join(compiled, 'suite', 'index.js');
  if (!existsSync(index)) throw new MissingError(`The suite was not compiled:\n${stdout}`);
}

/** What follows an option on the command line. */
function argument(option) {
  const at = process.argv.indexOf(option);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** The files of tests in a folder beside this file that `--only` lets through, without a path. */
function testsIn(folder) {
  const names = readdirSync(path.join(here, folder)).filter((name) => /\.test\.(ts|mjs)$/.test(name));
  return names.filter((name) => name.includes(argument('--only') ?? '')).sort();
}

function packagedExtension() {
  const given = argument('--vsix');
  if (given !== undefined) return path.resolve(given);
  run('npm', ['run', '--silent', 'package']);
  return path.join(root, 'dist', 'vfio-arcs.vsix');
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new MissingError(`${command} ${args.join(' ')} failed`);
}

/** Empty folders for what a run writes: short paths, since VS Code makes sockets in them. */
function freshFolders() {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'vfio-arcs-'));
  return { temporary, extensions: path.join(temporary, 'extensions'), data: path.join(temporary, 'data') };
}

/** A copy of the samples that can be edited, and C that has nothing to do with them. */
function freshWorkspace(folder) {
  cpSync(path.join(root, 'test', 'samples'), folder, { recursive: true });
  mkdirSync(path.join(folder, 'plain'));
  writeFileSync(path.join(folder, 'plain', 'hello.c'), 'int main(void)\n{\n\treturn 0;\n}\n');
  return folder;
}

async function runSuite(vsix, { extensions, data, temporary }) {
  const workspace = freshWorkspace(path.join(temporary, 'suite'));
  const executable = await vscodeExecutable();
  if (executable === shim) installExtension({ vsix, extensionsDir: extensions, dataDir: data });
  else installIntoDesktop(executable, vsix, extensions, data);
  const results = path.join(temporary, 'suite.json');
  try {
    await testElectron.runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: path.join(here, 'harness-extension'),
      extensionTestsPath: path.join(compiled, 'suite', 'index'),
      extensionTestsEnv: { TEST_RESULTS: results, TEST_FILES: testsIn('suite').join() },
      launchArgs: [workspace, `--extensions-dir=${extensions}`, `--user-data-dir=${data}`],
    });
  } catch (error) {
    console.error(`VS Code: ${error.message}`);
    return { ...readResults(results), passed: false };
  }
  return readResults(results);
}

/**
 * VSCODE_EXECUTABLE when set; in CI and where VS Code's download does not answer, the shim; else the desktop VS Code that
 * @vscode/test-electron downloads.
 */
async function vscodeExecutable() {
  if (process.env.VSCODE_EXECUTABLE) return path.resolve(process.env.VSCODE_EXECUTABLE);
  if (!process.env.CI && (await downloadAnswers())) {
    return testElectron.downloadAndUnzipVSCode({ cachePath: path.join(cacheFolder, 'desktop') });
  }
  ensureBrowserCode();
  ensureChromium();
  return shim;
}

async function downloadAnswers() {
  try {
    const url = 'https://update.code.visualstudio.com/api/releases/stable';
    return (await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_CHECK_MS) })).ok;
  } catch {
    console.log('Desktop VS Code can not be downloaded here: testing in VS Code for the browser.');
    return false;
  }
}

function installIntoDesktop(executable, vsix, extensions, data) {
  const [command, ...args] = testElectron.resolveCliArgsFromVSCodeExecutablePath(executable);
  const own = args.filter((arg) => !/^--(extensions-dir|user-data-dir)=/.test(arg));
  run(command, [...own, `--extensions-dir=${extensions}`, `--user-data-dir=${data}`, '--install-extension', vsix]);
}

async function runWorkbench(vsix, { temporary }) {
  try {
    ensureBrowserCode();
    ensureChromium();
  } catch (error) {
    if (!(error instanceof MissingError) || process.env.CI) throw error;
    console.log(`${error.message}\nNot run for that reason: the tests of the workbench (test/vscode/workbench).`);
    const skipped = { title: 'workbench', state: 'skipped' };
    return { passed: true, stats: { passes: 0, failures: 0, pending: 1 }, tests: [skipped] };
  }
  const results = path.join(temporary, 'workbench.json');
  const workspace = freshWorkspace(path.join(temporary, 'samples'));
  process.env.WORKBENCH_TEST = JSON.stringify({ vsix, workspace });
  const { runMocha } = createRequire(import.meta.url)(path.join(compiled, 'runMocha.js'));
  const tests = testsIn('workbench').map((name) => path.join(here, 'workbench', name));
  await runMocha(tests, results, UI_TEST_TIMEOUT_MS).catch((error) => console.error(`Workbench: ${error.message}`));
  return readResults(results);
}
