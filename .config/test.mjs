// `npm test`: sets itself up on a fresh clone, then runs the checks (types, lint, format), every suite and the editor
// tests, and ends with the totals on a line of their own. What can not be had is named with the tests that did not run
// for it; with CI=true nothing may be missing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, ensurePackages, root, SetupError } from './setup.mjs';

const results = path.join(root, '.cache', 'results');
const inCi = Boolean(process.env.CI);
const AT_ONCE = 2;
/** Starts first, so that the others run beside it. */
const LONGEST = 'corpus';

/** The programs that tests use, and the Debian packages that have them. */
const TOOLS = [
  { command: 'gcc', packages: ['gcc', 'libc6-dev'], uses: 'tests that compile C' },
  { command: 'chromium', packages: ['chromium', 'fonts-dejavu-core'], uses: 'tests of the workbench' },
  { command: 'plantuml', packages: ['plantuml', 'default-jre-headless'], uses: 'tests of PlantUML diagrams' },
  { command: 'nvim', packages: ['neovim'], uses: 'tests in Neovim' },
  { command: 'emacs', packages: ['emacs-nox', 'elpa-eglot'], uses: 'tests in Emacs' },
  { command: 'clangd', packages: ['clangd'], uses: 'the test of two servers in one editor' },
  { command: 'xz', packages: ['xz-utils'], uses: 'the kernel corpus' },
];

async function main() {
  ensurePackages();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const missing = ensureTools();
  build();

  const outcomes = [await program('check (types, lint, format)', 'npm', ['run', '--silent', 'check'])];
  outcomes.push(await program('corpus', 'node', ['test/corpus/fetch.mjs'], { optional: !inCi }));
  outcomes.push(...(await inParallel(suiteFolders().map((folder) => () => mochaSuite(folder)))));
  outcomes.push(await editorTests());

  summary(outcomes, missing);
}

function ensureTools() {
  const absent = TOOLS.filter(({ command }) => !onPath(command));
  if (absent.length === 0) return [];
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (debian) {
    const packages = absent.flatMap((tool) => tool.packages);
    console.log(`Installing ${packages.join(' ')} ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...packages)) {
      console.error('apt-get could not install them.');
    }
  }
  const still = absent.filter(({ command }) => !onPath(command));
  if (inCi && still.length > 0)
    throw new SetupError(`In CI nothing may be missing: ${still.map((t) => t.command).join(', ')}`);
  return still;
}

function onPath(command) {
  return !spawnSync(command, ['--version'], { stdio: 'ignore' }).error;
}

function suiteFolders() {
  const compiled = path.join(root, 'out', 'test');
  return readdirSync(compiled, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['vscode', 'support', 'bench'].includes(entry.name))
    .map((entry) => entry.name)
    .filter((name) => readdirSync(path.join(compiled, name)).some((file) => file.endsWith('.test.js')))
    .sort((a, b) => Number(b === LONGEST) - Number(a === LONGEST));
}

/** A step that passes or fails as a whole. Its output is shown when it fails. */
async function program(title, command, args, { optional = false } = {}) {
  const { code, output, seconds } = await run(command, args);
  if (code === 0) say('ok', title, 'done', seconds);
  else console.log(`${output}\n`);
  if (code === 0) return { tests: [{ title, state: 'passed' }] };
  say(optional ? 'skip' : 'FAIL', title, `exit code ${code}`, seconds);
  return { tests: [{ title, state: optional ? 'skipped' : 'failed' }] };
}

async function mochaSuite(folder) {
  const file = path.join(results, `${folder}.json`);
  const { output, seconds } = await run(
    process.execPath,
    [
      path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      '--reporter',
      path.join(root, 'out', 'test', 'support', 'reporter.js'),
      `out/test/${folder}/*.test.js`,
    ],
    { TEST_RESULTS: file },
  );
  return suiteOutcome(folder, file, output, seconds);
}

async function editorTests() {
  const file = path.join(results, 'vscode.json');
  if (!existsSync(path.join(root, 'test', 'vscode', 'run.mjs'))) return { tests: [] };
  const { output, seconds } = await run(process.execPath, ['test/vscode/run.mjs'], { TEST_RESULTS: file });
  return suiteOutcome('vscode', file, output, seconds);
}

function suiteOutcome(title, file, output, seconds) {
  if (output.trim()) console.log(`${output.trimEnd()}\n`);
  if (!existsSync(file)) {
    say('FAIL', title, 'ended without results', seconds);
    return { tests: [{ title: `${title}: ended without results`, state: 'failed' }] };
  }
  const { tests } = JSON.parse(readFileSync(file, 'utf8'));
  const { passed, failed, skipped } = count(tests);
  const empty = tests.length === 0;
  const ok = failed === 0 && !empty;
  say(ok ? 'ok' : 'FAIL', title, `${passed} passed, ${failed} failed, ${skipped} skipped`, seconds);
  return { tests: empty ? [{ title: `${title}: no test ran`, state: 'failed' }] : tests };
}

function count(tests) {
  const of = (state) => tests.filter((test) => test.state === state).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

function summary(outcomes, missing) {
  const tests = outcomes.flatMap((outcome) => outcome.tests);
  const { passed, failed, skipped } = count(tests);
  for (const tool of missing) console.log(`Not to be had here: ${tool.command} (${tool.uses}).`);
  for (const [state, heading] of [
    ['skipped', 'Did not run:'],
    ['failed', 'Failed:'],
  ]) {
    const named = tests.filter((test) => test.state === state);
    if (named.length > 0) console.log(`\n${heading}\n${named.map((test) => `  ${test.title}`).join('\n')}`);
  }
  if (inCi && skipped > 0) console.log('\nIn CI every test has to run.');
  if (failed > 0 || (inCi && skipped > 0)) process.exitCode = 1;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
}

function say(mark, title, what, seconds) {
  console.log(`${mark.padEnd(5)}${title.padEnd(30)}${what} (${seconds.toFixed(1)} s)`);
}

/** Runs the tasks, a few at once, and gives their results in order. */
async function inParallel(tasks) {
  const outcomes = new Array(tasks.length);
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const index = next++;
      outcomes[index] = await tasks[index]();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

function run(command, args, env = {}) {
  const start = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const end = (code) =>
      resolve({ code, output: stripVTControlCharacters(output), seconds: (Date.now() - start) / 1000 });
    child.on('error', (error) => {
      output += error.message;
      end(-1);
    });
    child.on('close', end);
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`npm test: ${error.message}`);
  console.log('\n0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
