// The simulated device: events a second, and what an edit costs an open session of 10,000 steps. Beside it XState's pure
// transition() on the same states, which knows no sessions, bytes or time and so is a floor rather than a rival.
// Alone: `node test/bench/engine.mjs TREE`, after `npm run build`.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root, SetupError } from '../../.config/setup.mjs';
import { bundleOptions } from '../../server/build.mjs';

const ROUNDS = 9;
const ROWS = 10_000;
const XSTATE = '5.33.3';
const cache = path.join(root, '.cache', 'bench');

/** Rows of the table: name, events a second of wall clock and of CPU time, milliseconds of wall clock for all; medians. */
export async function benchEngine(tree) {
  const engine = await loadEngine();
  const { devices, link, steps } = traceOf(path.join(tree, 'drivers/vfio/pci/mlx5'));
  const events = steps.map(({ event }) => event);
  const scene = { title: 'bench', devices, link };
  const setups = devices.map(({ name, machine, geometry, layout }) => {
    const { traits, profile } = machine;
    return { name, machine: engine.machineOf(machine), traits, profile, geometry, layout };
  });
  const few = events.slice(0, ROWS);
  const before = engine.record(scene, few).steps;
  const runs = [
    [
      "mlx5's machine, step()",
      events.length,
      () => events.reduce((world, event) => engine.step(world, event).state, engine.createWorld(setups, link)),
    ],
    [
      `re-run of ${ROWS} steps after an edit`,
      few.length,
      () => engine.changesBetween(before, engine.record(scene, few).steps),
    ],
  ];
  const peer = await xstateRun();
  if (peer !== null) runs.push(peer);
  const times = runs.map(() => ({ wall: [], cpu: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, [, , run]] of runs.entries()) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      run();
      // The first rounds are for the compiler.
      if (round < 2) continue;
      times[index].wall.push(performance.now() - start);
      const { user, system } = process.cpuUsage(cpu);
      times[index].cpu.push((user + system) / 1000);
    }
  }
  return runs.map(([name, count], index) => {
    const [wall, cpu] = [median(times[index].wall), median(times[index].cpu)];
    return { name, events: count, ms: wall, perSecond: (count / wall) * 1000, perCpuSecond: (count / cpu) * 1000 };
  });
}

async function loadEngine() {
  mkdirSync(cache, { recursive: true });
  const outfile = path.join(cache, 'engine.cjs');
  const contents = `export * from './server/src/simulation'; export { createWorld, step } from './server/src/device';`;
  await build({ ...bundleOptions, entryPoints: [], stdin: { contents, resolveDir: root, loader: 'ts' }, outfile });
  return createRequire(import.meta.url)(outfile);
}

/** A migration of the driver in many small pieces. */
function traceOf(driver) {
  const args = ['simulate', driver, '--set', 'chunk=8KiB', '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new SetupError(`vfio-arcs ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Null when the registry can not be reached; the table then says so. */
async function xstateRun() {
  const folder = path.join(cache, 'peers');
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `xstate@${XSTATE}`,
  ];
  if (spawnSync('npm', args, { stdio: 'ignore' }).status !== 0) return null;
  const entry = createRequire(path.join(folder, 'x.js')).resolve('xstate');
  const loaded = await import(pathToFileURL(entry).href);
  const { createMachine, initialTransition, transition } = loaded.default ?? loaded;
  const ring = ['RUNNING', 'PRE_COPY', 'PRE_COPY_P2P', 'STOP_COPY', 'STOP', 'RUNNING_P2P'];
  const states = Object.fromEntries(
    ring.map((state, index) => [state, { on: { [ring[(index + 1) % ring.length]]: ring[(index + 1) % ring.length] } }]),
  );
  const machine = createMachine({ initial: 'RUNNING', states });
  const events = Array.from({ length: 50_000 }, (_, index) => ({ type: ring[(index + 1) % ring.length] }));
  return [
    `xstate ${XSTATE}, transition() only`,
    events.length,
    () => events.reduce((snapshot, event) => transition(machine, snapshot, event)[0], initialTransition(machine)[0]),
  ];
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (process.argv[1] === import.meta.filename) console.log(await benchEngine(path.resolve(process.argv[2] ?? '.')));
