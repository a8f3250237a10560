// VS Code's own server and workbench on a 127.0.0.1 address: what `npm start` opens where there is no desktop VS Code, and
// what the tests drive through Chromium. Nothing here depends on the extension.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder, ensureBrowserCode } from './install.mjs';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/** A quiet workbench: no welcome page, tips, updates, telemetry, AI panels; and the same look on every machine. */
const QUIET_SETTINGS = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.fontFamily': "'DejaVu Sans Mono', monospace",
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // As on the desktop; in a browser VS Code saves by itself.
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.editor.empty.hint': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Starts VS Code's server (about 1 s; the first call installs it) and gives the workbench's address.
 *
 * - `folder`: the workspace; `openFile`: a file in it to open (both absolute)
 * - `vsix`: a packaged extension to install; `extensionDir`: the folder of one to use as it is, as if it were installed
 * - `testsPath`: a module whose `run()` the extension host calls, with `extensionDir` as the extension under development
 * - `port`: a free one when left out; `settings`: user settings on top of the quiet ones; `env`: for the extension host
 * - `extensionsDir`: where extensions are installed; each run's own when left out
 *
 * `stop()` ends the server and removes what it wrote; it also happens when this process exits. `logFile` is the
 * server's output. Throws when the server does not come up.
 */
export async function startBrowserCode({
  folder,
  vsix,
  extensionDir,
  openFile,
  testsPath,
  port,
  settings,
  env,
  extensionsDir,
} = {}) {
  const server = ensureBrowserCode();
  mkdirSync(cacheFolder, { recursive: true });
  const data = mkdtempSync(path.join(cacheFolder, 'run-'));
  const extensions = extensionsDir ?? path.join(data, 'extensions');
  mkdirSync(path.join(data, 'User'), { recursive: true });
  writeFileSync(path.join(data, 'User', 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  prepareExtensions(extensions);
  // Under development would do as well, but then VS Code leaves out its colour and icon themes.
  if (extensionDir && !testsPath) registerExtension(extensions, extensionDir);
  if (vsix) installExtension({ vsix, extensionsDir: extensions, dataDir: data });

  const chosen = port ?? (await freePort());
  const logFile = path.join(data, 'server.log');
  const log = openSync(logFile, 'w');
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(chosen),
    '--without-connection-token',
    ...commonArguments(data, extensions),
  ];
  args.push('--telemetry-level', 'off', '--disable-workspace-trust', '--enable-smoke-test-driver');
  const child = spawn(process.execPath, [path.join(server, 'out', 'server-main.js'), ...args], {
    env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  const killNow = () => killGroup(child.pid, 'SIGKILL');
  process.once('exit', killNow);

  const stop = async () => {
    process.removeListener('exit', killNow);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      killGroup(child.pid, 'SIGTERM');
      await Promise.race([gone, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      killGroup(child.pid, 'SIGKILL');
    }
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  const origin = `http://127.0.0.1:${chosen}`;
  try {
    await answers(`${origin}/version`, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: workbenchUrl(origin, { folder, extensionDir, testsPath, openFile }), logFile, stop };
}

function workbenchUrl(origin, { folder, extensionDir, testsPath, openFile }) {
  const remote = (file) => `vscode-remote://${new URL(origin).host}${asUrlPath(file)}`;
  const payload = [['skipWelcome', 'true']];
  if (testsPath) {
    for (const dir of [extensionDir ?? []].flat()) payload.push(['extensionDevelopmentPath', remote(dir)]);
    payload.push(['extensionTestsPath', remote(testsPath)]);
  }
  if (openFile) payload.push(['openFile', remote(openFile)]);
  const query = new URLSearchParams();
  if (folder) query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', asUrlPath(folder));
  else query.set('ew', 'true');
  query.set('payload', JSON.stringify(payload));
  return `${origin}/?${query}`;
}

/** Installs a packaged extension into an extensions folder (a second or two). Throws with VS Code's own words when it refuses the file. */
export function installExtension({ vsix, extensionsDir, dataDir }) {
  const server = ensureBrowserCode();
  prepareExtensions(extensionsDir);
  const args = [...commonArguments(dataDir, extensionsDir), '--install-extension', vsix, '--force', '--do-not-sync'];
  const result = spawnSync(process.execPath, [path.join(server, 'out', 'server-main.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, EXTENSIONS_GALLERY: '{}' },
  });
  const output = `${result.stdout}${result.stderr}`.trim();
  if (result.status !== 0 || !/successfully installed/.test(output)) {
    throw new Error(`VS Code did not install ${vsix}:\n${output}`);
  }
}

// Through a link: whoever uninstalls the extension in the editor removes the link, not the folder.
function registerExtension(extensionsDir, folder) {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const link = path.join(extensionsDir, name);
  symlinkSync(path.resolve(folder), link, 'junction');
  const location = { $mid: 1, scheme: 'file', path: asUrlPath(link) };
  const entry = { identifier: { id: `${publisher}.${name}` }, version, location, relativeLocation: name, metadata: {} };
  writeFileSync(path.join(extensionsDir, 'extensions.json'), JSON.stringify([entry]));
}

function commonArguments(dataDir, extensionsDir) {
  const folders = [
    '--server-data-dir',
    path.join(dataDir, 'server'),
    '--user-data-dir',
    dataDir,
    '--extensions-dir',
    extensionsDir,
  ];
  return ['--accept-server-license-terms', ...folders];
}

// Without this file VS Code's first scan now and then loses the extension under development.
function prepareExtensions(folder) {
  mkdirSync(folder, { recursive: true });
  const list = path.join(folder, 'extensions.json');
  if (!existsSync(list)) writeFileSync(list, '[]');
}

function asUrlPath(file) {
  const absolute = path.resolve(file).replaceAll('\\', '/');
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url, child, logFile) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(50);
  }
  throw new Error(`VS Code's server did not start:\n${readFileSync(logFile, 'utf8')}`);
}

function killGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Already gone.
  }
}
