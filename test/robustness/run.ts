import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createFrontEnd } from '../../server/src/c';
import { loadParser } from '../../server/src/entry/node/platform';
import { kernelTrees, newestTree } from '../support/corpus';
import { addSurvey, emptySurvey, type Survey, shareSupported, survey } from './survey';
import { type Module, modulesOf, read, sourcesUnder } from './tree';

/**
 * `npm run robustness -- --whole [TREE]`: every .c and .h of a whole kernel tree through parsing, lowering and validation.
 * The work is done in processes that end after some megabytes, so that memory is bounded whatever the tree; as many at a time
 * as there are processors.
 */

/** Bytes of text for one process. */
const perProcess = 40_000_000;
/** Megabytes of heap for one process: more is a failure. */
const heap = 3000;
const usage = 'usage: npm run robustness -- --whole [TREE] [--list]';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { whole: { type: 'boolean' }, list: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.whole !== true) throw new Error(usage);
  const tree = positionals[0] === undefined ? wholeTree() : resolve(positionals[0]);
  const started = performance.now();
  const total = emptySurvey();
  const vfio = emptySurvey();
  const chunks = chunksOf(modulesOf(sourcesUnder(tree)));
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let chunk = chunks[next++]; chunk !== undefined; chunk = chunks[next++]) {
      const answer = await inProcess(chunk, tree);
      addSurvey(total, answer.all);
      addSurvey(vfio, answer.vfio);
      const seconds = (performance.now() - started) / 1000;
      process.stderr.write(
        `\r${++done}/${chunks.length} parts, ${total.files} files, ${total.functions} functions, ` +
          `${total.exceptions.length} exceptions, ${seconds.toFixed(0)} s `,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  process.stderr.write('\n');
  console.log(report(tree, total, vfio, (performance.now() - started) / 1000));
  if (values.list === true) console.log(total.names.join('\n'));
  if (total.exceptions.length > 0 || total.violations.length > 0) process.exitCode = 1;
}

/** The whole newest tree of the corpus; says what to do when it is not there. */
function wholeTree(): string {
  const trees = kernelTrees();
  if (typeof trees === 'string') throw new Error(trees);
  const whole = `${newestTree(trees).path}-whole`;
  if (!existsSync(whole)) throw new Error(`There is no ${whole}. Run: npm run corpus -- --whole`);
  return whole;
}

function report(tree: string, total: Survey, vfio: Survey, seconds: number): string {
  const percent = (part: Survey): string =>
    `${(shareSupported(part) * 100).toFixed(2)} % (${part.functions - part.withUnsupported} of ${part.functions})`;
  const reasons = Object.entries(total.unsupported).sort(([, a], [, b]) => b - a);
  return [
    `${relative(process.cwd(), tree)}: ${total.files} files, ${total.functions} functions, ${seconds.toFixed(0)} s`,
    `exceptions: ${total.exceptions.length}`,
    ...total.exceptions.map((each) => `  ${each}`),
    `broken invariants: ${total.violations.length}`,
    ...total.violations.map((each) => `  ${each}`),
    `functions without an unsupported node: ${percent(total)}`,
    `of those in drivers/vfio: ${percent(vfio)}`,
    ...vfio.names.map((each) => `  ${each}`),
    'unsupported nodes, by reason:',
    ...reasons.slice(0, 40).map(([reason, times]) => `${String(times).padStart(8)}  ${reason}`),
  ].join('\n');
}

function chunksOf(modules: readonly Module[]): string[][][] {
  const chunks: { modules: string[][]; bytes: number }[] = [];
  for (const { paths, bytes } of modules) {
    const last = chunks.at(-1);
    if (last && last.bytes + bytes <= perProcess) {
      last.modules.push([...paths]);
      last.bytes += bytes;
    } else {
      chunks.push({ modules: [[...paths]], bytes });
    }
  }
  return chunks.map(({ modules: each }) => each);
}

interface Answer {
  readonly all: Survey;
  readonly vfio: Survey;
}

interface Task {
  readonly tree: string;
  readonly modules: readonly (readonly string[])[];
}

function inProcess(modules: readonly (readonly string[])[], tree: string): Promise<Answer> {
  const child = fork(__filename, ['--worker'], { execArgv: [`--max-old-space-size=${heap}`] });
  return new Promise((done) => {
    let answer: Answer | null = null;
    child.on('message', (message: Answer) => {
      answer = message;
      child.disconnect();
    });
    child.on('exit', (code) => {
      const lost: Survey = emptySurvey();
      lost.exceptions.push(`the process of ${modules[0]?.[0]} to ${modules.at(-1)?.at(-1)} ended with ${code}`);
      done(answer ?? { all: lost, vfio: emptySurvey() });
    });
    const task: Task = { tree, modules };
    child.send(task);
  });
}

async function work({ tree, modules }: Task): Promise<Answer> {
  const frontEnd = await createFrontEnd(await loadParser());
  const all = emptySurvey();
  const vfio = emptySurvey();
  for (const paths of modules) {
    const found = survey(frontEnd, read(paths));
    addSurvey(all, found);
    if (relative(tree, paths[0] ?? '').startsWith('drivers/vfio/')) addSurvey(vfio, found);
  }
  return { all, vfio };
}

if (process.argv.includes('--worker')) {
  process.once('message', (task: Task) => {
    work(task).then((answer) => process.send?.(answer));
  });
} else {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  });
}
