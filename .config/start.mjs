// `npm start [-- --no-editor] [-- PATH]`: installs, builds, checks the sample drivers (or the user's) in the terminal and
// opens VS Code on them with the extension loaded: the desktop's where `code` is on the PATH, else one in the browser.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, ensurePackages, root, SetupError } from './setup.mjs';

const USAGE = `usage: npm start [-- [--no-editor] [PATH]]

Checks the sample drivers in test/samples, or the driver in PATH (a file or a folder), and opens VS Code on it.

  --no-editor  print the report only`;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'no-editor': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length > 1) throw new SetupError(`One PATH at most.\n\n${USAGE}`);
  const samples = path.join(root, 'test', 'samples');
  // npm runs scripts in the repository; a relative path is meant from where the user stands.
  const target = positionals[0] === undefined ? samples : path.resolve(process.env.INIT_CWD ?? '.', positionals[0]);
  if (!existsSync(target)) throw new SetupError(`There is no ${target}.`);

  ensurePackages();
  build();
  report(target);
  if (values['no-editor']) return;

  const isFolder = statSync(target).isDirectory();
  const folder = isFolder ? target : path.dirname(target);
  const openFile = target === samples ? path.join(samples, 'stratus', 'main.c') : isFolder ? undefined : target;
  if (desktopCode()) openDesktop(folder, openFile);
  else await openBrowser(folder, openFile);
}

/** Findings are what we want to show: the check's exit code 1 is no failure here. */
function report(target) {
  const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'cli.js'), 'check', target], {
    cwd: process.env.INIT_CWD ?? root,
    stdio: 'inherit',
  });
  if (status !== 0 && status !== 1) throw new SetupError('The check did not get to its end.');
}

function desktopCode() {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.some((folder) =>
    names.some((name) => {
      try {
        accessSync(path.join(folder, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

function openDesktop(folder, openFile) {
  console.log('\nOpening VS Code with the extension loaded ...');
  const args = ['--new-window', `--extensionDevelopmentPath=${root}`, folder, ...(openFile ? [openFile] : [])];
  const { status } = spawnSync('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new SetupError('VS Code (`code` on the PATH) could not be started.');
}

async function openBrowser(folder, openFile) {
  console.log('\nNo `code` on the PATH: starting VS Code for the browser ...');
  const { startBrowserCode } = await import('../test/vscode/browserCode.mjs');
  const editor = await startBrowserCode({ folder, openFile, extensionDir: root });
  console.log(`\n  VS Code with vfio-arcs: ${editor.url}\n\nOpen it in a browser on this machine. Ctrl-C ends it.`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await editor.stop();
}

try {
  await main();
} catch (error) {
  // The editor's own expected failures carry their message; anything else is a fault of ours.
  const expected =
    error instanceof SetupError ||
    error?.constructor?.name === 'MissingError' ||
    error?.code?.startsWith('ERR_PARSE_ARGS');
  if (!expected) throw error;
  console.error(`npm start: ${error.message}`);
  process.exitCode = 2;
}
