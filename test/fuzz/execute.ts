import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { states } from '../../server/src/uapi';
import { filesUnder, root } from '../support/repo';
import type { DriverCase, SourceFile } from './driverCase';

const call = promisify(execFile);
const headers = join(root, 'test', 'support', 'kernel-headers');
const here = join(root, 'test', 'fuzz');
/** Drivers in one compilation; two run at once. */
const BATCH = 100;

/** A place in a driver's text. */
export interface Line {
  readonly file: string;
  readonly line: number;
}

/** What one run of set_state gave. */
export interface Result {
  /** `null`, `new-file`, `session-file`, `failed` for the error of the call that failed, or `-` and the errno. */
  readonly gave: string;
  /** Where the driver wrote the errno. */
  readonly at: Line | null;
  /** The number of the state afterwards. */
  readonly after: number;
}

/** What set_state gave when all calls of the kernel succeeded, and when each of them failed in turn. */
export interface Ran extends Result {
  readonly failing: readonly Failing[];
}

/** A run in which a call failed. */
export interface Failing extends Result {
  readonly call: string;
  readonly calledAt: Line;
}

/** What one configuration of a driver does. */
export interface Execution {
  /** Which options were defined, and the value of fuzz_capabilities. */
  readonly configuration: string;
  /** The name of the registered ops; null when init registered none. */
  readonly ops: string | null;
  readonly flags: bigint;
  /** By pair, as `RUNNING>STOP`. */
  readonly pairs: ReadonlyMap<string, Ran>;
}

/** C that gcc rejects, or a driver that crashes: the generator's fault, not the analysis'. */
export class BadDriver extends Error {}

/**
 * Compiles the drivers, with gcc's further options, and runs each for every pair of states in each of its configurations. Throws
 * BadDriver.
 */
export async function execute(cases: readonly DriverCase[], options: readonly string[] = []): Promise<Execution[][]> {
  const batches: DriverCase[][] = [];
  for (let i = 0; i < cases.length; i += BATCH) batches.push(cases.slice(i, i + BATCH));
  const results: Execution[][][] = new Array(batches.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < batches.length; i = next++) {
      results[i] = await executeBatch(batches[i] ?? [], options);
    }
  };
  await Promise.all([worker(), worker()]);
  return results.flat();
}

async function executeBatch(cases: readonly DriverCase[], options: readonly string[]): Promise<Execution[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-fuzz-'));
  try {
    const units = Math.max(...cases.map((c) => sourcesOf(c).length));
    const objects: string[] = [];
    for (let unit = 0; unit < units; unit++) {
      const from = join(folder, `unit${unit}.c`);
      const to = join(folder, `unit${unit}.i`);
      writeFileSync(from, unitText(cases, unit));
      await gcc(['-E', '-P', '-o', to, from]);
      writeFileSync(to, renamed(readFileSync(to, 'utf8')));
      await gcc([...options, '-c', '-o', `${to}.o`, to]);
      objects.push(`${to}.o`);
    }
    writeFileSync(join(folder, 'table.h'), tableText(cases));
    // The C library's own extensions would clash with kernel names.
    await gcc(['-std=c11', `-I${folder}`, '-o', join(folder, 'run'), join(here, 'run.c'), ...objects]);
    return parse(await outputOf(join(folder, 'run')), cases.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function outputOf(program: string): Promise<string> {
  try {
    return (await call(program, [], { maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    // Outside of set_state, where run.c has no net.
    if (error instanceof Error && 'signal' in error && error.signal) throw new BadDriver(`ends with ${error.signal}`);
    throw error;
  }
}

/**
 * What a driver does whose text may do what C does not define: null when it does other things as its unset variables hold zero
 * or garbage, or reads beyond an array.
 */
export async function executeDefined(driver: DriverCase): Promise<Execution[] | null> {
  try {
    const run = async (unset: string) => {
      const bounds = ['-fsanitize=bounds-strict', '-fsanitize-undefined-trap-on-error'];
      const [ran = []] = await execute([driver], [`-ftrivial-auto-var-init=${unset}`, ...bounds]);
      return ran;
    };
    const [zero, garbage] = await Promise.all([run('zero'), run('pattern')]);
    return isDeepStrictEqual(zero, garbage) ? zero : null;
  } catch (error) {
    if (error instanceof BadDriver) return null;
    throw error;
  }
}

/** What else the kernel's own build takes for an error. */
const kernelErrors = [
  'implicit-int',
  'return-type',
  'incompatible-pointer-types',
  'int-conversion',
  'uninitialized',
  'maybe-uninitialized',
];

/** The first error that gcc, told what the kernel's build tells it, finds in the driver; empty when the text is C. */
export async function errorIn(driver: DriverCase): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-fuzz-'));
  try {
    for (let unit = 0; unit < sourcesOf(driver).length; unit++) {
      const file = join(folder, `unit${unit}.c`);
      writeFileSync(file, unitText([driver], unit));
      await gcc(['-E', '-P', '-o', `${file}.i`, file]);
      writeFileSync(`${file}.i`, renamed(readFileSync(`${file}.i`, 'utf8')));
      const options = ['-c', '-O1', '-o', '/dev/null', ...kernelErrors.map((each) => `-Werror=${each}`)];
      const said = await gcc([...options, `${file}.i`], []);
      // gcc has no option of its own for this one.
      const mixed = /comparison between pointer and integer.*/.exec(said)?.[0];
      if (mixed !== undefined) return mixed;
    }
    return '';
  } catch (error) {
    if (!(error instanceof BadDriver)) throw error;
    return /error: .*/.exec(error.message)?.[0] ?? error.message;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives what gcc said; throws BadDriver when it fails. */
async function gcc(args: readonly string[], quiet: readonly string[] = ['-w']): Promise<string> {
  const options = [...quiet, '-O0', '-std=gnu11', '-Werror=implicit-function-declaration', `-I${headers}`, `-I${here}`];
  try {
    const { stderr } = await call('gcc', [...options, ...args], { maxBuffer: 1 << 26 });
    return stderr;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new BadDriver(said);
  }
}

const sourcesOf = (driver: DriverCase) => driver.files.filter((f) => f.path.endsWith('.c'));

/** Every combination of a driver's options as the names that are defined. */
const combinations = ({ options }: DriverCase): string[][] =>
  Array.from({ length: 1 << options.length }, (_, bits) => options.filter((_o, i) => bits & (1 << i)));

/** The n-th source file of every driver in every configuration, each between marks. */
function unitText(cases: readonly DriverCase[], unit: number): string {
  const parts = ['#include "kernel.h"'];
  cases.forEach((driver, number) => {
    const source = sourcesOf(driver)[unit];
    if (!source) return;
    combinations(driver).forEach((defined, configuration) => {
      const text = `${included(driver, source)}\n#line 1 "harness"\n${unit === 0 ? driver.harness : ''}`;
      const macros = [...text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)/gm)].map((m) => m[1] ?? '');
      parts.push(`\nFUZZ_PART d${number}c${configuration}_`);
      parts.push(...defined.map((name) => `#define ${name} 1`), text);
      parts.push(...new Set([...macros, ...defined].map((name) => `#undef ${name}`)));
    });
  });
  return parts.join('\n');
}

/** The text with the module's own headers in it, calls with their places; the kernel's headers are there already. */
function included(driver: DriverCase, source: SourceFile): string {
  const failing = ['kzalloc', 'anon_inode_getfile', ...namesThatFail(driver.harness)].join('|');
  const calls = new RegExp(`(?<!\\bint )\\b(?:${failing})(?=\\()`, 'g');
  const seen = new Set<string>();
  const expand = ({ path, text }: SourceFile): string =>
    `#line 1 "${path}"\n${text
      .replace(calls, '(fuzz_at(__FILE__, __LINE__), $&)')
      .replace(/^#include ([<"])([^>"]+)[>"].*$/gm, (_line, quote: string, name: string, offset: number) => {
        const file = quote === '"' && !seen.has(name) ? driver.files.find((f) => f.path === name) : undefined;
        seen.add(name);
        const next = text.slice(0, offset).split('\n').length + 1;
        return file ? `${expand(file)}\n#line ${next} "${path}"` : '';
      })}`;
  return expand(source);
}

/** The driver's foreign functions that fail when it is their turn. */
const namesThatFail = (harness: string): string[] =>
  [...harness.matchAll(/\bfuzz_result\("(\w+)"\)/g)].map((m) => m[1] ?? '');

const keywords =
  'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Static_assert asm typeof';
const token = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\.?\d[\w.]*|[A-Za-z_]\w*/g;

/** Names of the kernel's side, which stay; all others get their driver's prefix, so that drivers share a compilation. */
const kernelNames: ReadonlySet<string> = new Set([
  ...keywords.split(' '),
  ...[...filesUnder(['test/support/kernel-headers'], '.h'), 'test/fuzz/kernel.h'].flatMap(
    (path) =>
      readFileSync(join(root, path), 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .match(/[A-Za-z_]\w*/g) ?? [],
  ),
]);

function renamed(preprocessed: string): string {
  const [kernel = '', ...parts] = preprocessed.split('FUZZ_PART ');
  const texts = parts.map((part) => {
    const prefix = /^\w+/.exec(part)?.[0] ?? '';
    const body = part.slice(prefix.length).replace(token, (word) => (isOwn(word) ? prefix + word : word));
    return `# 1 "driver ${prefix}"\n${body}`;
  });
  return kernel + texts.join('\n');
}

function isOwn(word: string): boolean {
  return /^[A-Za-z_]/.test(word) && !word.startsWith('__') && !kernelNames.has(word);
}

function tableText(cases: readonly DriverCase[]): string {
  const names = cases.flatMap((driver, number) =>
    combinations(driver).map((_, configuration) => ({
      driver,
      number,
      configuration,
      name: `d${number}c${configuration}_fuzz_entry`,
    })),
  );
  const rows = names.map((n) => `{ &${n.name}, ${n.number}, ${n.configuration}, ${n.driver.capabilityBits} },`);
  return `${names.map((n) => `extern const struct fuzz_driver ${n.name};`).join('\n')}
static const struct fuzz_row { const struct fuzz_driver *driver; unsigned int number, configuration, capability_bits; } fuzz_table[] = {
${rows.join('\n')}
};
`;
}

const names = states
  .filter((s) => s.value > 0)
  .sort((a, b) => a.value - b.value)
  .map((s) => s.name);
/** The pairs in the order in which run.c prints them. */
export const allPairs: readonly string[] = names.flatMap((from) =>
  names.filter((to) => to !== from).map((to) => `${from}>${to}`),
);

function parse(output: string, count: number): Execution[][] {
  const found: Execution[][] = Array.from({ length: count }, () => []);
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const [number, configuration, capabilities, ops = '-', flags = '0', ...results] = line.split(' ');
    const pairs = new Map<string, Ran>();
    results.forEach((text, i) => {
      const [plain = '', ...failing] = text.split('!');
      const one = (result: string): Result => {
        const [gave = '', after] = result.split(':');
        if (gave === 'crash') throw new BadDriver(`driver ${number} ends with signal ${after} at ${allPairs[i]}`);
        if (gave === 'wild') throw new BadDriver(`driver ${number} returns a pointer to nothing at ${allPairs[i]}`);
        const [what = '', file, at] = gave.split('@');
        return { gave: what, at: file ? { file, line: Number(at) } : null, after: Number(after) };
      };
      const failed = failing.map((each): Failing => {
        const [where = '', result = ''] = each.split('=');
        const [call = '', file = '', at] = where.split('@');
        return { ...one(result), call, calledAt: { file, line: Number(at) } };
      });
      pairs.set(allPairs[i] ?? '', { ...one(plain), failing: failed });
    });
    found[Number(number)]?.push({
      configuration: `options ${configuration}, capabilities ${capabilities}`,
      ops: ops === '-' ? null : ops,
      flags: BigInt(flags),
      pairs,
    });
  }
  return found;
}
