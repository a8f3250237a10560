// `npm run bench [-- --json]`: what the user waits for, side by side with others in alternating rounds, medians.
// On the newest kernel tree of the corpus; whole-tree figures when `npm run corpus -- --whole` has been run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root, runOrThrow, SetupError } from '../../.config/setup.mjs';
import { benchEngine } from './engine.mjs';
import { LspProcess } from './lspProcess.mjs';
import { benchPanel } from './panel.mjs';

const ROUNDS = 7;
const EDITS = 50;
const cache = path.join(root, '.cache', 'bench');

async function main() {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
  ensurePackages();
  runOrThrow('npm', ['run', '--silent', 'package'], 'The package could not be made.');
  runOrThrow('npx', ['tsc', '-b'], 'What the panel is opened with in a browser does not compile.');
  runOrThrow(process.execPath, ['test/corpus/fetch.mjs'], 'Without kernel sources there is nothing to measure.');
  const index = JSON.parse(readFileSync(path.join(root, '.cache/corpus/trees.json'), 'utf8'));
  const newest = index[index.length - 1];
  const tree = path.join(root, '.cache/corpus', newest.path);

  const report = {
    machine: `${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? 'cpu'}, Node ${process.versions.node}`,
    kernel: newest.series,
    servers: await benchServers(tree),
    runs: benchRuns(tree, `${tree}-whole`),
    engine: await benchEngine(tree),
    panel: await benchPanel(),
    size: { vsixMB: statSync(path.join(root, 'dist/vfio-arcs.vsix')).size / 1e6 },
    peers: peers(),
  };
  console.log(values.json ? JSON.stringify(report, null, 2) : table(report));
}

/** Programs to compare with; those that are absent are named as such. */
function peers() {
  const version = (command, args) => {
    const { stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    return error ? null : (/\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown version');
  };
  return {
    clangd: version('clangd', ['--version']),
    spatch: version('spatch', ['--version']),
    sparse: version('sparse', ['--version']),
    rg: ripgrep() && version(ripgrep(), ['--version']),
  };
}

/** ripgrep of the system, or the one that VS Code for the browser brings. */
function ripgrep() {
  if (!spawnSync('rg', ['--version']).error) return 'rg';
  const folder = `code-server-4.100.3-${process.platform}-${process.arch}`;
  const carried = path.join(
    root,
    '.cache/vscode',
    folder,
    'node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep/bin/rg',
  );
  return existsSync(carried) ? carried : null;
}

/** Ours, the floor, and clangd when it is there; each round starts each of them once. */
async function benchServers(tree) {
  const folder = path.join(tree, 'drivers/vfio/pci/mlx5');
  const file = path.join(folder, 'main.c');
  const text = readFileSync(file, 'utf8');
  const floor = await buildFloor();
  const servers = [
    { name: 'vfio-arcs', command: process.execPath, args: [path.join(root, 'dist/server.js'), '--stdio'] },
    { name: 'empty server (floor)', command: process.execPath, args: [floor, '--stdio'] },
  ];
  if (!spawnSync('clangd', ['--version']).error) {
    servers.push({ name: 'clangd, no compile database', command: 'clangd', args: ['--log=error'] });
  }
  const measured = servers.map(() => ({ start: [], edits: [], memory: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { command, args }] of servers.entries()) {
      const server = new LspProcess(command, args, { cwd: folder });
      const into = measured[index];
      into.start.push(await server.open(folder, file, text));
      if (round < 2) {
        into.edits.push(...(await typeAndDelete(server, text)));
        into.memory.push(server.peakMemory());
      }
      await server.close();
    }
  }
  return servers.map(({ name }, index) => ({
    name,
    startMs: median(measured[index].start),
    editMedianMs: median(measured[index].edits),
    editP95Ms: quantile(measured[index].edits, 0.95),
    peakMiB: Math.max(...measured[index].memory),
  }));
}

/** Types a statement into the step function and deletes it again, a character at a time; milliseconds of each edit. */
async function typeAndDelete(server, text) {
  const at = text.indexOf('int ret;', text.indexOf('_step_device_state_locked('));
  const line = text.slice(0, at).split('\n').length;
  const times = [];
  const statement = 'ret = 0;';
  let column = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    const typing = Math.floor(edit / statement.length) % 2 === 0;
    const place = (character) => ({ line, character });
    if (typing) times.push(await server.edit({ start: place(column), end: place(column) }, statement[column++]));
    else times.push(await server.edit({ start: place(column - 1), end: place(column--) }, ''));
  }
  return times;
}

async function buildFloor() {
  const { build } = await import('esbuild');
  const { bundleOptions } = await import('../../server/build.mjs');
  mkdirSync(cache, { recursive: true });
  const outfile = path.join(cache, 'floor.js');
  await build({ ...bundleOptions, entryPoints: ['test/bench/floorServer.mjs'], outfile });
  return outfile;
}

/** Whole runs of the command line, and ripgrep looking for the same files. */
function benchRuns(tree, whole) {
  const rg = ripgrep();
  const cli = (...args) => [process.execPath, [path.join(root, 'dist/cli.js'), ...args]];
  const search = (folder) =>
    rg && [rg, ['-l', '--no-ignore', '--hidden', '-g', '*.{c,h}', 'migration_set_state', folder]];
  const drivers = path.join(tree, 'drivers/vfio');
  const runs = [
    ['check one file (mlx5/main.c)', cli('check', path.join(drivers, 'pci/mlx5/main.c'))],
    ['check drivers/vfio', cli('check', drivers)],
    ['rg -l drivers/vfio', search(drivers)],
  ];
  if (existsSync(path.join(whole, 'Makefile'))) {
    runs.push(['check whole tree, warm', cli('check', whole)], ['rg -l whole tree, warm', search(whole)]);
  }
  const there = runs.filter(([, command]) => command);
  const times = there.map(() => []);
  // The first round warms the disk's cache and is not counted.
  for (let round = 0; round < 4; round++) {
    for (const [index, [, [command, args]]] of there.entries()) {
      const start = performance.now();
      const { status } = spawnSync(command, args, { stdio: 'ignore' });
      if (status !== 0 && status !== 1) throw new SetupError(`${command} ${args.join(' ')} ended with ${status}`);
      if (round > 0) times[index].push(performance.now() - start);
    }
  }
  return there.map(([name], index) => ({ name, ms: median(times[index]) }));
}

function table({ machine, kernel, servers, runs, engine, panel, size, peers: found }) {
  const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  const rows = servers.map((s) => [
    s.name,
    ms(s.startMs),
    `${ms(s.editMedianMs)} / ${ms(s.editP95Ms)}`,
    `${Math.round(s.peakMiB)} MiB`,
  ]);
  const floor = servers.find(({ name }) => name.includes('floor'));
  const lines = [
    `Linux ${kernel}, drivers/vfio/pci/mlx5/main.c, on ${machine}`,
    '',
    ...align([['server', 'spawn -> diagnostics', 'edit -> diagnostics median / p95', 'peak memory'], ...rows]),
    '',
    `vfio-arcs starts in ${(servers[0].startMs / floor.startMs).toFixed(2)} x the floor.`,
    '',
    ...align([['run', 'time'], ...runs.map((run) => [run.name, ms(run.ms)])]),
    '',
    ...align([
      ['simulated device', 'events', 'time', 'events/s', 'events/s of CPU time'],
      ...engine.map((run) => [
        run.name,
        `${run.events}`,
        ms(run.ms),
        `${Math.round(run.perSecond)}`,
        `${Math.round(run.perCpuSecond)}`,
      ]),
    ]),
    '',
    ...panelLines(panel),
    '',
    `package: ${size.vsixMB.toFixed(2)} MB`,
    ...Object.entries(found).map(([name, version]) => `${name}: ${version ?? 'not here, so not compared with'}`),
  ];
  return lines.join('\n');
}

function panelLines(panel) {
  if (panel === null) return ['simulation panel: no Chromium here, so not measured'];
  const { firstPaintMs, rows, playing, scrolling } = panel;
  const smooth = ({ perSecond, worst, cpuMs }) =>
    `${perSecond.toFixed(0)} frames/s, the longest ${worst.toFixed(0)} ms, ${cpuMs.toFixed(1)} ms of CPU each`;
  return [
    `simulation panel: first paint ${firstPaintMs.toFixed(0)} ms after the server's answer`,
    `  ${rows} rows: ${smooth(playing)} while they play, ${smooth(scrolling)} while they are scrolled`,
  ];
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`npm run bench: ${error.message}`);
  process.exitCode = 1;
}
