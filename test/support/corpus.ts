import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { root } from './repo';

/** A kernel tree on this machine: all of it or just the parts that VFIO drivers need. */
export interface KernelTree {
  /** `6.12`, from the tree's Makefile. */
  readonly series: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The kernel trees that tests on real drivers use: those that VFIO_ARCS_KERNEL_TREES names, else Debian's, fetched when
 * they are not there yet (`npm run corpus`). Gives the reason as text when there are none; in CI that throws.
 */
export function kernelTrees(): readonly KernelTree[] | string {
  const own = process.env['VFIO_ARCS_KERNEL_TREES'];
  if (own) return own.split(delimiter).map((path) => treeAt(resolve(path)));
  const fetched = spawnSync(process.execPath, [join(root, 'test/corpus/fetch.mjs')], { cwd: root, encoding: 'utf8' });
  if (fetched.status === 0) return readIndex();
  const reason = `no kernel sources: ${fetched.stderr.trim()}`;
  if (process.env['CI']) throw new Error(reason);
  return reason;
}

/**
 * The folder with the headers of a Debian kernel of each tree's series, fetched when they are not there yet, as pairs of series
 * and folder. Gives the reason as text when there are none; in CI that throws.
 */
export function kernelHeaders(trees: readonly KernelTree[]): ReadonlyMap<string, string> | string {
  if (process.env['VFIO_ARCS_KERNEL_TREES']) return 'the headers of kernel trees of your own are not prepared for use';
  const script = join(root, 'test/corpus/fetch.mjs');
  const fetched = spawnSync(process.execPath, [script, '--headers'], { cwd: root, encoding: 'utf8' });
  if (fetched.status === 0)
    return new Map(trees.map(({ series }) => [series, join(root, `.cache/corpus/headers-${series}`)]));
  const reason = `no kernel headers: ${fetched.stderr.trim()}`;
  if (process.env['CI']) throw new Error(reason);
  return reason;
}

/**
 * The checkpatch.pl of each tree's series, unpacked when it is not there yet, as pairs of series and file. Gives the reason as
 * text when there are none; in CI that throws.
 */
export function checkpatchScripts(trees: readonly KernelTree[]): ReadonlyMap<string, string> | string {
  if (process.env['VFIO_ARCS_KERNEL_TREES']) {
    const scripts = trees.map(({ series, path }) => [series, join(path, 'scripts/checkpatch.pl')] as const);
    return new Map(scripts.filter(([, file]) => existsSync(file)));
  }
  const script = join(root, 'test/corpus/fetch.mjs');
  const fetched = spawnSync(process.execPath, [script, '--checkpatch'], { cwd: root, encoding: 'utf8' });
  if (fetched.status === 0)
    return new Map(
      trees.map(({ series }) => [series, join(root, `.cache/corpus/checkpatch-${series}/scripts/checkpatch.pl`)]),
    );
  const reason = `no checkpatch.pl: ${fetched.stderr.trim()}`;
  if (process.env['CI']) throw new Error(reason);
  return reason;
}

/** The newest of the trees. */
export function newestTree(trees: readonly KernelTree[]): KernelTree {
  const newest = [...trees].sort((a, b) => compareSeries(a.series, b.series)).at(-1);
  if (newest === undefined) throw new Error('no kernel tree');
  return newest;
}

/** Negative when `a` is the older series. */
export function compareSeries(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

function readIndex(): KernelTree[] {
  const folder = join(root, '.cache/corpus');
  const index: unknown = JSON.parse(readFileSync(join(folder, 'trees.json'), 'utf8'));
  if (!Array.isArray(index)) throw new Error('.cache/corpus/trees.json is no list: run npm run corpus -- --refresh');
  return index.map((tree: { path: string }) => treeAt(join(folder, tree.path)));
}

function treeAt(path: string): KernelTree {
  const makefile = join(path, 'Makefile');
  if (!existsSync(makefile)) throw new Error(`${path} is no kernel tree: it has no Makefile`);
  const text = readFileSync(makefile, 'utf8');
  const version = /^VERSION\s*=\s*(\d+)/m.exec(text)?.[1];
  const patchlevel = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1];
  if (!version || !patchlevel) throw new Error(`${makefile} names no kernel version`);
  return { series: `${version}.${patchlevel}`, path };
}
