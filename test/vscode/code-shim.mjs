#!/usr/bin/env node
// Looks like a VS Code executable to @vscode/test-electron: takes VS Code's arguments, runs the suite in the real workbench
// and extension host (VS Code's server, with a headless Chromium as its window), and exits with the verdict.
// --install-extension installs instead. CODE_SHIM_TIMEOUT: ms, default 180000. CODE_SHIM_VERBOSE=1: show the workbench's chatter.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import { installExtension, startBrowserCode } from './browserCode.mjs';
import { openBrowser } from './chromium.mjs';
import { MissingError } from './install.mjs';
import { readResults } from './results.mjs';

const EXIT = { usage: 64, timeout: 2, hostDied: 3, noResults: 4, missing: 5 };
const CHATTER =
  /^(Resolv(ing|ed) connection token|Creating a socket|Ignoring fetching|\[Service Worker\]|Updating additional builtin|ChatSessionStore|\[remote-connection\]|%c)/;
// VS Code logs and watches without its native modules, which would have to be compiled.
const WITHOUT_NATIVE_MODULES = /Cannot find module '.\/build\/Release\/watchdog'|Could not locate the bindings file/;

try {
  process.exitCode = await main(parse(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = EXIT.missing;
}

async function main({ options, folders }) {
  const extensionsDir = options.get('extensions-dir')?.[0];
  const vsix = options.get('install-extension')?.[0];
  if (vsix) {
    installExtension({ vsix, extensionsDir, dataDir: options.get('user-data-dir')?.[0] ?? extensionsDir });
    return 0;
  }
  const testsPath = options.get('extensionTestsPath')?.[0];
  if (!testsPath) {
    console.error(
      'code-shim: only runs tests (--extensionTestsPath) or installs (--install-extension --extensions-dir)',
    );
    return EXIT.usage;
  }
  const resultsFile = process.env.TEST_RESULTS;
  if (resultsFile) rmSync(resultsFile, { force: true });

  const code = await startBrowserCode({
    folder: folders[0],
    extensionDir: options.get('extensionDevelopmentPath')?.map(asPath),
    testsPath: asPath(testsPath),
    extensionsDir,
  });
  const browser = await openBrowser();
  try {
    const exit = await runInPage(browser.page, code.url);
    return verdict(exit, readFileSync(code.logFile, 'utf8'), resultsFile);
  } finally {
    await browser.close();
    await code.stop();
  }
}

/** Opens the workbench and waits for the exit code that it reports for the suite; null when it does not come in time. */
async function runInPage(page, url) {
  let report;
  const reported = new Promise((resolve) => {
    report = resolve;
  });
  await page.exposeFunction('codeAutomationExit', (exitCode) => report(exitCode));
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = util.format(...args);
    if (!process.env.CODE_SHIM_VERBOSE && (CHATTER.test(line) || WITHOUT_NATIVE_MODULES.test(line))) return;
    (type === 'error' ? process.stderr : process.stdout).write(`${line}\n`);
  });
  const timer = setTimeout(() => report(null), Number(process.env.CODE_SHIM_TIMEOUT ?? 180_000));
  await page.goto(url);
  const exitCode = await reported;
  clearTimeout(timer);
  return exitCode;
}

// A dead extension host reports exit code 0 as well, so the code alone is never believed.
function verdict(exitCode, serverLog, resultsFile) {
  if (exitCode === null) {
    console.error('code-shim: the suite did not end in time');
    return EXIT.timeout;
  }
  if (exitCode !== 0) return exitCode;
  if (/Extension Host Process exited with code: (?!0,)\S+, signal|signal: SIG/.test(serverLog)) {
    console.error('code-shim: the extension host died');
    return EXIT.hostDied;
  }
  if (resultsFile && !readResults(resultsFile).passed) {
    console.error('code-shim: the suite reports success without results that show it');
    return EXIT.noResults;
  }
  return 0;
}

function parse(args) {
  const options = new Map();
  const folders = [];
  for (let i = 0; i < args.length; i++) {
    const option = /^--([^=]+)(?:=(.*))?$/s.exec(args[i]);
    if (!option) {
      folders.push(path.resolve(args[i]));
      continue;
    }
    const separate = option[1] === 'install-extension' && option[2] === undefined;
    const value = separate ? args[++i] : option[2];
    options.set(option[1], [...(options.get(option[1]) ?? []), value ?? '']);
  }
  return { options, folders };
}

function asPath(file) {
  return path.resolve(file.replace(/^file:\/\//, ''));
}
